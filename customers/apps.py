from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        # Models can be imported only now.
        from customers import audit, list_filters, messages, recipients, user_section
        from customers.onboarding import registration
        from portal.accounts.places import CustomerTable, register_customers

        register_customers(
            CustomerTable(self.get_model("Customer")._meta.db_table, "name", "is_active")
        )
        audit.register()
        messages.register()
        list_filters.register()
        recipients.register()
        user_section.register()
        registration.register()
