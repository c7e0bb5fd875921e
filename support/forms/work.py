"""The forms of service reports: what was done, with parts and pictures."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Unpack, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.differences import ShowDifferences
from customers.models import Contact
from customers.services.rules import Stale
from portal.core.form_rendering import DateInput
from portal.core.forms import FormData, FormOptions
from portal.files.content import kind_of
from support.durations import clock, parse_duration
from support.forms.files import FilesField
from support.models import ServiceReport
from support.models.service_report import DAY_IN_MINUTES
from support.services.drafts import PICTURES, Part, parts_of

MOST_PARTS = 60
HOW_LONG = gettext_lazy("Like 1:30, 1,5 or 90 for minutes.")


class DurationField(forms.CharField):
    """Hours and minutes; its value is minutes (SUP-11)."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(max_length=20, **options)

    def clean(self, value: Any) -> Any:
        """Return the minutes; raise ValidationError for what is no time, or more than a day."""
        text = super().clean(value)
        try:
            minutes = parse_duration(text)
        except ValueError as error:
            raise forms.ValidationError(_("Write a time like 1:30, 1,5 or 90.")) from error
        if minutes > DAY_IN_MINUTES:
            raise forms.ValidationError(_("More than 24 hours: write a report for each day."))
        return minutes

    def prepare_value(self, value: Any) -> Any:
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
    """Return the rows of parts, filled from what was posted or from the saved parts."""
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


class SignForm(forms.Form):
    """Who signs, and their signature: drawn, or their typed name."""

    marks_optional = False

    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=gettext_lazy("Who signs"),
        required=False,
        empty_label=gettext_lazy("Somebody else"),
        help_text=gettext_lazy("A contact gets the report by e-mail."),
    )
    signer_name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("Leave it empty if a contact is chosen."),
    )
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)
    is_typed = forms.BooleanField(label=gettext_lazy("I sign by typing my name"), required=False)

    def __init__(
        self, data: FormData = None, *, work: ServiceReport, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["contact"]
        assert isinstance(field, forms.ModelChoiceField)
        contacts = work.customer.contacts.filter(erased_at=None)
        field.queryset = contacts.order_by("last_name", "first_name")

    @property
    def name(self) -> str:
        """Return the name that signs: what was typed, or the contact's."""
        typed = " ".join(self.cleaned_data["signer_name"].split())
        contact = self.cleaned_data["contact"]
        return typed or (contact.full_name if contact is not None else "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "signer_name" in data and not data["signer_name"].strip() and not data.get("contact"):
            self.add_error("signer_name", _("Enter the name of the person who signs."))
        if not data.get("is_typed") and not data.get("strokes"):
            words = _("Sign in the field, or tick that the name is your signature.")
            self.add_error("strokes", words)
        return data
