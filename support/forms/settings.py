"""The form of the settings of problem reports."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.form_rendering import TimeInput
from portal.core.forms import FormData, ModelFormOptions
from support.models import ProblemReport, SupportSettings
from support.queries import state_labels

MINUTES = gettext_lazy("Minutes of working time; 0 for no limit.")
ENTER_NUMBER = gettext_lazy("Enter a number.")
TIME = {
    "required": gettext_lazy("Enter a time."),
    "invalid": gettext_lazy("Enter a time, like 08:00."),
}


class SupportSettingsForm(forms.ModelForm[SupportSettings]):
    """Addresses, hours, times to acknowledge, and the partner's words for states."""

    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Working days"),
        choices=[(day + 1, name) for day, name in WEEKDAYS.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )

    class Meta:
        model = SupportSettings
        fields = (
            "email",
            "days",
            "opens_at",
            "closes_at",
            "critical_minutes",
            "major_minutes",
            "minor_minutes",
            "question_minutes",
            "reminder_hours",
            "close_after_days",
            "customers_see_prices",
        )
        widgets = {"opens_at": TimeInput(), "closes_at": TimeInput()}
        help_texts = {
            "email": gettext_lazy("Empty: the partner's notification address."),
            "critical_minutes": MINUTES,
            "major_minutes": MINUTES,
            "minor_minutes": MINUTES,
            "question_minutes": MINUTES,
            "reminder_hours": gettext_lazy("Of working time; 0 for never."),
            "customers_see_prices": gettext_lazy("On orders and services, when they sign in."),
        }
        error_messages = {
            **{
                f"{name}_minutes": {"required": ENTER_NUMBER}
                for name in ("critical", "major", "minor", "question")
            },
            "reminder_hours": {"required": ENTER_NUMBER},
            "close_after_days": {"required": ENTER_NUMBER},
            "opens_at": TIME,
            "closes_at": TIME,
        }

    def __init__(self, data: FormData = None, **options: Unpack[ModelFormOptions]) -> None:
        super().__init__(data, **options)
        own = state_labels()
        for state in ProblemReport.State:
            word = own[state.value]
            self.fields[f"label_{state.value}"] = forms.CharField(
                label=str(state.label),
                max_length=40,
                required=False,
                initial="" if word == str(state.label) else word,
            )

    @property
    def labels(self) -> list[Any]:
        """Return the fields of the words for states."""
        return [self[name] for name in self.fields if name.startswith("label_")]

    def words(self) -> dict[str, str]:
        """Return the partner's word for each state, or ""."""
        return {
            state.value: " ".join(self.cleaned_data[f"label_{state.value}"].split())
            for state in ProblemReport.State
        }

    def facts(self) -> dict[str, Any]:
        """Return the values of the settings themselves."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and opens >= closes:
            self.add_error("closes_at", _("The end has to be after the beginning."))
        return data

    def validate_constraints(self) -> None:
        """Skip constraints: ``clean`` refuses with a message at the field."""
