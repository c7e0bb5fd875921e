"""One partner's quotes in channel sales' admin: read, and acted on by the partner alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.admin_actions import ObjectActionsAdmin
from portal.core.admin_filters import ChoiceFilter
from portal.core.admin_sites import partner_site
from portal.core.formats import amount, day
from portal.core.staff_rights import StaffGroup
from portal.core.templatetags.kontor import state as state_tag
from portal.history.queries import timeline_of
from quotes.models import Quote
from quotes.states import CSS


def badge(quote: Quote) -> SafeString:
    """Return a quote's state as a dot and a word."""
    return state_tag(CSS[quote.state], quote.get_state_display())


class StateFilter(ChoiceFilter):
    """The filter by state, in words."""

    title = gettext_lazy("state")
    parameter_name = "state"
    choices_of = list(Quote.State.choices)


@admin.register(Quote, site=partner_site)
class QuoteAdmin(ObjectActionsAdmin[Quote]):
    """The quotes that left the partner; a draft and internal notes are its own (DEC-77)."""

    group = StaffGroup.ORDERS
    summary_template = "admin/quotes/quote/summary.html"
    list_display = ("number", "customer", "title", "state_shown", "until", "changed_at")
    list_filter = (StateFilter,)
    list_select_related = ("customer",)
    search_fields = ("number__startswith", "title__icontains", "customer__name__icontains")
    search_help_text = gettext_lazy("Number or title of the quote, customer")
    ordering = ("-changed_at",)
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Quote]:
        """Return what was ever sent to a customer, or became an order."""
        sent = models.Q(sent_at__isnull=False) | models.Q(progressed_at__isnull=False)
        return Quote.objects.filter(sent)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, quote: Quote) -> SafeString:
        return badge(quote)

    @admin.display(description=gettext_lazy("valid until"), ordering="valid_until")
    def until(self, quote: Quote) -> str:
        return day(quote.valid_until)

    def summary(self, request: HttpRequest, obj: Quote) -> dict[str, Any]:
        lines = obj.lines.select_related("product").order_by("position")
        return {
            "title": _("Quote %(number)s") % {"number": obj.number},
            "quote": obj,
            "customer": obj.customer,
            "state_badge": badge(obj),
            "lines": [
                (line, amount(line.one_off_total), amount(line.monthly_total)) for line in lines
            ],
            "one_off": amount(obj.one_off),
            "monthly": amount(obj.monthly),
            "confirmations": obj.confirmations.order_by("-sent_at"),
            "timeline": timeline_of(obj),
        }
