"""Past acts of channel sales on several orders: what became of each (CHAN-11)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.emails import order_page
from portal.channel.models import BulkAct, BulkActItem
from portal.core.admin_actions import ReadOnlyAdmin
from portal.core.templatetags.kontor import moment
from portal.core.templatetags.kontor import state as state_tag

State = BulkActItem.State
CSS = {
    State.WAITING: "",
    State.DONE: "is-ok",
    State.REFUSED: "is-warn",
    State.FAILED: "is-bad",
}


@admin.register(BulkAct)
class BulkActAdmin(ReadOnlyAdmin[BulkAct]):
    """Past acts on several orders, with the result for each (CHAN-11)."""

    list_display = ("started", "act_link", "user", "orders_shown", "results")
    list_display_links = None
    list_filter = (
        "act",
        ("created_at", admin.DateFieldListFilter),
        ("user", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("user",)
    search_fields = ("items__number", "items__customer__icontains")
    search_help_text = gettext_lazy("Number of an order, name or number of a customer")
    ordering = ("-created_at",)
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[BulkAct]:
        count = {state: Count("items", filter=Q(items__state=state)) for state in State.values}
        partners = Count("items__partner", distinct=True)
        return BulkAct.objects.annotate(orders=Count("items"), partners=partners, **count)

    @admin.display(description=gettext_lazy("started"), ordering="created_at")
    def started(self, row: BulkAct) -> str:
        return moment(row.created_at)

    @admin.display(description=gettext_lazy("act"), ordering="act")
    def act_link(self, row: BulkAct) -> SafeString:
        url = reverse("admin:channel_bulkact_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, row)

    @admin.display(description=gettext_lazy("orders"))
    def orders_shown(self, row: BulkAct) -> str:
        counts: dict[str, int] = row.__dict__
        return orders_words(counts["orders"], counts["partners"])

    @admin.display(description=gettext_lazy("results"))
    def results(self, row: BulkAct) -> str:
        counts: dict[str, int] = row.__dict__
        return summed({state: counts[state] for state in State.values})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the act with what became of each order; it moves while the work goes on."""
        act = self.get_object(request, object_id)
        if act is None:
            raise Http404
        return self.page(request, "admin/channel/bulkact/act.html", act_context(act))


def orders_words(orders: int, partners: int) -> str:
    """Return ``7 orders of 3 partners``."""
    of = ngettext("of %(n)s partner", "of %(n)s partners", partners) % {"n": partners}
    return "{} {}".format(ngettext("%(n)s order", "%(n)s orders", orders) % {"n": orders}, of)


def summed(counts: dict[str, int]) -> str:
    """Return how many orders are where: ``4 done, 1 refused``."""
    words = {
        State.WAITING: _("%(n)s waiting"),
        State.DONE: _("%(n)s done"),
        State.REFUSED: _("%(n)s refused"),
        State.FAILED: _("%(n)s failed"),
    }
    return ", ".join(words[State(state)] % {"n": n} for state, n in counts.items() if n)


def act_context(act: BulkAct) -> dict[str, Any]:
    """Return the context of an act's page."""
    items = BulkActItem.objects.across_partners().filter(act=act).select_related("partner")
    done = list(items.order_by("position"))
    rows = [
        {
            "item": item,
            "url": order_page(item.partner, item.order_id),
            "badge": state_tag(CSS[State(item.state)], item.get_state_display()),
        }
        for item in done
    ]
    partners = {item.partner_id for item in done}
    counts = {state: sum(item.state == state for item in done) for state in State.values}
    return {
        "title": f"{act}: {orders_words(len(done), len(partners))}",
        "act": act,
        "rows": rows,
        "total": len(rows),
        "finished": len(rows) - counts[State.WAITING],
        "is_moving": counts[State.WAITING] > 0,
        "summed": summed(counts),
    }
