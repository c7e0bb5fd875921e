"""The section of the customer's page with the customer's own users (ONB-10)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.http import CustomerRequest
from customers.page_sections import Section, add_section
from portal.accounts.models import Membership

STATE_CSS = {
    Membership.State.ACTIVE.value: "is-ok",
    Membership.State.INVITED.value: "is-warn",
    Membership.State.ENDED.value: "is-off",
}


def users_section(request: CustomerRequest) -> Section | None:
    """Return the customer's users and what this person may do about them.

    Return None for the own company: its people are the partner's own.
    """
    person, customer = request.membership, request.customer
    if customer.is_own_company:
        return None
    places = Membership.objects.users_of(request.partner, customer.pk).select_related(
        "user", "role"
    )
    rows = [
        {"place": place, "css": STATE_CSS[place.state]}
        for place in sorted(places, key=lambda each: each.shown_name.casefold())
        if place.state != Membership.State.ENDED
    ]
    context = {
        "rows": rows,
        "may_invite": person.may("add_customeruser") and customer.is_active,
        "may_change": person.may("change_customeruser_rights"),
        "may_end": person.may("delete_customeruser"),
    }
    return Section("customers/users/_section.html", "c-users", _("Customer users"), context)


def register() -> None:
    """Register the section; called once when the app is ready."""
    add_section(users_section, position=60)
