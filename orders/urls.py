from django.urls import include, path

from orders.views import (
    listing,
    manage,
    products,
    recreating,
    review,
    wizard,
)

app_name = "orders"
_one = "<uuid:order_id>/"
urlpatterns = [
    path("", listing.order_list, name="list"),
    path("export/", listing.export, name="export"),
    path("", include("orders.urls_beside")),
    path("new/", wizard.new, name="new"),
    path("new/<str:family>/", wizard.start, name="start"),
    path("new/<str:family>/customer/", wizard.create_inline, name="create_customer"),
    path("new/<str:family>/<str:step>/", wizard.not_yet, name="not_yet"),
    path(_one, manage.order_page, name="order"),
    path(_one + "customer/", wizard.customer, name="customer"),
    path(_one + "products/", products.products, name="products"),
    path(_one + "review/", review.review, name="review"),
    path(_one + "cancel/", manage.cancel, name="cancel"),
    path(_one + "cancel/withdraw/", manage.withdraw, name="withdraw_cancel"),
    path(_one, include("orders.urls_order")),
    path(_one + "delete/", manage.delete, name="delete"),
    path(_one + "recreate/", recreating.recreate, name="recreate"),
    path(
        "for/<uuid:customer_id>/<str:family>/<str:kind>/",
        manage.change_services,
        name="change_services",
    ),
]
