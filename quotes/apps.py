from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuotesConfig(AppConfig):
    name = "quotes"
    verbose_name = _("Quotes")

    def ready(self) -> None:
        from orders.groups import show_group
        from quotes import customer_sections, messages
        from quotes.overview import pending_approval

        show_group(pending_approval)
        customer_sections.register()
        messages.register()
