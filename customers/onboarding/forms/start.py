"""The form that begins an onboarding: which platform, for whom."""

from __future__ import annotations

from typing import Unpack

from django import forms
from django.utils.translation import gettext_lazy

from portal.catalog.models import Platform
from portal.core.form_rendering import ChoiceCards
from portal.core.forms import FormData, FormOptions


class StartForm(forms.Form):
    """The platform; one that is not offered can't be chosen."""

    platform = forms.ChoiceField(
        label=gettext_lazy("Platform"),
        error_messages={"required": gettext_lazy("Choose a platform.")},
    )

    def __init__(self, data: FormData = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, **options)
        self.platforms = {
            row.code: row
            for row in Platform._default_manager.filter(is_offered=True).order_by(
                "position", "name"
            )
        }
        field = self.fields["platform"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, row.name) for code, row in self.platforms.items()]
        hints = {code: row.summary for code, row in self.platforms.items()}
        field.widget = ChoiceCards(hints=hints, choices=field.choices)
        if len(self.platforms) == 1:
            field.initial = next(iter(self.platforms))

    @property
    def chosen(self) -> Platform:
        """Return the platform of a valid form."""
        return self.platforms[self.cleaned_data["platform"]]
