"""The pages of onboarding."""

from django.urls import path

from customers.onboarding.views import customer, ending, start, step

app_name = "onboarding"
_one = "<uuid:onboarding_id>/"
urlpatterns = [
    path("", start.onboarding_list, name="list"),
    path("new/", start.start, name="start"),
    path(_one, start.resume, name="resume"),
    path(_one + "customer/", customer.customer_step, name="customer"),
    path(_one + "summary/", ending.summary, name="summary"),
    path(_one + "cancel/", ending.cancel, name="cancel"),
    path(_one + "<slug:step>/", step.step, name="step"),
    path(_one + "<slug:step>/check/", step.check_result, name="check"),
]
