"""All partners' documents for channel sales: their state, and another attempt."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.core.admin_actions import ReadOnlyAdmin
from portal.core.staff_rights import StaffGroup
from portal.outbox.issuing import make_again
from portal.outbox.kinds import kind_in_words
from portal.outbox.models import Document


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin[Document]):
    """Documents, read-only: each stays as issued. Its content is visible to the partner only."""

    group = StaffGroup.ORDERS
    list_display = ("file_name", "kind_shown", "partner", "about_label", "state", "created_at")
    list_filter = ("state", ("partner", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("partner",)
    search_fields = ("file_name", "about_label", "sha256")
    ordering = ("-created_at",)
    show_full_result_count = False
    actions = ("make_chosen_again",)
    fields = (
        "file_name",
        "partner",
        "about_label",
        "kind_shown",
        "state",
        "attempts",
        "last_error",
        "sha256",
        "created_at",
        "ready_at",
    )
    readonly_fields = fields

    @admin.display(description=_("kind"), ordering="kind")
    def kind_shown(self, document: Document) -> str:
        """Return the kind in words (CHAN-36)."""
        return kind_in_words(document.kind)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Document]:
        return Document.objects.across_partners().defer("content").select_related("partner")

    @admin.action(description=_("Make again what was given up"), permissions=["act"])
    def make_chosen_again(self, request: HttpRequest, chosen: models.QuerySet[Document]) -> None:
        """Set documents to PENDING again; the e-mails that wait for them go out afterwards."""
        dead = [document for document in chosen if document.state == Document.State.DEAD]
        for document in dead:
            make_again(document, at=timezone.now())
        text = ngettext(
            "%(n)s document is made again.", "%(n)s documents are made again.", len(dead)
        )
        messages.success(request, text % {"n": len(dead)})
