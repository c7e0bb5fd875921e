"""The parts of a service report, and what differs where two wrote at the same time."""

from __future__ import annotations

from types import TracebackType
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.differences import ShowDifferences
from customers.services.rules import Stale
from portal.core.forms import FormData
from support.models import ServiceReport
from support.services.drafts import Part, parts_of

MOST_PARTS = 60


class PartForm(forms.Form):
    """One part that was used; a row of which nothing is filled in counts as none."""

    marks_optional = False

    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        required=False,
        min_value=1,
        max_value=9_999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("Enter a whole number.")},
    )
    name = forms.CharField(label=gettext_lazy("Part"), required=False, max_length=150)
    serial = forms.CharField(label=gettext_lazy("Serial number"), required=False, max_length=80)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        filled = data.get("quantity") or data.get("serial")
        if filled and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Write what part it is."))
        return data


class BasePartFormSet(forms.BaseFormSet[PartForm]):
    """The parts, each on a row that can be removed."""

    def parts(self) -> list[Part]:
        """Return the parts that stay, in their order."""
        return [
            Part(data.get("quantity") or 1, data["name"], data.get("serial", ""))
            for data in (form.cleaned_data for form in self.forms)
            if data.get("name") and not data.get("DELETE")
        ]


def part_formset(
    data: FormData = None, *, parts: list[Part] | None = None, extra: int = 0
) -> BasePartFormSet:
    """Return the rows of parts, filled from what was posted or from the saved parts.

    What was posted without the number of rows is no form of ours, and counts as nothing.
    """
    if data is not None and "parts-TOTAL_FORMS" not in data:
        data = None
    made = forms.formset_factory(
        PartForm,
        formset=BasePartFormSet,
        extra=extra,
        can_delete=True,
        max_num=MOST_PARTS,
        absolute_max=MOST_PARTS,
    )
    initial = [
        {"quantity": part.quantity, "name": part.name, "serial": part.serial}
        for part in parts or []
    ]
    return cast("BasePartFormSet", made(data, prefix="parts", initial=initial))


class ShowWorkDifferences(ShowDifferences):
    """Both versions of a draft, also of its parts (SUP-02)."""

    def __init__(self, form: forms.BaseForm, formset: BasePartFormSet, version: int) -> None:
        super().__init__(form, version)
        self.formset = formset

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        handled = super().__exit__(kind, error, trace)
        if isinstance(error, Stale) and isinstance(error.current, ServiceReport):
            mine, theirs = self.formset.parts(), parts_of(error.current)
            if mine != theirs:
                self.differences.append((_("Parts"), _in_words(mine), _in_words(theirs)))
        return handled


def _in_words(parts: list[Part]) -> str:
    return ", ".join(f"{part.quantity} {part.name}" for part in parts) or "–"
