"""The customer's page: what the register stores, and the sections of other apps."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.active_customer import active_customer
from customers.badges import customer_state
from customers.custom_values import shown_values
from customers.http import CustomerRequest, load_customer
from customers.models import (
    Assignment,
    Contact,
    Customer,
    FamilyClearance,
    SupportContact,
    may_change,
)
from customers.page_sections import SHOWN, sections_of, show_all_url, shows_all
from customers.views.files import files_context
from portal.accounts.access import needs
from portal.accounts.models import Membership
from portal.catalog.models import Family, ProductFamily
from portal.history.queries import timeline_of_customer


def _people_and_places(request: CustomerRequest) -> dict[str, Any]:
    """Return the first ten contacts and sites, or all on request (REG-14)."""
    customer = request.customer
    contacts = list(
        customer.present_contacts()
        .prefetch_related("support_roles")
        .order_by("-is_primary", "last_name", "first_name")
    )
    sites = list(customer.sites.order_by("name"))
    every: dict[str, list[Any]] = {"contacts": contacts, "sites": sites}
    shown: dict[str, Any] = {}
    for name, rows in every.items():
        cut = len(rows) > SHOWN and not shows_all(request, name)
        shown[name] = rows[:SHOWN] if cut else rows
        shown[f"all_{name}_url"] = show_all_url(request, name) if cut else ""
        shown[f"{name}_count"] = len(rows)
    left = customer.contacts.filter(erased_at=None, left_at__isnull=False)
    shown["left_contacts"] = list(left.order_by("-left_at", "last_name", "first_name"))
    shown["missing_roles"] = _missing_roles(customer, contacts)
    return shown


def _missing_roles(customer: Customer, contacts: list[Contact]) -> list[tuple[str, str]]:
    """Return the needed roles in support that nobody holds whose address works (ONB-17).

    Nothing is missing where nobody was named yet and the customer was not onboarded.
    """
    rows = [(row.role, contact) for contact in contacts for row in contact.support_roles.all()]
    if not rows and customer.onboarded_at is None:
        return []
    held = {role for role, contact in rows if contact.bounced_at is None}
    return [(role.value, str(role.label)) for role in SupportContact.NEEDED if role not in held]


def _menu(context: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the menu of the page: the id of each part, and what it is called (REG-44)."""
    parts = [("c-summary", _("Overview"))]
    parts += [(section.anchor, str(section.label)) for section in context["sections"]]
    parts.append(("c-contacts", _("People and sites")))
    if context["sees_files"]:
        parts.append(("c-files", _("Files")))
    return [*parts, ("c-time", _("Log"))]


def _families(customer: Customer) -> tuple[list[str], list[str]]:
    """Return the families that the customer is cleared for, and those it can be registered for."""
    valid = FamilyClearance.objects.filter(
        customer=customer, family=OuterRef("code"), revoked_at__isnull=True
    )
    rows = ProductFamily._default_manager.order_by("position").annotate(cleared=Exists(valid))
    found = list(rows.values_list("code", "requires_channel_registration", "cleared"))
    cleared = [code for code, _needs, is_cleared in found if is_cleared]
    return cleared, [code for code, needs, is_cleared in found if needs and not is_cleared]


def _what_may_be_done(request: CustomerRequest) -> dict[str, bool]:
    person, customer = request.membership, request.customer
    return {
        "may_assign": person.may("assign_customer"),
        "may_grant": person.may("manage_people"),
        "may_change": may_change(customer, person),
        "may_credit": person.may("set_credit"),
        "may_delete": person.may("delete_customer"),
        "may_order": person.may("add_order") and customer.is_active,
        "prices": person.may("view_prices"),
    }


def _responsible(customer: Customer) -> list[Membership]:
    assigned = Assignment.objects.filter(customer=customer).select_related(
        "membership__user", "membership__role", "membership__team"
    )
    return [row.membership for row in assigned]


@needs(load=load_customer, of="customer")
@require_safe
def customer_page(request: CustomerRequest) -> HttpResponse:
    """Show one customer, whether or not it is the active one (ACC-22, REG-01, REG-12)."""
    customer, person = request.customer, request.membership
    cleared, registrable = _families(customer)
    active = active_customer(request)
    context = {
        "customer": customer,
        "state": customer_state(customer),
        "cleared": [Family(code).label for code in cleared],
        "registrable": [(code, Family(code).label) for code in registrable],
        "custom": shown_values(customer, person),
        "domains": list(customer.domains.order_by("domain")),
        **_people_and_places(request),
        **_what_may_be_done(request),
        "responsible": _responsible(customer),
        "sections": sections_of(request),
        "timeline": timeline_of_customer(customer.pk, prices=person.may("view_prices")),
        "other_active": active if active is not None and active.pk != customer.pk else None,
        "is_active_customer": active is not None and active.pk == customer.pk,
        "currency": request.partner.currency,
        **files_context(request),
    }
    context["menu"] = _menu(context)
    return render(request, "customers/customer.html", context)
