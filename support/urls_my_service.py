"""The service reports in the customers' own portal."""

from django.urls import path

from support.views import my_work

app_name = "my_service"
urlpatterns = [
    path("", my_work.work_list, name="list"),
    path("<uuid:work_id>/pdf/", my_work.pdf, name="pdf"),
]
