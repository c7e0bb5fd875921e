"""The pages of registrations."""

from django.urls import path

from customers.registrations.views import acts, listing, sending

app_name = "registrations"
_one = "<uuid:registration_id>/"
urlpatterns = [
    path("", listing.registration_list, name="list"),
    path("new/", sending.new, name="new"),
    path("existing/", sending.existing, name="existing"),
    path(_one, listing.registration_page, name="registration"),
    path(_one + "file/", listing.download, name="file"),
    path(_one + "answer/", acts.answer, name="answer"),
    path(_one + "withdraw/", acts.withdraw, name="withdraw"),
]
