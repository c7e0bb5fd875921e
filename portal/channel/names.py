"""Questions of partners about names that are in use, and channel sales' answers (CHAN-42)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from portal.accounts.models import User
from portal.channel.models import NameQuestion
from portal.core.errors import RuleError, WrongState
from portal.outbox.rendering import Voice
from portal.outbox.services import queue_email
from portal.tenancy.models import Partner


class NameInAnswer(RuleError):
    """Refuse an answer that names who holds the name (CHAN-42)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("The answer names the partner that holds the name. Leave it out."),
            field="text",
        )


def keep_question(
    *, partner: Partner, by: User, name: str, message: str, at: datetime
) -> NameQuestion:
    """Keep a partner's question in channel sales' queue, in the caller's transaction."""
    return NameQuestion.objects.for_partner(partner).create(
        partner=partner, name=name, message=message, asked_by=by, asked_at=at
    )


def answer_question(
    question_id: UUID,
    *,
    partner: Partner,
    text: str,
    holder: Partner | None,
    by: str,
    at: datetime,
) -> NameQuestion:
    """Answer a question of ``partner``: the text goes to who asked and never names ``holder``.

    Raise WrongState for a question that is answered, NameInAnswer for a text with the holder's
    name in it.
    """
    with transaction.atomic():
        rows = NameQuestion.objects.for_partner(partner).select_related("partner", "asked_by")
        question = rows.select_for_update(of=("self",)).get(pk=question_id)
        if not question.is_open:
            raise WrongState(_("This question is answered already."))
        if _names(text, holder, question.partner):
            raise NameInAnswer
        question.answer, question.answered_by, question.answered_at = text, by, at
        question.is_open = False
        question.save()
        _mail(question, at=at)
    return question


def _names(text: str, holder: Partner | None, asker: Partner) -> bool:
    if holder is None or holder.pk == asker.pk:
        return False
    return holder.name.casefold() in " ".join(text.casefold().split())


def _mail(question: NameQuestion, *, at: datetime) -> None:
    language = question.asked_by.language
    with override(language):
        queue_email(
            to=question.asked_by.email,
            template="channel/email/name_answer",
            context={
                "partner": question.partner,
                "name": question.asked_by.get_short_name(),
                "asked": question.name,
                "question": question.message,
                "text": question.answer,
            },
            language=language,
            key=f"name-answer-{question.pk}",
            partner=question.partner,
            at=at,
            voice=Voice.VENDOR,
        )
