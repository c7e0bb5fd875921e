from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelConfig(AppConfig):
    name = "portal.channel"
    label = "channel"
    verbose_name = _("Channel Sales")

    def ready(self) -> None:
        # Models can be imported only now.
        from portal.channel.announcing import register

        register()
