"""The app of the outbox."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Imports each app's ``emails`` module at startup, so that all link renewals are registered."""

    name = "portal.outbox"
    verbose_name = _("E-mail")

    def ready(self) -> None:
        autodiscover_modules("emails")
