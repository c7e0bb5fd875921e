"""What the e-mails and documents of this app are called (CHAN-36); imported at startup."""

from django.utils.translation import gettext_lazy as _

from portal.outbox.kinds import name_kinds

name_kinds(
    {
        "quotes/email/accepted": _("Quote is accepted"),
        "quotes/email/accepted_customer": _("Quote is accepted, to the customer"),
        "quotes/email/confirmation": _("Quote to confirm"),
        "quotes/email/declined": _("Quote is declined"),
        "quotes/email/expired": _("Quote has expired"),
        "quotes/email/withdrawn": _("Withdrawal of a confirmation"),
        "quotes/email/withdrawn_customer": _("Withdrawal of a confirmation, to the customer"),
        "confirmation": _("Confirmation of a quote"),
    }
)
