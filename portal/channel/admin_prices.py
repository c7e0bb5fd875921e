"""Announcing prices to partners (CHAN-43)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts.models import User
from portal.channel.announcing import announce
from portal.channel.models import PriceAnnouncement
from portal.core.admin_actions import ObjectActionsAdmin
from portal.core.form_rendering import DateInput
from portal.core.formats import day
from portal.core.forms import FormData, ShowRefusals
from portal.core.staff_rights import StaffGroup, may, require
from portal.tenancy.models import Partner


class AnnouncementForm(forms.Form):
    """What changes, from when, and who is told."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Prices hold from"),
        widget=DateInput(),
        help_text=gettext_lazy("The page that partners read lists the prices of this day."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8})
    )
    partners = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Partners"),
        queryset=Partner._default_manager.filter(is_active=True).order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one partner.")},
    )

    def __init__(self, data: FormData = None) -> None:
        super().__init__(data)
        self.fields["partners"].initial = list(
            Partner._default_manager.filter(is_active=True).values_list("pk", flat=True)
        )


@admin.register(PriceAnnouncement)
class PriceAnnouncementAdmin(ObjectActionsAdmin[PriceAnnouncement]):
    """What was announced, and to whom; what was said is not changed."""

    group = StaffGroup.CATALOGUE
    list_display = ("title", "starts", "created_by", "created_at")
    list_select_related = ("created_by",)
    ordering = ("-valid_from", "-created_at")
    search_fields = ("title__icontains",)
    actions = None
    summary_template = "admin/channel/priceannouncement/summary.html"

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, self.group)

    @admin.display(description=gettext_lazy("prices hold from"), ordering="valid_from")
    def starts(self, row: PriceAnnouncement) -> str:
        return day(row.valid_from)

    def summary(self, request: HttpRequest, obj: PriceAnnouncement) -> dict[str, Any]:
        rows = obj.announced_to.select_related("partner").order_by("partner__name")
        return {"announcement": obj, "rows": rows, "starts": day(obj.valid_from)}

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Ask what to announce, and announce it."""
        require(self.has_add_permission(request))
        assert isinstance(request.user, User)
        form = AnnouncementForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with ShowRefusals(form):
                made = announce(by=request.user, at=timezone.now(), **form.cleaned_data)
                self.log_addition(request, made, _("Announced"))
                count = len(form.cleaned_data["partners"])
                text = ngettext("%(n)s partner is told.", "%(n)s partners are told.", count)
                messages.success(request, text % {"n": count})
                return redirect(self.page_of(made))
        return self.form_page(
            request,
            form,
            title=_("Announce prices"),
            submit=_("Announce"),
            back="../",
            explain=[_("People who see prices are notified, administrators by e-mail too.")],
        )
