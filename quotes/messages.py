"""The change log's messages about quotes and confirmations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.history.messages import Message, register_messages

HISTORY: dict[str, Message] = {
    "quote_started": Message(_("Quote started.")),
    "quote_revised": Message(_("Quote revised: version %(revision)s.")),
    "quote_superseded": Message(_("Quote superseded by %(new_number)s.")),
    "quote_deleted": Message(_("Quote deleted as a draft."), "is-bad"),
    "quote_progressed": Message(_("Quote progressed to %(orders)s."), "is-ok"),
    "quote_progressed_unconfirmed": Message(
        _("Quote progressed to %(orders)s without the customer's confirmation."), "is-bad"
    ),
    "quote_settings_changed": Message(_("Quote settings changed: %(fields)s.")),
    "confirmation_sent": Message(_("Confirmation sent to %(addressee)s."), "is-ok"),
    "confirmation_reminded": Message(_("Reminder sent to %(addressee)s.")),
    "confirmation_withdrawn": Message(_("Link of %(addressee)s withdrawn."), "is-bad"),
    "confirmation_expired": Message(_("Confirmation expired: nobody answered in time."), "is-bad"),
    "link_opened": Message(_("Link of the confirmation opened (perhaps by a mail filter).")),
    "confirmation_accepted": Message(_("%(name)s accepted the terms."), "is-ok"),
    "confirmation_declined_by": Message(
        _("%(name)s declined the confirmation: %(reason)s"), "is-bad"
    ),
    # Before the name was asked for.
    "confirmation_declined": Message(_("Confirmation declined: %(reason)s"), "is-bad"),
}


def register() -> None:
    """Register the messages; called once when the app is ready."""
    register_messages(HISTORY)
