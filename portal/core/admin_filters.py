"""Filters of the admin's lists."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class ChoiceFilter(admin.SimpleListFilter):
    """A filter for a column whose choices are defined in another app."""

    choices_of: ClassVar[list[tuple[str, Any]]] = []

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return self.choices_of

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(**{str(self.parameter_name): chosen}) if chosen else queryset
