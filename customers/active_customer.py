"""The customer a person works for: stored in the session, looked up at each request.

It only prefills step 1 and is compared (D2); what is ordered follows from the posted form and the
draft in the address. It ends at once when the right is withdrawn or the customer deactivated
(ORD-25).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, empty

from customers.models import Customer

SESSION_KEY = "active_customer"
# Ids of the customers that were switched to last, the newest first (REG-40).
RECENT_KEY, RECENT = "recent_customers", 5
GetResponse = Callable[[HttpRequest], HttpResponse]


def chosen(request: HttpRequest) -> Customer | None:
    """Return the active customer, or None if nothing visible and active is chosen.

    A customer's people work for nobody but their own company and have none. A choice that is no
    longer visible or active is removed from the session.
    """
    membership = getattr(request, "membership", None)
    if membership is None or membership.customer_id is not None:
        return None
    raw = request.session.get(SESSION_KEY)
    if not raw:
        return None
    customer = Customer.objects.visible_to(membership).active().filter(pk=raw).first()
    if customer is None:
        del request.session[SESSION_KEY]
    return customer


class CustomerAwareRequest(HttpRequest):
    """A request with the active customer, which is looked up when it is first used."""

    active_customer: _Lazy | Customer | None


class _Lazy(SimpleLazyObject[Customer | None]):
    """A SimpleLazyObject that can stand for None in ``if`` and in templates."""

    def __bool__(self) -> bool:
        if self._wrapped is empty:
            self._setup()
        return self._wrapped is not None


class ActiveCustomerMiddleware:
    """Middleware that sets ``request.active_customer``; only pages that show it look it up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: CustomerAwareRequest) -> HttpResponse:
        request.active_customer = _Lazy(lambda: chosen(request))
        return self.get_response(request)


def active_customer(request: HttpRequest) -> Customer | None:
    """Return the active customer itself, not the lazy object, or None."""
    lazy = getattr(request, "active_customer", None)
    return lazy if lazy else None


def _keep(request: HttpRequest, customer: Customer | None) -> None:
    request.__dict__["active_customer"] = customer


def switch_to(request: HttpRequest, customer: Customer) -> None:
    """Make this the active customer (ACC-03, ORD-20)."""
    chosen_id = str(customer.pk)
    others = [each for each in request.session.get(RECENT_KEY, []) if each != chosen_id]
    request.session[SESSION_KEY] = chosen_id
    request.session[RECENT_KEY] = [chosen_id, *others][:RECENT]
    _keep(request, customer)


def recent_ids(request: HttpRequest) -> list[UUID]:
    """The ids of the customers that were switched to last, the newest first."""
    return [UUID(each) for each in request.session.get(RECENT_KEY, [])]


def leave(request: HttpRequest) -> None:
    """End the work for the active customer (ACC-03)."""
    request.session.pop(SESSION_KEY, None)
    _keep(request, None)
