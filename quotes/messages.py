"""The change log's messages about quotes and confirmations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.history.messages import Message, register_messages

HISTORY: dict[str, Message] = {
    "quote_started": Message(_("was begun.")),
    "quote_revised": Message(_("was revised: version %(revision)s.")),
    "quote_superseded": Message(_("was superseded by %(new_number)s.")),
    "quote_deleted": Message(_("was deleted as a draft."), "is-bad"),
    "quote_progressed": Message(_("was progressed to %(orders)s."), "is-ok"),
    "quote_progressed_unconfirmed": Message(
        _("was progressed to %(orders)s without the customer's confirmation."), "is-bad"
    ),
    "quote_settings_changed": Message(_("changed: %(fields)s.")),
    "confirmation_sent": Message(_("went to %(addressee)s to be confirmed."), "is-ok"),
    "confirmation_reminded": Message(_("%(addressee)s was reminded.")),
    "confirmation_withdrawn": Message(
        _("The link that %(addressee)s had was withdrawn."), "is-bad"
    ),
    "confirmation_expired": Message(_("Nobody answered in time."), "is-bad"),
    "link_opened": Message(_("The link was opened (perhaps by a mail filter).")),
    "confirmation_accepted": Message(_("%(name)s accepted the terms."), "is-ok"),
    "confirmation_declined": Message(_("was declined: %(reason)s"), "is-bad"),
}


def register() -> None:
    """Register the messages; called once when the app is ready."""
    register_messages(HISTORY)
