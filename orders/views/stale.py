"""A draft that somebody else, or another tab, saved meanwhile: mine and theirs (ORD-32)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from types import TracebackType
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from orders.details import detail_rows
from orders.goods import Destination, address_to, chosen, lines_of, sends_goods
from orders.http import OrderRequest
from orders.models import Order, OrderLine, Service
from orders.services.drafts import StaleOrder
from orders.wording import day_label
from portal.accounts.access import PartnerRequest
from portal.core.form_tokens import form_token, shown_token, token_version
from portal.core.formats import day
from portal.core.forms import ShowRefusals
from portal.core.http import typed

# A part of an order as a page shows it: its label and its text.
Rows = list[tuple[str, str]]
LONGEST_SEEN = 10_000


class ShowStale(ShowRefusals):
    """A :class:`ShowRefusals` that shows both versions of a draft that was saved meanwhile.

    ``mine`` returns the rows of the posted form, ``theirs`` the same rows of the saved draft;
    ``context`` is what the step's template shows of it.
    """

    def __init__(
        self,
        request: OrderRequest,
        form: forms.BaseForm,
        *,
        mine: Callable[[], Rows],
        theirs: Callable[[Order], Rows],
    ) -> None:
        super().__init__(form)
        self.request, self.mine, self.theirs = request, mine, theirs
        self.is_stale = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self.is_stale = isinstance(error, StaleOrder)
        return super().__exit__(kind, error, trace)

    @property
    def context(self) -> dict[str, Any]:
        """Return the rows that differ, and the token that the next save needs."""
        if not self.is_stale:
            return {}
        saved = Order.objects.select_related("site", "contact", "customer").get(
            pk=self.request.order.pk
        )
        mine = self.mine() if hasattr(self.form, "cleaned_data") else []
        return {
            "is_stale": True,
            "differences": _differences(mine, self.theirs(saved)),
            "form_token": form_token(saved),
            "changed_under": changed_under(self.request, saved),
            "seen": seen(self.request, saved, is_stale=True),
        }


def _differences(mine: Rows, theirs: Rows) -> list[tuple[str, str, str]]:
    ours, saved = dict(mine), dict(theirs)
    labels = list({**ours, **saved})
    return [
        (label, ours.get(label) or "–", saved.get(label) or "–")
        for label in labels
        if (ours.get(label) or "") != (saved.get(label) or "")
    ]


def step_token(request: PartnerRequest, order: Order) -> str:
    """Return the token of a step's form.

    A form that comes back with errors keeps its own, so that what others saved meanwhile is
    noticed when it is sent again.
    """
    posted = request.POST.get("form_token", "")
    if request.method == "POST" and token_version(order, posted) is not None:
        return posted
    return shown_token(request, order)


def lines_text(lines: Iterable[OrderLine], between: str = "\n") -> str:
    """Return products, each with its quantity."""
    return between.join(f"{line.quantity} × {line.product_name}" for line in lines)


def _lines_of(order: Order) -> Sequence[OrderLine]:
    return list(order.lines.order_by("position"))


def _shown(order: Order, lines: Iterable[OrderLine]) -> dict[str, str]:
    delivery = repr((order.details, order.site_id)).encode("utf-8", "surrogatepass")
    return {"products": lines_text(lines, ", "), "delivery": sha256(delivery).hexdigest()}


def seen(
    request: PartnerRequest,
    order: Order,
    *,
    lines: Iterable[OrderLine] | None = None,
    is_stale: bool = False,
) -> dict[str, str]:
    """Return what steps 1 and 3 show of the products, without asking for them.

    ``lines`` spares the query. A form that comes back with errors keeps what the person read first.
    """
    if request.method == "POST" and "seen" in request.POST and not is_stale:
        names = {"products": "seen", "delivery": "seen_delivery"}
        return {part: typed(request, name, LONGEST_SEEN) for part, name in names.items()}
    return _shown(order, lines if lines is not None else _lines_of(order))


def changed_under(request: PartnerRequest, saved: Order) -> dict[str, object]:
    """Return what was changed of that since it was read; empty if nothing was."""
    before, now = seen(request, saved), _shown(saved, _lines_of(saved))
    if before == now:
        return {}
    return {
        "seen": before["products"],
        "now": now["products"],
        "delivery": before["delivery"] != now["delivery"],
    }


def products_row(text: str) -> Rows:
    return [(_("Products"), text)]


def saved_products(order: Order) -> Rows:
    """Return what step 2 saves: products, and what their delivery needs."""
    return [*products_row(lines_text(_lines_of(order))), *detail_rows(order)]


def services_rows(
    services: Sequence[Service], totals: Mapping[Any, int], details: dict[str, Any] | None = None
) -> Rows:
    """Return the new total of each service that is changed or ended, and who is named for it."""
    rows = [
        (service.product_name, str(totals[service.pk]) if totals[service.pk] else _("ends"))
        for service in services
        if service.pk in totals
    ]
    return [*rows, *detail_rows(Order(details=details or {}))]


def saved_services(services: Sequence[Service], order: Order) -> Rows:
    """Return what step 2 of an order on services saves."""
    totals = {line.service_id: line.quantity for line in order.lines.all()}
    return services_rows(services, totals, order.details)


def saved_review(order: Order) -> Rows:
    """Return what step 3 saves."""
    details = _details_of(order)
    if sends_goods(order.lines.select_related("product")):
        details["goods"] = chosen(order)
    return review_rows(order, details)


def _details_of(order: Order) -> dict[str, Any]:
    return {
        "reference": order.reference,
        "po_number": order.po_number,
        "start_date": order.start_date,
        "contact": order.contact,
        "copies": [each.contact for each in order.copies.select_related("contact")],
    }


def review_rows(order: Order, details: dict[str, Any]) -> Rows:
    """Return the fields of step 3 as rows; fields with errors are left out."""
    start, contact = details.get("start_date"), details.get("contact")
    copies = ", ".join(sorted(str(each) for each in details.get("copies") or ()))
    goods = details.get("goods") or Destination()
    shown = {
        "reference": (_("Reference"), details.get("reference") or ""),
        "po_number": (_("Purchase order number"), details.get("po_number") or ""),
        "start_date": (day_label(order), day(start) if start else ""),
        "contact": (_("Confirmation to"), str(contact) if contact else _("Only to us")),
        "copies": (_("Copies to"), copies),
        "goods": (_("Delivery address"), "\n".join(lines_of(address_to(order, goods)))),
    }
    return [row for name, row in shown.items() if name in details]
