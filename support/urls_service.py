"""Service reports and work orders."""

from django.urls import path

from support.views import planning, reporting, signing, work_listing, work_page, writing

app_name = "service"
_one = "<uuid:work_id>/"
_pick = {"to": "service:new", "template": "support/service/pick.html"}
urlpatterns = [
    path("", work_listing.work_list, name="list"),
    path("export/", work_listing.export, name="export"),
    path("new/", reporting.pick_customer, _pick, name="pick"),
    path("new/<uuid:customer_id>/", planning.new_work, name="new"),
    path(_one, work_page.work_page, name="work"),
    path(_one + "begin/", work_page.begin, name="begin"),
    path(_one + "cancel/", work_page.cancel, name="cancel"),
    path(_one + "write/", writing.write, name="write"),
    path(_one + "save/", writing.save, name="save"),
    path(_one + "pictures/", writing.pictures, name="pictures"),
    path(_one + "pictures/<uuid:picture_id>/", work_page.picture, name="picture"),
    path(_one + "signature/", work_page.signature, name="signature"),
    path(_one + "sign/", signing.sign, name="sign"),
    path(_one + "unsigned/", signing.unsigned, name="unsigned"),
    path(_one + "pdf/", work_page.pdf, name="pdf"),
    path(_one + "pdf/again/", work_page.pdf_again, name="pdf_again"),
]
