"""The forms of service reports: what was done, with parts and pictures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from portal.core.form_rendering import DateInput
from portal.files.content import kind_of
from portal.files.forms import FilesField
from support.durations import clock, parse_duration
from support.models import ServiceReport
from support.models.service_report import DAY_IN_MINUTES
from support.services.drafts import PICTURES

HOW_LONG = gettext_lazy("Like 1:30, 1,5 or 90 for minutes.")


class DurationField(forms.CharField):
    """Hours and minutes; its value is minutes (SUP-11)."""

    def __init__(self, *, label: StrOrPromise, help_text: StrOrPromise = "") -> None:
        super().__init__(max_length=20, required=False, label=label, help_text=help_text)

    def clean(self, value: object) -> Any:
        """Return the minutes; raise ValidationError for what is no time, or more than a day."""
        text = super().clean(value)
        try:
            minutes = parse_duration(text)
        except ValueError as error:
            raise forms.ValidationError(_("Write a time like 1:30, 1,5 or 90.")) from error
        if minutes > DAY_IN_MINUTES:
            raise forms.ValidationError(_("More than 24 hours: write a report for each day."))
        return minutes

    def prepare_value(self, value: object) -> Any:
        """Return minutes as 1:30, and what was typed as it is."""
        return (clock(value) if value else "") if isinstance(value, int) else value


class PicturesField(FilesField):
    """Pictures from the phone's camera or its album."""

    def __init__(self) -> None:
        super().__init__()
        self.label = gettext_lazy("Choose pictures")
        self.help_text = gettext_lazy("JPEG or PNG, up to 5 MB each.")
        self.widget.attrs["accept"] = "image/jpeg,image/png"

    def clean(self, data: object, initial: object = None) -> list[UploadedFile[Any]]:
        """Return the pictures; raise ValidationError that names what is none."""
        uploads = super().clean(data, initial)
        for upload in uploads:
            kind = kind_of(upload.read(), upload.name or "")
            upload.seek(0)
            if kind not in PICTURES:
                name = (upload.name or "")[:60]
                raise forms.ValidationError(_("%(name)s is no picture.") % {"name": name})
        return uploads


class WorkForm(forms.Form):
    """What was done. A draft may lack anything; nothing may be wrong."""

    # What a finished report needs is asked for before it is signed.
    marks_optional = False

    performed_on = forms.DateField(
        label=gettext_lazy("Date"),
        required=False,
        widget=DateInput(),
        error_messages={"invalid": gettext_lazy("Enter a date.")},
    )
    minutes = DurationField(label=gettext_lazy("Time spent"), help_text=HOW_LONG)
    travel_minutes = DurationField(label=gettext_lazy("Travel time"), help_text=HOW_LONG)
    travel_km = forms.IntegerField(
        label=gettext_lazy("Distance, km"),
        required=False,
        min_value=0,
        validators=[MaxValueValidator(5_000)],
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("Enter whole kilometres.")},
    )
    work = forms.CharField(
        label=gettext_lazy("Work done"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("The customer reads and signs this."),
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Result"),
        required=False,
        choices=ServiceReport.Result.choices,
        widget=forms.RadioSelect,
    )
    next_step = forms.CharField(
        label=gettext_lazy("Next step"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What remains to be done, and who does it."),
    )
    pictures = PicturesField()

    def clean_travel_km(self) -> int:
        return self.cleaned_data["travel_km"] or 0

    def facts(self) -> dict[str, Any]:
        """Return what was written, without the pictures."""
        return {name: value for name, value in self.cleaned_data.items() if name != "pictures"}

    @staticmethod
    def initial_of(work: ServiceReport) -> dict[str, Any]:
        """Return what the form shows of a saved draft."""
        names = ("performed_on", "minutes", "travel_minutes", "work", "result", "next_step")
        return {
            **{name: getattr(work, name) for name in names},
            "travel_km": work.travel_km or "",
        }
