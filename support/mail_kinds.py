"""What the e-mails and documents of this app are called (CHAN-36); imported at startup."""

from django.utils.translation import gettext_lazy as _

from portal.outbox.kinds import name_kinds

name_kinds(
    {
        "support/email/acknowledged": _("Report is acknowledged"),
        "support/email/answer": _("Answer to a report"),
        "support/email/assigned": _("Report is yours"),
        "support/email/closing": _("Report is about to close"),
        "support/email/contact": _("Support contact of a customer"),
        "support/email/partner": _("New problem report, to the partner"),
        "support/email/quiet": _("Report without an answer"),
        "support/email/receipt": _("Problem report has arrived"),
        "support/email/reminder": _("Reminder of a report"),
        "support/email/reopened": _("Report is opened again"),
        "support/email/resolved": _("Report is resolved"),
        "support/email/service": _("Service report"),
        "support.service_report": _("Service report as a document"),
    }
)
