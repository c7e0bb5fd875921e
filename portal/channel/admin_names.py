"""The queue of questions about names: who asks, who holds the name, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.channel.models import DirectoryEntry, NameQuestion
from portal.channel.names import answer_question
from portal.channel.services import holder_of
from portal.core.admin_actions import ObjectAction, ObjectActionForm, ObjectActionsAdmin
from portal.core.staff_rights import StaffGroup
from portal.core.templatetags.kontor import moment
from portal.core.templatetags.kontor import state as state_tag


class NameAnswerForm(ObjectActionForm):
    """The answer to who asked."""

    text = forms.CharField(
        label=gettext_lazy("Answer to the partner"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write the answer.")},
    )


def _answer(request: HttpRequest, question: NameQuestion, data: Mapping[str, Any]) -> str:
    assert isinstance(request.user, User)
    holder = holder_of(question.name)
    answer_question(
        question.pk,
        partner=question.partner,
        text=data["text"],
        holder=holder.partner if holder is not None else None,
        by=request.user.name,
        at=timezone.now(),
    )
    return _("%(person)s gets the answer by e-mail.") % {"person": question.asked_by.name}


@admin.register(NameQuestion)
class NameQuestionAdmin(ObjectActionsAdmin[NameQuestion]):
    """Questions about names of all partners: the open ones first, the oldest of these first."""

    group = StaffGroup.ORDERS
    object_actions = {
        "answer": ObjectAction(
            label=gettext_lazy("Answer"),
            title=lambda question: _("Answer about “%(name)s”") % {"name": question.name},
            run=_answer,
            form=NameAnswerForm,
            why_not=lambda question: (
                "" if question.is_open else _("This question is answered already.")
            ),
            explain=lambda question: [
                _("An e-mail goes to %(address)s.") % {"address": question.asked_by.email},
                _("Never say who holds the name."),
            ],
            primary=True,
        )
    }
    summary_template = "admin/channel/namequestion/summary.html"
    list_display = ("name", "partner", "asked_by", "asked", "state_shown")
    list_filter = ("is_open", "partner")
    list_select_related = ("partner", "asked_by")
    search_fields = ("name__icontains",)
    ordering = ("-is_open", "asked_at")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[NameQuestion]:
        return NameQuestion.objects.across_partners().select_related("partner", "asked_by")

    @admin.display(description=gettext_lazy("asked"), ordering="asked_at")
    def asked(self, question: NameQuestion) -> str:
        return moment(question.asked_at)

    @admin.display(description=gettext_lazy("state"), ordering="is_open")
    def state_shown(self, question: NameQuestion) -> SafeString:
        if question.is_open:
            return state_tag("is-warn", _("Open"))
        return state_tag("is-ok", _("Answered"))

    def summary(self, request: HttpRequest, obj: NameQuestion) -> dict[str, Any]:
        holder = holder_of(obj.name)
        return {
            "title": _("Question about “%(name)s”") % {"name": obj.name},
            "question": obj,
            "state_badge": self.state_shown(obj),
            "holder": holder,
            "holder_url": _page_of(holder) if holder is not None else "",
        }


def _page_of(holder: DirectoryEntry) -> str:
    return f"/admin/p/{holder.partner.slug}/customers/customer/{holder.pk}/change/"
