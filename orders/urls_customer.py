"""Pages of orders below a customer's address."""

from django.urls import path

from orders.views import customer_changes

app_name = "customer_changes"
urlpatterns = [
    path("<uuid:customer_id>/type/", customer_changes.change_type, name="type"),
    path("<uuid:customer_id>/plan/", customer_changes.change_plan, name="rate_plan"),
]
