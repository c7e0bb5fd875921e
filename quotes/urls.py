from django.urls import path

from quotes.views import lines, listing, page, progressing, sending, writing

app_name = "quotes"
_one = "<uuid:quote_id>/"
urlpatterns = [
    path("", listing.quote_list, name="list"),
    path("export/", listing.export, name="export"),
    path("new/", writing.start, name="start"),
    path("settings/", writing.settings_form, name="settings"),
    path(_one, page.quote_page, name="quote"),
    path(_one + "edit/", writing.details, name="details"),
    path(_one + "lines/", lines.lines, name="lines"),
    path(_one + "products/", lines.products, name="products"),
    path(_one + "revise/", writing.revise, name="revise"),
    path(_one + "delete/", writing.delete, name="delete"),
    path(_one + "send/", sending.send, name="send"),
    path(_one + "send/preview/", sending.preview, name="send_preview"),
    path(_one + "send/contact/", sending.add_contact, name="add_contact"),
    path(_one + "remind/", sending.remind, name="remind"),
    path(_one + "withdraw/", sending.withdraw, name="withdraw"),
    path(_one + "progress/", progressing.progress, name="progress"),
    path(_one + "pdf/", page.make_pdf, name="make_pdf"),
    path(_one + "documents/<uuid:document_id>/", page.document, name="document"),
    path(_one + "documents/<uuid:document_id>/again/", page.document_again, name="document_again"),
]
