"""Rows of related objects in the admin, each field with a name."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.db import models
from django.forms.models import BaseInlineFormSet

Child = TypeVar("Child", bound=models.Model)
Parent = TypeVar("Parent", bound=models.Model)
Form = TypeVar("Form", bound=forms.ModelForm[Any])


class NamedFormSet(BaseInlineFormSet[Child, Parent, Form]):
    """Rows whose fields are named by their column: Django's table has no labels (USE-04)."""

    def add_fields(self, form: Form, index: int | None) -> None:
        """Add what each row has beside the form's fields, and name all of them."""
        super().add_fields(form, index)
        for field in form.fields.values():
            # A choice of a related object is wrapped in the links that add and change one.
            widget: forms.Widget = getattr(field.widget, "widget", None) or field.widget
            label = str(field.label or "")
            widget.attrs.setdefault("aria-label", label[:1].upper() + label[1:])
