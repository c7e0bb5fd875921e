"""All partners' e-mails for channel sales: to read, and to send again after giving up."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import linebreaksbr
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from portal.core.admin_actions import ReadOnlyAdmin
from portal.core.errors import RuleError
from portal.core.staff_rights import StaffGroup, require
from portal.core.templatetags.kontor import moment
from portal.core.templatetags.kontor import state as state_tag
from portal.outbox import admin_desk  # noqa: F401  adds its figures
from portal.outbox.admin_documents import DocumentAdmin
from portal.outbox.admin_filters import KindFilter
from portal.outbox.admin_received import InboundEmailAdmin
from portal.outbox.causes import cause_of
from portal.outbox.columns import SIGNS
from portal.outbox.kinds import kind_in_words
from portal.outbox.models import OutboundEmail
from portal.outbox.preview import shown
from portal.outbox.services import can_send_again, send_again
from portal.outbox.views import html_response

__all__ = ["DocumentAdmin", "InboundEmailAdmin", "OutboundEmailAdmin"]


@admin.register(OutboundEmail)
class OutboundEmailAdmin(ReadOnlyAdmin[OutboundEmail]):
    """E-mails, read-only: a message stays as it was queued."""

    group = StaffGroup.ORDERS
    list_display = ("subject", "to", "kind", "how_far", "written")
    list_filter = ("state", ("partner", admin.RelatedOnlyFieldListFilter), KindFilter)
    list_per_page = 50
    list_select_related = ("partner",)
    search_fields = ("subject", "to_address", "about_label", "message_id")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    show_full_result_count = False
    actions = ("send_again_chosen",)
    change_form_template = "outbox/admin_change_form.html"
    fields = (
        *("state", "cause", "last_error", "last_status", "to_address", "sender", "reply_to"),
        *("partner", "about_label", "kind", "language", "created_at", "queued_at", "attempts"),
        *("next_try_at", "sent_at", "dead_at", "message_id", "text_shown", "html_shown"),
    )
    readonly_fields = fields

    @admin.display(description=_("to, partner"), ordering="to_address")
    def to(self, email: OutboundEmail) -> SafeString:
        partner = email.partner or "Kontor"
        return format_html('{}<br><span class="quiet">{}</span>', email.to_address, partner)

    @admin.display(description=_("kind"), ordering="template")
    def kind(self, email: OutboundEmail) -> str:
        """Return the kind in words (CHAN-36)."""
        return kind_in_words(email.template)

    @admin.display(description=_("state"), ordering="state")
    def how_far(self, email: OutboundEmail) -> SafeString:
        """Return the state, and the cause of a failure below it."""
        sign = state_tag(SIGNS[OutboundEmail.State(email.state)], email.get_state_display())
        cause = self.cause(email)
        return format_html("{}<br>{}", sign, cause) if cause else sign

    @admin.display(description=_("created"), ordering="created_at")
    def written(self, email: OutboundEmail) -> str:
        return moment(email.created_at)

    @admin.display(description=_("cause"))
    def cause(self, email: OutboundEmail) -> str:
        """Return why the last attempt failed, in plain words (OUT-25)."""
        found = cause_of(email)
        return found.words if found else ""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[OutboundEmail]:
        """Return all partners' messages; the list does not load the bodies."""
        return OutboundEmail.objects.across_partners().defer("text", "html", "secrets_encrypted")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Return the list; ignore a date filter with an impossible year instead of failing."""
        try:
            return super().get_changelist_instance(request)
        except OverflowError as error:
            raise IncorrectLookupParameters from error

    @admin.display(description=_("from"))
    def sender(self, email: OutboundEmail) -> str:
        return f"{email.from_name} <{email.from_address}>"

    @admin.display(description=_("text"))
    def text_shown(self, email: OutboundEmail) -> SafeString:
        return linebreaksbr(shown(email).text, autoescape=True)

    @admin.display(description=_("HTML"))
    def html_shown(self, email: OutboundEmail) -> SafeString:
        """Show the HTML part in the same frame as on the partner's page."""
        allowed = "allow-popups allow-popups-to-escape-sandbox" if shown(email).with_links else ""
        return format_html(
            '<iframe src="{}" width="680" height="720" sandbox="{}" title="{}"></iframe>',
            reverse("admin:outbox_outboundemail_html", args=[email.pk]),
            allowed,
            _("The message as HTML"),
        )

    @admin.action(description=_("Send again"), permissions=["act"])
    def send_again_chosen(
        self, request: HttpRequest, chosen: models.QuerySet[OutboundEmail]
    ) -> None:
        """Send messages again, each by itself: a refusal does not stop the others."""
        count = 0
        for email in chosen:
            count += self._send_again(request, email)
        if count:
            text = ngettext(
                "%(n)s e-mail is queued again.", "%(n)s e-mails are queued again.", count
            )
            self.message_user(request, text % {"n": count}, messages.SUCCESS)

    def _send_again(self, request: HttpRequest, email: OutboundEmail) -> bool:
        try:
            send_again(email, at=timezone.now())
        except RuleError as error:
            self.message_user(request, f"{error} ({email.to_address})", messages.ERROR)
            return False
        self.log_change(request, email, "Sent again")
        return True

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the frame's content and of the button."""
        again = self.admin_site.admin_view(require_POST(self.send_again_view))
        frame = never_cache(xframe_options_sameorigin(self.admin_site.admin_view(self.html_view)))
        name = "outbox_outboundemail"
        return [
            path("<uuid:pk>/send-again/", again, name=f"{name}_send_again"),
            path("<uuid:pk>/html/", frame, name=f"{name}_html"),
            *super().get_urls(),
        ]

    @method_decorator(csp_update({"frame-src": ["'self'"]}))
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one message, with its frame and, if it can be sent again, the button."""
        email = self.get_object(request, object_id)
        may = email is not None and can_send_again(email)
        context = {
            **(extra_context or {}),
            "may_send_again": may and self.has_act_permission(request),
        }
        return super().change_view(request, object_id, form_url, context)

    def html_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        """Return the HTML of one message under a policy of its own."""
        require(self.has_view_permission(request))
        return html_response(get_object_or_404(self.get_queryset(request), pk=pk))

    def send_again_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        """Send one message again, by the button on its page."""
        require(self.has_act_permission(request))
        email = get_object_or_404(self.get_queryset(request), pk=pk)
        if self._send_again(request, email):
            text = _("The e-mail to %(to)s is queued again.") % {"to": email.to_address}
            self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:outbox_outboundemail_change", email.pk)
