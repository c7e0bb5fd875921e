from django.contrib.admin.apps import AdminConfig


class KontorAdminConfig(AdminConfig):
    """Django's admin with our site as the default one."""

    default_site = "portal.admin.KontorAdminSite"
