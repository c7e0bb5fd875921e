from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from customers import related_data
        from orders import audit, customer_sections, messages
        from orders.related_data import OrdersOfCustomer

        audit.register()
        messages.register()
        customer_sections.register()
        related_data.register(OrdersOfCustomer())
