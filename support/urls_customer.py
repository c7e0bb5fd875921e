"""Problem reports in the customers' own portal."""

from django.urls import path

from support.views import mine, mine_contacts

app_name = "my_reports"
_one = "reports/<uuid:report_id>/"
urlpatterns = [
    path("reports/", mine.report_list, name="list"),
    path("reports/new/", mine.new_report, name="new"),
    path(_one, mine.report_page, name="report"),
    path(_one + "answer/", mine.answer, name="answer"),
    path(_one + "reopen/", mine.open_again, name="reopen"),
    path(_one + "files/<uuid:file_id>/", mine.file, name="file"),
    path("support-contacts/new/", mine_contacts.add, name="contact_add"),
    path("support-contacts/<uuid:contact_id>/", mine_contacts.change, name="contact"),
]
