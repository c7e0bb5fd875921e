"""Addresses of what belongs to an order: messages, files, documents, copies."""

from django.urls import path

from orders.views import again, authority, pdf, talk, templates

urlpatterns = [
    path("messages/", talk.say, name="say"),
    path("files/<uuid:file_id>/", talk.file, name="file"),
    path("authority/", authority.add, name="authority"),
    path("authority/<uuid:file_id>/", authority.letter, name="letter"),
    path("authority/<uuid:file_id>/remove/", authority.remove, name="remove_letter"),
    path("again/", again.again, name="again"),
    path("template/", templates.add, name="template_add"),
    path("pdf/", pdf.make, name="make_pdf"),
    path("documents/<uuid:document_id>/", pdf.document, name="document"),
]
