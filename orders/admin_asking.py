"""Channel sales' acts on several orders: the page that asks first (CHAN-10)."""

from __future__ import annotations

from typing import Unpack
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from orders.admin_badges import WHAT_HAPPENS
from orders.admin_bulk_rows import BulkRow, button_words, rows_for
from orders.seen import Seen
from orders.services.bulk import MOST, WITH_REASON, start_bulk
from portal.accounts.models import User
from portal.channel.models import BulkAct, SubmittedOrder
from portal.core.admin_actions import ReadOnlyAdmin
from portal.core.forms import FormData, FormOptions, ShowRefusals
from portal.core.http import parse_uuid
from portal.core.staff_rights import require

TITLES = {
    BulkAct.Act.ACCEPT: gettext_lazy("Accept these orders?"),
    BulkAct.Act.PROVISION: gettext_lazy("Start provisioning of these orders?"),
    BulkAct.Act.RETURN: gettext_lazy("Return these orders for changes?"),
    BulkAct.Act.REJECT: gettext_lazy("Reject these orders?"),
}
# Where what happens is said in another way for several.
LEADS = {
    BulkAct.Act.RETURN: gettext_lazy(
        "Each order becomes a draft of its partner again, and its credit is free."
    ),
}


class BulkForm(forms.Form):
    """The reason for all orders of an act, where it needs one, and the act's own id."""

    act_id = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason for all of them"),
        max_length=2000,
        error_messages={"required": gettext_lazy("Enter a reason.")},
        help_text=gettext_lazy("Each partner reads it in the e-mail and on the order's page."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )

    def __init__(self, data: FormData = None, *, act: str, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["act_id"].initial = uuid4()
        if act not in WITH_REASON:
            del self.fields["reason"]


def posted_orders(posted: QueryDict) -> dict[str, str]:
    """Return what the posted page saw of each of its orders, sealed, by id."""
    ids = [each for each in posted.getlist("order") if parse_uuid(each) is not None]
    return {each: posted.get(f"seen-{each}", "") for each in ids}


def chosen_orders(posted: QueryDict) -> dict[UUID, Seen]:
    """Return what the posted page saw of each of its orders; version 0 for what is not ours."""
    return {UUID(each): Seen.unsealed(text) for each, text in posted_orders(posted).items()}


def rows_context(rows: list[BulkRow]) -> dict[str, list[BulkRow]]:
    """Return the orders that the act is possible for, and those that are left out."""
    return {
        "rows": [row for row in rows if not row.reason],
        "left_out": [row for row in rows if row.reason],
    }


class BulkAsking(ReadOnlyAdmin[SubmittedOrder]):
    """The acts of the list of orders: each leads to a page that names every order first."""

    actions = ("accept", "provision", "return_for_changes", "reject")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.bulk_view)
        name = "channel_submittedorder_bulk"
        return [path("bulk/<slug:act>/", view, name=name), *super().get_urls()]

    def _ask(
        self, request: HttpRequest, chosen: models.QuerySet[SubmittedOrder], act: str
    ) -> HttpResponse | None:
        """Show the page that asks before an act on the selected orders (CHAN-10)."""
        ids = list(chosen.values_list("pk", flat=True)[: MOST + 1])
        if len(ids) > MOST:
            text = _("Choose at most %(n)s orders at once.") % {"n": MOST}
            self.message_user(request, text, messages.ERROR)
            return None
        return self._asking(request, act, rows_for(act, ids), BulkForm(act=act))

    def _asking(
        self, request: HttpRequest, act: str, rows: list[BulkRow], form: forms.Form
    ) -> HttpResponse:
        split = rows_context(rows)
        context = {
            **split,
            "title": str(TITLES[BulkAct.Act(act)]),
            "act": act,
            "form": form,
            "lead": LEADS.get(BulkAct.Act(act), WHAT_HAPPENS[act]),
            "submit": button_words(act, split["rows"]),
            "danger": act == BulkAct.Act.REJECT,
            "back": reverse("admin:channel_submittedorder_changelist"),
        }
        return self.page(request, "admin/channel/submittedorder/bulk.html", context)

    def bulk_view(self, request: HttpRequest, act: str) -> HttpResponse:
        """Start an act on the orders of the page that asked; each carries its version (CHAN-12)."""
        require(self.has_act_permission(request))
        if act not in BulkAct.Act.values:
            raise Http404
        if request.method != "POST":
            return redirect("admin:channel_submittedorder_changelist")
        assert isinstance(request.user, User)
        form = BulkForm(request.POST, act=act)
        if form.is_valid():
            with ShowRefusals(form):
                made = start_bulk(
                    form.cleaned_data["act_id"],
                    act=act,
                    chosen=chosen_orders(request.POST),
                    reason=form.cleaned_data.get("reason", ""),
                    by=request.user,
                    language=get_language() or settings.LANGUAGE_CODE,
                    at=timezone.now(),
                )
                return redirect("admin:channel_bulkact_change", made.pk)
        seen = posted_orders(request.POST)
        rows = rows_for(act, [UUID(each) for each in seen], seen=seen)
        return self._asking(request, act, rows, form)

    @admin.action(description=gettext_lazy("Accept"), permissions=["act"])
    def accept(
        self, request: HttpRequest, chosen: models.QuerySet[SubmittedOrder]
    ) -> HttpResponse | None:
        return self._ask(request, chosen, BulkAct.Act.ACCEPT)

    @admin.action(description=gettext_lazy("Start provisioning"), permissions=["act"])
    def provision(
        self, request: HttpRequest, chosen: models.QuerySet[SubmittedOrder]
    ) -> HttpResponse | None:
        return self._ask(request, chosen, BulkAct.Act.PROVISION)

    @admin.action(description=gettext_lazy("Return for changes"), permissions=["act"])
    def return_for_changes(
        self, request: HttpRequest, chosen: models.QuerySet[SubmittedOrder]
    ) -> HttpResponse | None:
        return self._ask(request, chosen, BulkAct.Act.RETURN)

    @admin.action(description=gettext_lazy("Reject"), permissions=["act"])
    def reject(
        self, request: HttpRequest, chosen: models.QuerySet[SubmittedOrder]
    ) -> HttpResponse | None:
        return self._ask(request, chosen, BulkAct.Act.REJECT)
