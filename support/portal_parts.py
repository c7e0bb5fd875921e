"""What support adds to the customers' own portal: menu, open reports, support contacts."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.http import OwnCompanyRequest
from customers.models import SupportContact
from customers.portal_parts import Card, Item, Page, add_card, add_item
from portal.accounts.models import Membership
from support.models import ProblemReport
from support.rows import report_rows

SHOWN = 5


def _reports_item(person: Membership) -> Item | None:
    if not person.may("view_report"):
        return None
    return Item(_("Problem reports"), reverse("my_reports:list"), "tool")


def _service_reports_item(person: Membership) -> Item | None:
    if not person.may("view_report"):
        return None
    return Item(_("Service reports"), reverse("my_service:list"), "file-text")


def _open_reports(request: OwnCompanyRequest, about: models.Model | None) -> Card | None:
    """Return the open reports of the own company, and the way to report one."""
    person = request.membership
    if not person.may("view_report"):
        return None
    mine = ProblemReport.objects.visible_to(person).filter(customer=request.customer).open()
    newest = mine.select_related("customer", "handler__user").order_by("-created_at")[:SHOWN]
    rows = report_rows(newest, now=timezone.now())
    return Card("support/mine/_open.html", {"rows": rows, "may_add": person.may("add_report")})


def _reports_of_order(request: OwnCompanyRequest, about: models.Model | None) -> Card | None:
    """Return the reports about one order, and the way to write another."""
    person = request.membership
    if not person.may("view_report") or about is None:
        return None
    mine = ProblemReport.objects.visible_to(person).filter(customer=request.customer)
    found = mine.filter(order=about.pk).select_related("customer", "handler__user")
    newest = found.order_by("-created_at", "pk")[:SHOWN]
    rows = report_rows(newest, now=timezone.now())
    context = {"rows": rows, "order": about, "may_add": person.may("add_report")}
    return Card("support/mine/_of_order.html", context)


def _support_contacts(request: OwnCompanyRequest, about: models.Model | None) -> Card | None:
    """Return who is told of the company's problems; kept by those with the right (ONB-13)."""
    rows = SupportContact.objects.filter(customer=request.customer, contact__erased_at=None)
    found = rows.select_related("contact").order_by("role", "contact__last_name", "pk")
    may_change = request.membership.may("change_supportcontact")
    return Card("support/mine/_contacts.html", {"rows": list(found), "may_change": may_change})


def register() -> None:
    """Register menu and cards; called once when the app is ready."""
    add_item(_reports_item, position=40)
    add_item(_service_reports_item, position=50)
    add_card(Page.HOME, _open_reports, position=10)
    add_card(Page.ORDER, _reports_of_order, position=10)
    add_card(Page.CONTACTS, _support_contacts, position=10)
