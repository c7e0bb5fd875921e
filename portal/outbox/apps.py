"""The app of the outbox."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.validators import validate_email
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Prepares e-mail at startup.

    Each app's ``emails`` and ``mail_kinds`` are imported, so that all link renewals and names of
    kinds are registered. An
    address at ``localhost``, which Django lets pass, is refused: it reaches nobody (INP-16).
    """

    name = "portal.outbox"
    verbose_name = _("E-mail")

    def ready(self) -> None:
        # Models can be imported only now.
        from portal.outbox import telling

        telling.register()
        autodiscover_modules("emails", "mail_kinds")
        validate_email.domain_allowlist = []
