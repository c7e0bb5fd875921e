from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkspaceConfig(AppConfig):
    name = "workspace"
    verbose_name = _("Partners")

    def ready(self) -> None:
        import portal.checks  # noqa: F401  registers the system checks
        from workspace import messages

        messages.register()
