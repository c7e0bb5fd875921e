"""Views that deactivate or delete a customer.

They show what is affected, then ask for the word (REG-16, ONB-26).
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import services
from customers.forms.contacts_and_sites import WordForm
from customers.http import CustomerRequest, load_customer
from customers.models import Customer, may_change
from customers.related_data import Effect, related_data
from customers.views.register import may_change_this
from portal.accounts.access import needs
from portal.accounts.models import Membership
from portal.core.forms import ShowRefusals
from portal.core.http import get_or_post
from portal.tenancy.context import require_partner


def affected_by_deactivation(customer: Customer) -> list[Effect]:
    """Return what a deactivation affects, and how."""
    effects = [effect for data in related_data() for effect in data.on_deactivation(customer)]
    responsible = customer.assignments.count()
    return [
        *effects,
        Effect(_("Responsible people"), responsible, _("Stay responsible.")),
        Effect(_("Customer users"), _users(customer), _("Can't sign in while it is inactive.")),
    ]


def _users(customer: Customer) -> int:
    places = Membership.objects.users_of(require_partner(), customer.pk)
    return places.exclude(state=Membership.State.ENDED).count()


def affected_by_deletion(customer: Customer) -> tuple[list[Effect], bool]:
    """Return what a deletion affects, and whether something forbids it."""
    against = [effect for data in related_data() for effect in data.against_deletion(customer)]
    goes = _("Goes with it.")
    effects = [
        *against,
        Effect(_("Contacts"), customer.contacts.count(), goes),
        Effect(_("Sites"), customer.sites.count(), goes),
        Effect(_("E-mail domains"), customer.domains.count(), goes),
        Effect(
            _("Responsible people"),
            customer.assignments.count(),
            _("Are no longer responsible."),
        ),
        Effect(_("Customer users"), _users(customer), _("Can no longer sign in.")),
    ]
    return effects, any(effect.count for effect in against)


def _confirmed_act(
    request: CustomerRequest,
    *,
    word: str,
    act: Callable[[], None],
    context: dict[str, object],
    done: str,
) -> HttpResponse:
    """Ask for the word; if it is typed correctly, run ``act`` (ONB-26)."""
    form = WordForm(request.POST or None, expected=word)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            act()
            messages.success(request, done)
            gone = not Customer.objects.filter(pk=request.customer.pk).exists()
            return (
                redirect("customers:list")
                if gone
                else redirect("customers:customer", request.customer.pk)
            )
    context = {"form": form, "customer": request.customer, **context}
    return render(request, "customers/confirm_word.html", context)


@needs(load=load_customer, of="customer", allow=may_change_this)
@get_or_post
def deactivate(request: CustomerRequest) -> HttpResponse:
    """Remove a customer from every choice (REG-16)."""
    customer = request.customer
    return _confirmed_act(
        request,
        word=_("deactivate"),
        act=lambda: services.deactivate_customer(customer, at=timezone.now()),
        context={
            "title": _("Deactivate %s?") % customer.label,
            "text": _(
                "It can no longer be chosen for orders. Its orders and services stay as they are, "
                "and it can be reactivated."
            ),
            "submit": _("Deactivate %s") % customer.label,
            "affected": affected_by_deactivation(customer),
        },
        done=_("%s is inactive now.") % customer.label,
    )


@needs("delete_customer", load=load_customer, of="customer")
@get_or_post
def delete(request: CustomerRequest) -> HttpResponse:
    """Delete a customer that has no orders and no quotes."""
    customer = request.customer
    affected, forbidden = affected_by_deletion(customer)
    return _confirmed_act(
        request,
        word=_("delete"),
        act=lambda: services.delete_customer(customer, at=timezone.now()),
        context={
            "title": _("Delete %s?") % customer.label,
            "text": _(
                "Contacts, sites and domains go with it. This cannot be undone. "
                "A customer with orders is deactivated instead."
            ),
            "submit": _("Delete %s") % customer.label,
            "affected": affected,
            "forbidden": forbidden,
            "may_deactivate": customer.is_active and may_change(customer, request.membership),
        },
        done=_("%s was deleted.") % customer.label,
    )
