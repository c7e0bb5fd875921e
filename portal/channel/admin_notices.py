"""Notices to staff in the admin: the bell, the list, and what each person chose (CHAN-30)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.accounts.models import User
from portal.channel.models import StaffEvent, StaffNotice, StaffSubscription
from portal.channel.telling import (
    MOST,
    choose,
    count_unread,
    mark_all_read,
    mark_opened,
    subscription_of,
    told,
    unread,
)
from portal.channel.visits import reason_of
from portal.core.admin_actions import ObjectActionsAdmin
from portal.core.admin_sites import add_to_frame
from portal.core.staff_rights import StaffGroup, may, require
from portal.core.templatetags.kontor import moment
from portal.tenancy.models import Partner

LIST = "/admin/channel/staffnotice/"


@add_to_frame
def bell(request: HttpRequest) -> dict[str, object]:
    """Return how many notices the person has not read, for the bell of each page."""
    user = request.user
    if not isinstance(user, User) or not may(user, StaffGroup.READ):
        return {}
    count = count_unread(subscription_of(user))
    return {"bell": {"url": LIST, "count": f"{MOST}+" if count > MOST else str(count or "")}}


@add_to_frame
def visit(request: HttpRequest) -> dict[str, object]:
    """Return why the person is in this partner's admin (CHAN-33)."""
    partner = getattr(request, "admin_partner", None)
    if not isinstance(partner, Partner):
        return {}
    return {"visit_reason": reason_of(request, partner, at=timezone.now())}


class SubscriptionForm(forms.Form):
    """What a member of staff wants to be told of, and how."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me of"),
        choices=StaffEvent.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    partners = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Only of these partners"),
        queryset=Partner._default_manager.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none to be told of all partners, new ones too."),
    )
    mail = forms.ChoiceField(
        label=gettext_lazy("By e-mail"),
        choices=StaffSubscription.Mail.choices,
        widget=forms.RadioSelect,
    )


class ReadFilter(admin.SimpleListFilter):
    """The filter by what was not read yet."""

    title = gettext_lazy("read")
    parameter_name = "unread"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("1", _("Not read yet"))]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[StaffNotice]
    ) -> models.QuerySet[StaffNotice]:
        if self.value() != "1":
            return queryset
        assert isinstance(request.user, User)
        return queryset.filter(pk__in=unread(subscription_of(request.user)).values("pk"))


@admin.register(StaffNotice)
class StaffNoticeAdmin(ObjectActionsAdmin[StaffNotice]):
    """What staff are told: each person sees the kinds and partners that they chose."""

    change_list_template = "admin/channel/staffnotice/change_list.html"
    list_display = ("what", "partner", "when")
    list_display_links = None
    list_filter = (ReadFilter, "kind", "partner", ("at", admin.DateFieldListFilter))
    list_select_related = ("partner",)
    search_fields = ("label__icontains",)
    ordering = ("-at",)
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[StaffNotice]:
        """Return what this person is told, each with whether it is new to them."""
        if not isinstance(request.user, User):
            return StaffNotice.objects.across_partners().none()
        mine = subscription_of(request.user)
        new = unread(mine).filter(pk=OuterRef("pk"))
        return told(mine).annotate(is_new=Exists(new))

    def get_urls(self) -> list[URLPattern]:
        """Add the button that marks all as read, and the person's own settings."""
        site, name = self.admin_site, "channel_staffnotice"
        read = site.admin_view(require_POST(self.read_view))
        return [
            path("read/", read, name=f"{name}_read"),
            path("settings/", site.admin_view(self.settings_view), name=f"{name}_settings"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("what happened"), ordering="kind")
    def what(self, notice: StaffNotice) -> SafeString:
        link = format_html('<a href="{}{}/change/">{}</a>', LIST, notice.pk, notice)
        if not getattr(notice, "is_new", False):
            return link
        return format_html('<strong>{}</strong> <span class="k-new">{}</span>', link, _("new"))

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, notice: StaffNotice) -> str:
        return moment(notice.at)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Note that the person opened a notice, and redirect to what it is about."""
        notice = self.get_object(request, object_id)
        if notice is None or not isinstance(request.user, User):
            raise Http404
        mark_opened(notice, user=request.user)
        return HttpResponseRedirect(notice.path)

    def read_view(self, request: HttpRequest) -> HttpResponse:
        """Mark everything as read."""
        require(self.has_view_permission(request))
        assert isinstance(request.user, User)
        mark_all_read(request.user, at=timezone.now())
        messages.success(request, _("All notifications are read."))
        return redirect(LIST)

    def settings_view(self, request: HttpRequest) -> HttpResponse:
        """Show and save what the person wants to be told of; it is always their own."""
        require(self.has_view_permission(request))
        assert isinstance(request.user, User)
        mine = subscription_of(request.user)
        initial = {
            "kinds": mine.kinds,
            "partners": [] if mine.all_partners else mine.partners.all(),
            "mail": mine.mail,
        }
        form = SubscriptionForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            choose(request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("You are told as you chose, from now on."))
            return redirect(LIST)
        return self.form_page(request, form, title=_("What I am told"), submit=_("Save"), back=LIST)
