"""The list of running services: which agreements end soon, among others (ORD-56)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F
from django.db.models.functions import Collate
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.list_filters import customer_filter
from customers.models import ListColumns, SavedFilter
from orders.models import Service
from orders.queries import matches_of_services
from orders.service_models import ServiceQuerySet
from orders.terms import agreement_of
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.list_columns import Column, Detail
from portal.core.list_filters import Asked, Filter, read_filters
from portal.core.listing import COUNTED, total_in_words
from portal.tenancy.list_pages import ListOf, narrowed

DAYS = (30, 90, 180, 365)
FIELDS = (
    *("partner_id", "product_name", "family", "quantity", "currency", "monthly", "identifiers"),
    *("started_on", "term_months", "term_ends_on", "customer__partner_id", "customer__name"),
    *("customer__number", "customer__sort_key", "product__name", "product__name_de"),
    *("product__name_sv", "product__renewal_months", "product__notice_months"),
)


def service_filters(person: Membership) -> list[Filter]:
    """Return what stands beside the search box of the list of services."""
    families = [(value, str(label)) for value, label in Family.choices]
    within = [(str(n), _("Within %(n)s days") % {"n": n}) for n in DAYS]
    ends = [("", _("Any")), *within, ("none", _("No term"))]
    return [
        Filter("family", _("Family"), "choice", [("", _("Any family")), *families], tabs=families),
        Filter("ends", _("Agreement ends"), "choice", ends, menu=True),
        customer_filter(person),
    ]


def listed_services(data: QueryDict, person: Membership, *, today: date) -> ListOf[Service]:
    """Return the list of running services as an address asks for it."""
    asked = read_filters(data, service_filters(person))
    return ListOf(
        name="services",
        title=_("Services"),
        page="orders:services",
        default="term_ends",
        asked=asked,
        found=found_services(asked, person, today=today),
        offered=service_columns(prices=person.may("view_prices"), today=today),
        wanted=ListColumns.objects.names_for(person, SavedFilter.List.SERVICES),
        fields=FIELDS,
        joins=("customer", "product"),
        tabbed="family",
    )


def found_services(asked: Asked[Filter], person: Membership, *, today: date) -> ServiceQuerySet:
    """Return the visible running services that search and filters leave."""
    found = narrowed(Service.objects.visible_to(person).rented(), asked, "family")
    if asked.text:
        found = found.filter(matches_of_services(asked.text))
    ends = asked.values.get("ends", "")
    if ends == "none":
        found = found.filter(term_ends_on__isnull=True)
    elif ends:
        last = today + timedelta(days=int(ends))
        found = found.filter(term_ends_on__range=(today, last))
    return found


def service_columns(*, prices: bool, today: date) -> list[Column[Service]]:
    """Return every column; the monthly price only for those who may see prices."""
    families = {value: str(label) for value, label in Family.choices}

    monthly: Column[Service] = Column(
        "monthly",
        _("Monthly"),
        lambda service, names: service.quantity * service.monthly,
        (F("quantity") * F("monthly"),),
        standard=True,
        css="k-num",
    )
    return [
        Column(
            "service",
            _("Service"),
            lambda service, names: service.title,
            ("product_name", "started_on"),
            always=True,
            width=32,
            url=lambda service, names: f"/customers/{service.customer_id}/#c-services",
            detail=Detail(_("Family"), lambda service, names: families[service.family]),
        ),
        Column(
            "customer",
            _("Customer"),
            lambda service, names: service.customer.name,
            (Collate(F("customer__sort_key"), "C"),),
            standard=True,
            width=32,
            detail=Detail(_("Customer number"), lambda service, names: service.customer.number),
        ),
        Column(
            "quantity",
            _("Quantity"),
            lambda service, names: service.quantity,
            ("quantity",),
            standard=True,
            css="k-num",
        ),
        *([monthly] if prices else []),
        *_since(today),
    ]


def _since(today: date) -> list[Column[Service]]:
    """Return the columns of start, end and notice."""

    def notice(service: Service) -> date | None:
        agreed = agreement_of(service, today=today)
        return agreed.notice_by if agreed is not None else None

    return [
        Column(
            "since",
            _("Since"),
            lambda service, names: service.started_on,
            ("started_on",),
            css="k-nowrap",
        ),
        Column(
            "term_ends",
            _("Agreement ends"),
            lambda service, names: service.term_ends_on,
            ("term_ends_on",),
            standard=True,
            css="k-nowrap",
        ),
        Column(
            "notice",
            _("Notice by"),
            lambda service, names: notice(service),
            standard=True,
            css="k-nowrap",
        ),
        Column(
            "identifiers",
            _("Identifiers"),
            lambda service, names: service.identifiers,
            width=32,
        ),
    ]


def services_sentence(total: int) -> str:
    """Return how many services there are, as the page's second line."""
    if total > COUNTED:
        return _("Services: %s.") % total_in_words(total)
    return ngettext("%(n)s service.", "%(n)s services.", total) % {"n": total_in_words(total)}
