"""The addresses of the outbox, below `/outbox/` on a partner's host."""

from django.urls import path

from portal.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.email_list, name="list"),
    path("export/", views.export, name="export"),
    path("<uuid:pk>/", views.email_detail, name="detail"),
    path("<uuid:pk>/html/", views.email_html, name="html"),
    path("<uuid:pk>/send-again/", views.email_send_again, name="send_again"),
    path("<uuid:pk>/correct/", views.email_correct, name="correct"),
]
