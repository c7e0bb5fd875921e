"""What the e-mails and documents of this app are called (CHAN-36); imported at startup."""

from django.utils.translation import gettext_lazy as _

from portal.outbox.kinds import name_kinds

name_kinds(
    {
        "accounts/email/account_notice": _("Change of one's sign-in"),
        "accounts/email/invitation": _("Invitation"),
        "accounts/email/password_reset": _("Link for a new password"),
    }
)
