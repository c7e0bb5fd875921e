from django.apps import apps
from django.contrib.admin.apps import AdminConfig

# Unregistered from the admin: credentials and rights that nobody edits by hand, and a table of
# partners' schemas that the public host does not have.
RAW = (
    "history.Entry",
    "auth.Group",
    "account.EmailAddress",
    "account.EmailConfirmation",
    "mfa.Authenticator",
    "usersessions.UserSession",
)


class KontorAdminConfig(AdminConfig):
    """Django's admin with our site as the default one."""

    default_site = "portal.core.admin_sites.KontorAdminSite"

    def ready(self) -> None:
        """Find the admin of each app, then take out what must not be edited raw."""
        # Django's admin can be imported only when the models are there.
        from django.contrib import admin

        super().ready()
        for label in RAW:
            model = apps.get_model(label)
            if admin.site.is_registered(model):
                admin.site.unregister(model)
