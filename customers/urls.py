from django.urls import include, path

from customers.views import contacts_and_sites as parts
from customers.views import files, imports, personal, register

app_name = "customers"
_one = "<uuid:customer_id>/"
_import = "import/<uuid:import_id>/"
urlpatterns = [
    path("", include("customers.urls_people")),
    path("", include("customers.urls_listing")),
    path("", include("customers.urls_one")),
    path("new/", register.create, name="create"),
    path("ask-name/", register.ask_name, name="ask_name"),
    path("settings/", register.settings_form, name="settings"),
    path("import/", imports.upload, name="import_upload"),
    path("import/template.<slug:ending>", imports.template, name="import_template"),
    path(_import, imports.show, name="import"),
    path(_import + "columns/", imports.columns, name="import_columns"),
    path(_import + "reading/", imports.reading, name="import_reading"),
    path(_import + "start/", imports.start, name="import_start"),
    path(_import + "errors/", imports.error_file, name="import_errors"),
    path(_import + "undo/", imports.undo, name="import_undo"),
    path(_import + "discard/", imports.discard, name="import_discard"),
    path(_one + "edit/", register.change, name="change"),
    path(_one + "reactivate/", register.reactivate, name="reactivate"),
    path(_one + "personal-number/", personal.personal_number, name="personal_number"),
    path(_one + "contacts/new/", parts.contact_form, name="contact_add"),
    path(_one + "contacts/<uuid:contact_id>/", parts.contact_form, name="contact"),
    path(_one + "contacts/<uuid:contact_id>/delete/", parts.contact_delete, name="contact_delete"),
    path(_one + "contacts/<uuid:contact_id>/left/", parts.contact_left, name="contact_left"),
    path(_one + "contacts/<uuid:contact_id>/back/", parts.contact_back, name="contact_back"),
    path(_one + "files/new/", files.add, name="file_add"),
    path(_one + "files/<uuid:file_id>/", files.download, name="file"),
    path(_one + "files/<uuid:file_id>/delete/", files.delete, name="file_delete"),
    path(_one + "sites/new/", parts.site_form, name="site_add"),
    path(_one + "sites/<uuid:site_id>/", parts.site_form, name="site"),
    path(_one + "sites/<uuid:site_id>/delete/", parts.site_delete, name="site_delete"),
]
