"""Both versions, field by field, if somebody else saved in between (REG-35)."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Protocol, cast

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from customers.domains import readable_domain
from customers.services.rules import Stale
from portal.core.forms import ShowRefusals
from portal.core.http import form_data


def posted_version(request: HttpRequest) -> int:
    """Return the version that the form was filled from; 0 if none was posted."""
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0


class _HasVersion(Protocol):
    version: Any


def form_version(request: HttpRequest, instance: _HasVersion | None) -> int:
    """Return the version that a form carries: the posted one, else the object's, else 1."""
    if instance is None:
        return 1
    return int(instance.version) if form_data(request) is None else posted_version(request)


class ShowDifferences(ShowRefusals):
    """A :class:`ShowRefusals` that shows both versions if somebody else saved in between (REG-35).

    ``differences`` then holds mine and theirs, and ``version`` is the one that the next save
    replaces.
    """

    def __init__(self, form: forms.BaseForm, version: int) -> None:
        super().__init__(form)
        self.version = version
        self.differences: list[tuple[str, str, str]] = []

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, Stale):
            saved: Any = type(error.current)._default_manager.get(pk=error.current.pk)
            self.differences, self.version = shown_differences(self.form, saved), saved.version
        return super().__exit__(kind, error, trace)

    @property
    def context(self) -> dict[str, Any]:
        """Return what the form's template shows of it."""
        return {"version": self.version, "differences": self.differences}


def _shown(field: forms.Field, value: object) -> str:
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return "–"
    if isinstance(field, forms.MultipleChoiceField) and isinstance(value, list):
        labels = dict(cast("Iterable[tuple[str, object]]", field.choices))
        return ", ".join(str(labels.get(each, each)) for each in value) or "–"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        labels = dict(cast("Iterable[tuple[str, object]]", field.choices))
        return str(labels.get(str(value), value))
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(value)


def _saved(current: models.Model, name: str) -> Any:
    if name == "domains":
        return sorted(str(row) for row in getattr(current, name).all())
    if name == "support_roles":
        return sorted(row.role for row in getattr(current, name).all())
    return getattr(current, name)


def shown_differences(form: forms.BaseForm, current: models.Model) -> list[tuple[str, str, str]]:
    """Return label, mine and theirs of each field in which the two differ."""
    rows = []
    for name, field in form.fields.items():
        if name not in form.cleaned_data or field.disabled:
            continue
        if name != "domains" and not hasattr(current, name):
            continue
        mine, theirs = form.cleaned_data[name], _saved(current, name)
        if name == "domains":
            mine = [readable_domain(domain) for domain in mine]
        if (sorted(mine) if isinstance(mine, list) else mine) != theirs:
            rows.append((str(field.label), _shown(field, mine), _shown(field, theirs)))
    return rows
