from django.urls import path

from customers.views import custom, filters, listing

urlpatterns = [
    path("", listing.customer_list, name="list"),
    path("export/", listing.export, name="export"),
    path("columns/", listing.choose_columns, name="columns"),
    path("filters/", filters.filters, name="filters"),
    path("filters/new/", listing.save_filter, name="filter_add"),
    path("filters/<uuid:filter_id>/", filters.change_filter, name="filter"),
    path("filters/<uuid:filter_id>/delete/", filters.delete_filter, name="filter_delete"),
    path("fields/", custom.fields, name="fields"),
    path("fields/new/", custom.field_add, name="field_add"),
    path("fields/<uuid:field_id>/", custom.field_change, name="field"),
    path("fields/<uuid:field_id>/move/", custom.move, name="field_move"),
    path("fields/<uuid:field_id>/retire/", custom.retire, name="field_retire"),
    path("fields/<uuid:field_id>/restore/", custom.restore, name="field_restore"),
    path("fields/<uuid:field_id>/delete/", custom.delete, name="field_delete"),
]
