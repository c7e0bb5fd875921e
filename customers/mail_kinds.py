"""What the e-mails and documents of this app are called (CHAN-36); imported at startup."""

from django.utils.translation import gettext_lazy as _

from portal.outbox.kinds import name_kinds

name_kinds(
    {
        "customers/email/ask_about_name": _("Question about a customer's name"),
        "customers/email/assignment": _("Responsibility for customers"),
        "customers/email/registration": _("Answer to a registration"),
        "customers/email/named": _("Named as contact of a system"),
        "customers.handover": _("Handover sheet"),
    }
)
