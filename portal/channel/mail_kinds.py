"""What the e-mails and documents of this app are called (CHAN-36); imported at startup."""

from django.utils.translation import gettext_lazy as _

from portal.outbox.kinds import name_kinds

name_kinds(
    {
        "channel/email/name_answer": _("Answer about a customer's name"),
        "channel/email/prices": _("Announcement of prices"),
        "channel/email/staff_notices": _("Notification to Channel Sales"),
    }
)
