"""What the e-mails of this app are called (CHAN-36); imported at startup."""

from django.utils.translation import gettext_lazy as _

from portal.outbox.kinds import name_kinds

name_kinds(
    {
        "outbox/email/document": _("Document that was made later"),
    }
)
