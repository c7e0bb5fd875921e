"""Mine and theirs, field by field, when somebody else saved in between (REG-35)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _


def posted_version(request: HttpRequest) -> int:
    """The version of the object that the form was filled from; 0 where it says none."""
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return "–"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        labels: dict[Any, Any] = dict(field.choices)  # type: ignore[arg-type]
        return str(labels.get(str(value), value))
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(value)


def _saved(current: models.Model, name: str) -> Any:
    if name == "domains":
        return sorted(row.domain for row in getattr(current, name).all())
    return getattr(current, name)


def shown_differences(form: forms.BaseForm, current: models.Model) -> list[tuple[str, str, str]]:
    """Label, mine, theirs, for each field in which the two differ."""
    rows = []
    for name, field in form.fields.items():
        if name not in form.cleaned_data or field.disabled:
            continue
        if name != "domains" and not hasattr(current, name):
            continue
        mine, theirs = form.cleaned_data[name], _saved(current, name)
        if (sorted(mine) if isinstance(mine, list) else mine) != theirs:
            rows.append((str(field.label), _shown(field, mine), _shown(field, theirs)))
    return rows
