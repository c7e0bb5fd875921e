"""The customer a person works for: chosen in the session, looked up afresh at each request.

It only prefills step 1 and is compared (D2); what is ordered follows from the posted form and
the draft in the address. A right withdrawn or a customer deactivated ends it at once (ORD-25).
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
    """The active customer, or None: nothing chosen, not visible any more, or inactive."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return None
    raw = request.session.get(SESSION_KEY)
    if not raw:
        return None
    customer = Customer.objects.visible_to(membership).active().filter(pk=raw).first()
    if customer is None:
        del request.session[SESSION_KEY]
    return customer


class CustomerAwareRequest(HttpRequest):
    """A request of which ActiveCustomerMiddleware knows the active customer, looked up if asked."""

    active_customer: _Lazy | Customer | None


class _Lazy(SimpleLazyObject[Customer | None]):
    """SimpleLazyObject that can stand for None in ``if`` and in templates."""

    def __bool__(self) -> bool:
        if self._wrapped is empty:
            self._setup()
        return self._wrapped is not None


class ActiveCustomerMiddleware:
    """Sets ``request.active_customer``; asked for only by pages that show it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: CustomerAwareRequest) -> HttpResponse:
        request.active_customer = _Lazy(lambda: chosen(request))
        return self.get_response(request)


def active_customer(request: HttpRequest) -> Customer | None:
    """The customer itself, or None, where identity matters."""
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
    """Work for no customer in particular (ACC-03)."""
    request.session.pop(SESSION_KEY, None)
    _keep(request, None)
