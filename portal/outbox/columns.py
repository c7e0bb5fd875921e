"""The columns of the list of messages (REG-45)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.core.list_columns import Column, Detail, Names
from portal.core.templatetags.kontor import moment
from portal.outbox.causes import cause_of
from portal.outbox.kinds import kind_in_words
from portal.outbox.models import OutboundEmail
from portal.outbox.telling import about_url
from portal.tenancy.context import local_day

State = OutboundEmail.State
SIGNS = {
    State.WAITING: "",
    State.QUEUED: "is-placed",
    State.SENT: "is-ok",
    State.DEAD: "is-bad",
    State.BOUNCED: "is-bad",
}
# All that the columns read of a row: not its bodies.
FIELDS = (
    *("partner_id", "template", "language", "to_address", "subject", "about_type", "about_id"),
    *("about_label", "customer_id", "state", "attempts", "last_error", "last_status"),
    *("created_at", "sent_at", "dead_at"),
)


def _cause(email: OutboundEmail, names: Names) -> str:
    found = cause_of(email) if email.needs_a_person else None
    return found.words if found else ""


def _customer(email: OutboundEmail, names: Names) -> str:
    found = names.get(email.customer_id)
    return found.name if found else ""


def _customer_number(email: OutboundEmail, names: Names) -> str:
    found = names.get(email.customer_id)
    return found.number if found else ""


def _customer_url(email: OutboundEmail, names: Names) -> str:
    found = names.get(email.customer_id)
    return found.url if found else ""


def email_columns() -> list[Column[OutboundEmail]]:
    """Return every column; ``names`` are the customers by id."""
    return [*_what(), _kind(), *_how_far()]


def _what() -> list[Column[OutboundEmail]]:
    return [
        Column(
            "subject",
            _("Subject"),
            lambda email, names: email.subject,
            ("subject",),
            always=True,
            width=32,
            url=lambda email, names: f"/outbox/{email.pk}/",
            words=lambda email: email.subject,  # whole: it tells the messages apart
            numbers=True,
            detail=Detail(_("Cause"), _cause, 32),
        ),
        Column(
            "to",
            _("To"),
            lambda email, names: email.to_address,
            ("to_address",),
            standard=True,
            css="k-address",
            width=32,
        ),
        Column(
            "customer",
            _("Customer"),
            _customer,
            standard=True,
            width=32,
            url=_customer_url,
            detail=Detail(_("Customer number"), _customer_number),
        ),
        Column(
            "about",
            _("About"),
            lambda email, names: email.about_label,
            ("about_label",),
            standard=True,
            css="k-lg k-nowrap",
            width=32,
            url=lambda email, names: about_url(email),
        ),
    ]


def _kind() -> Column[OutboundEmail]:
    """Return the kind in words (CHAN-36)."""
    return Column(
        "kind",
        _("Kind"),
        lambda email, names: kind_in_words(email.template),
        ("template", "created_at"),
        width=32,
    )


def _how_far() -> list[Column[OutboundEmail]]:
    states = {value: str(label) for value, label in State.choices}
    languages = {
        value: str(label) for value, label in OutboundEmail._meta.get_field("language").flatchoices
    }
    return [
        Column(
            "state",
            _("State"),
            lambda email, names: states[email.state],
            ("state", "created_at"),
            standard=True,
            css="k-corner",
            sign=lambda email: SIGNS[State(email.state)],
        ),
        Column(
            "created",
            _("Written"),
            lambda email, names: local_day(email.created_at),
            ("created_at",),
            standard=True,
            css="k-nowrap",
            words=lambda email: moment(email.created_at),
        ),
        Column(
            "sent",
            _("Sent"),
            lambda email, names: local_day(email.sent_at) if email.sent_at else None,
            ("sent_at",),
            css="k-nowrap",
            words=lambda email: moment(email.sent_at),
        ),
        Column(
            "attempts",
            _("Attempts"),
            lambda email, names: email.attempts,
            ("attempts", "created_at"),
            css="k-num",
        ),
        Column(
            "language",
            _("Language"),
            lambda email, names: languages.get(email.language, email.language),
            ("language", "created_at"),
        ),
    ]
