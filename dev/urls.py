from django.urls import path

from dev.styleguide import styleguide

urlpatterns = [path("styleguide/", styleguide, name="styleguide")]
