from django.urls import path

from support.views import acts, listing, page, received, reporting, settings

app_name = "support"
_one = "<uuid:report_id>/"
_mail = "received/<uuid:row_id>/"
urlpatterns = [
    path("", listing.report_list, name="list"),
    path("export/", listing.export, name="export"),
    path("bulk/", listing.bulk, name="bulk"),
    path("settings/", settings.settings, name="settings"),
    path("new/", reporting.pick_customer, name="pick"),
    path("new/<uuid:customer_id>/", reporting.new_report, name="new"),
    path("received/", received.received_list, name="received"),
    path(_mail, received.received_page, name="received_page"),
    path(_mail + "answer/", received.received_answer, name="received_answer"),
    path(_mail + "report/", received.received_report, name="received_report"),
    path(_mail + "dismiss/", received.received_dismiss, name="received_dismiss"),
    path(_one, page.report_page, name="report"),
    path(_one + "answer/", page.answer, name="answer"),
    path(_one + "change/", settings.change, name="change"),
    path(_one + "assign/", page.assign, name="assign"),
    path(_one + "merge/", acts.merge, name="merge"),
    path(_one + "escalate/", acts.escalate, name="escalate"),
    path(_one + "close/", page.close, name="close"),
    path(_one + "ask/<slug:question>/", acts.with_words, name="ask"),
    path(_one + "do/<slug:act>/", page.act, name="act"),
    path(_one + "files/<uuid:file_id>/", page.file, name="file"),
]
