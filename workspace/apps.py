from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

# Registers the system checks; needs no models.
import portal.checks  # noqa: F401


class WorkspaceConfig(AppConfig):
    name = "workspace"
    verbose_name = _("Partners")

    def ready(self) -> None:
        # Models can be imported only now.
        from workspace import messages, metrics
        from workspace.customer_portal import registration

        messages.register()
        registration.register()
        if settings.METRICS_PORTS:
            metrics.register()
