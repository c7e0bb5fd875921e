"""Received e-mail that no partner sees, for channel sales: to read, and to dismiss (OUT-38)."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.core.admin_actions import ReadOnlyAdmin
from portal.core.errors import RuleError
from portal.core.staff_rights import StaffGroup
from portal.outbox.mail.decoding import clean, decoded
from portal.outbox.models import InboundEmail
from portal.outbox.settling import dismiss

SHOWN = 100_000


@admin.register(InboundEmail)
class InboundEmailAdmin(ReadOnlyAdmin[InboundEmail]):
    """Messages to an address of nobody, or of a partner that is inactive; read-only."""

    group = StaffGroup.ORDERS
    list_display = ("subject", "from_address", "recipient", "state", "reason", "received_at")
    list_filter = ("state", "reason")
    search_fields = ("subject", "from_address", "recipient", "message_id")
    ordering = ("-received_at",)
    show_full_result_count = False
    actions = ("dismiss_chosen",)
    fields = (
        *("state", "reason", "partner", "from_name", "from_address", "recipient", "subject"),
        *("received_at", "handled_at", "handled_by", "size", "message_id", "text", "source"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[InboundEmail]:
        """Return what no partner can read; the list does not load the contents."""
        rows = InboundEmail.objects.across_partners().select_related("partner")
        nobodys = rows.filter(Q(partner=None) | Q(partner__is_active=False))
        return nobodys.defer("raw", "text")

    @admin.display(description=_("as it came in"))
    def source(self, row: InboundEmail) -> SafeString:
        """Show the raw message as plain text, never as what it pretends to be."""
        raw = bytes(row.raw or b"")[:SHOWN]
        return linebreaksbr(clean(decoded(raw)), autoescape=True)

    @admin.action(description=_("Dismiss"), permissions=["act"])
    def dismiss_chosen(self, request: HttpRequest, chosen: models.QuerySet[InboundEmail]) -> None:
        """Dismiss messages, each by itself: a refusal does not stop the others."""
        count = 0
        for row in chosen:
            try:
                dismiss(row.pk, by=str(request.user), at=timezone.now())
                count += 1
            except RuleError as error:
                messages.error(request, f"{row}: {error}")
        text = ngettext("%(n)s e-mail was dismissed.", "%(n)s e-mails were dismissed.", count)
        if count:
            messages.success(request, text % {"n": count})
