"""Forms for custom fields: their definitions, and the values of customers (REG-28)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import CustomField
from portal.catalog.models import Family
from portal.core.form_rendering import DateInput, SuggestInput
from portal.core.forms import FormData, ModelFormOptions

LONGEST = 500
MOST_SUGGESTIONS = 200


def _clean_text(text: str) -> str:
    return " ".join(text.split())


class CustomText(forms.CharField):
    """A field for a text on one line."""

    def clean(self, value: Any) -> Any:
        return _clean_text(super().clean(value))


def form_field(custom: CustomField) -> forms.Field:
    """Return the form field in which a custom field is filled in."""
    common: dict[str, Any] = {
        "label": custom.label,
        "required": custom.is_required,
        "error_messages": {"required": _("Fill in %s.") % custom.label},
    }
    if custom.families and not custom.is_required:
        families = ", ".join(str(Family(code).label) for code in custom.families)
        common["help_text"] = _("Needed for orders of %s.") % families
    kinds = CustomField.Kind
    if custom.kind == kinds.NUMBER:
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        return forms.DecimalField(
            max_digits=15, decimal_places=6, localize=True, widget=widget, **common
        )
    if custom.kind == kinds.DATE:
        return forms.DateField(widget=DateInput(), **common)
    if custom.kind == kinds.YES_NO:
        return forms.TypedChoiceField(
            choices=[("", _("Not set")), ("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            **common,
        )
    if custom.kind == kinds.CHOICE:
        return CustomText(max_length=200, widget=SuggestInput(custom.suggestions), **common)
    return CustomText(max_length=LONGEST, **common)


def text_field(custom: CustomField, *, initial: str) -> forms.Field:
    """Return the field as text, for an import, which parses it by its kind."""
    field = form_field(custom)
    if isinstance(field, forms.DecimalField | forms.DateField):
        field = forms.CharField(label=custom.label, max_length=30)
    elif isinstance(field, forms.TypedChoiceField):
        field = forms.ChoiceField(label=custom.label, choices=field.choices)
    field.required, field.initial = False, initial
    return field


def initial_value(custom: CustomField, values: dict[str, Any]) -> Any:
    """Return the customer's value as the form field expects it."""
    value = custom.of(values)
    if custom.kind == CustomField.Kind.YES_NO:
        return {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else ""
    if custom.kind == CustomField.Kind.NUMBER and isinstance(value, int | float):
        return Decimal(str(value))
    if custom.kind == CustomField.Kind.DATE and isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return value


class CustomFieldsMixin(forms.BaseForm):
    """A form with the custom fields, whose values are ``cleaned_data["custom"]``."""

    customs: list[CustomField]

    def add_custom_fields(self, values: dict[str, Any]) -> None:
        """Add the fields that are not retired, filled with ``values``."""
        self.customs = list(CustomField.objects.live().in_order())
        for custom in self.customs:
            self.fields[custom.name] = form_field(custom)
            self.initial[custom.name] = initial_value(custom, values)

    @property
    def custom_fields(self) -> list[forms.BoundField]:
        """Return the bound custom fields, for the template."""
        return [self[custom.name] for custom in self.customs]

    def take_custom(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return clean data with the custom fields in one mapping by their keys."""
        found = {
            custom.key: data.pop(custom.name) for custom in self.customs if custom.name in data
        }
        return {**data, "custom": found}


class SuggestionsField(forms.CharField):
    """A field for suggestions, one on each line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [_clean_text(line) for line in super().clean(value).splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if any(len(line) > 200 for line in found):
            raise forms.ValidationError(_("A suggestion has at most 200 characters."))
        if len(found) > MOST_SUGGESTIONS:
            raise forms.ValidationError(_("At most 200 suggestions."))
        return found


class CustomFieldForm(forms.ModelForm[CustomField]):
    """The form that defines a custom field."""

    suggestions = SuggestionsField(
        label=_("Suggestions"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For a choice: one a line. Something else can still be typed."),
    )
    families = forms.MultipleChoiceField(
        label=_("Required for orders of"),
        required=False,
        choices=Family.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("An order is refused while the customer has nothing in this field."),
    )

    class Meta:
        model = CustomField
        fields = (
            "label",
            "kind",
            "suggestions",
            "is_required",
            "in_list",
            "hidden_from_customers",
            "families",
        )
        error_messages = {
            "label": {"required": _("Enter a name for the field.")},
            "kind": {"required": _("Choose a kind.")},
        }
        help_texts = {
            "is_required": _("A customer can't be saved without it."),
            "in_list": _("For everybody who has not chosen their own columns."),
        }

    def __init__(self, data: FormData = None, **options: Unpack[ModelFormOptions]) -> None:
        super().__init__(data, **options)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        if self.instance._state.adding:
            kind.choices = [("", _("Choose")), *CustomField.Kind.choices]

    def clean_label(self) -> str:
        return _clean_text(self.cleaned_data["label"])

    def validate_unique(self) -> None:
        """Skip uniqueness: the service refuses with its own message."""

    def validate_constraints(self) -> None:
        """Skip constraints: the service refuses with its own message."""
