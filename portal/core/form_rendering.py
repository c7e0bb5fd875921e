"""Rendering of forms: the project's form renderer, its bound field, and our widgets.

`FORM_RENDERER = "portal.core.form_rendering.KontorRenderer"` makes every form of the project use
the templates under templates/django/forms/. The bound field adds the classes that the stylesheet
expects, so that neither forms nor templates name them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy

from portal.core.glyphs import MOST_NAMED, missing_characters

if TYPE_CHECKING:
    from django.forms.widgets import Widget
    from django_stubs_ext import StrOrPromise

# An amount with a decimal mark and one or two digits after it.
_CENTS = re.compile(r"(-?\d+)[.,](\d{1,2})")
CHECKS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


def widget_class(widget: Widget) -> str:
    """Return the class that the stylesheet expects on a widget of this type, or an empty string."""
    if widget.is_hidden:
        return ""
    if isinstance(widget, CHECKS):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


class KontorBoundField(BoundField):
    """A bound field with its CSS class, its kind for the template, and its anchor."""

    width = ""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: Widget | None = None
    ) -> dict[str, Any]:
        """Return Django's attributes (required, aria-describedby, aria-invalid) and our class."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        ours = widget_class(widget)
        if ours and self.errors:
            ours += " is-invalid"
        classes = [built.get("class", ""), widget.attrs.get("class", ""), ours]
        joined = " ".join(name for name in classes if name)
        if joined:
            built["class"] = joined
        if isinstance(widget, forms.TextInput | forms.Textarea | forms.Select):
            # Most forms are about somebody else; those about oneself name what they ask for.
            built.setdefault("autocomplete", widget.attrs.get("autocomplete", "off"))
        placeholder = str(widget.attrs.get("placeholder", "")).casefold()
        if placeholder and placeholder.startswith(str(self.label).casefold()):
            # A placeholder of allauth's forms that only repeats the label; False leaves it out.
            built["placeholder"] = False
        return built

    @property
    def not_in_documents(self) -> str:
        """Return the characters of the field that our documents can't show, for its hint (OUT-31).

        Only fields that a form names in ``in_documents`` are looked at.
        """
        if self.name not in getattr(self.form, "in_documents", ()):
            return ""
        return " ".join(missing_characters(str(self.value() or ""))[:MOST_NAMED])

    @property
    def aria_describedby(self) -> str | None:
        """Return the ids of hint and errors, and of the hint on characters."""
        known = super().aria_describedby or ""
        if self.not_in_documents and not self.field.widget.attrs.get("aria-describedby"):
            known = f"{known} {self.auto_id}_characters".strip()
        return known or None

    @property
    def anchor(self) -> str:
        """Return the id that the error summary links to: the input's, or the group's."""
        if self.use_fieldset:
            return self.auto_id
        return self.id_for_label or self.auto_id

    @property
    def kind(self) -> str:
        """Return which part of the field template to use: hidden, check, cards, checks or plain."""
        widget = self.field.widget
        if widget.is_hidden:
            return "hidden"
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checks"
        if isinstance(widget, forms.RadioSelect):
            return "cards"
        return "check" if isinstance(widget, forms.CheckboxInput) else "plain"

    @property
    def marked_optional(self) -> bool:
        """Return whether the label says "optional". A filter form sets `marks_optional = False`.

        A group of ticks never does: that none need be set is seen. Nor does a field that is
        demanded together with others, which its form names in ``sometimes_needed`` (ORD-67).
        """
        is_marked = getattr(self.form, "marks_optional", True) and self.kind != "checks"
        sometimes = self.name in getattr(self.form, "sometimes_needed", ())
        return is_marked and not self.field.required and not sometimes


class KontorRenderer(TemplatesSetting):
    """Form templates from templates/django/forms/, fields as `KontorBoundField`."""

    form_template_name = "django/forms/kontor_form.html"
    formset_template_name = "django/forms/kontor_formset.html"
    field_template_name = "django/forms/kontor_field.html"
    bound_field_class = KontorBoundField


class DateInput(forms.DateInput):
    """The browser's own date picker; its value must be written as ISO 8601."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class SuggestInput(forms.TextInput):
    """A text input with the browser's list of suggestions; any other text can be entered."""

    template_name = "django/forms/kontor_suggest.html"

    def __init__(self, suggestions: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.suggestions = list(suggestions)

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return Django's context with the suggestions and the id of their list."""
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"]["list"] = list_id
        return {**context, "list_id": list_id, "suggestions": self.suggestions}


class AmountInput(forms.TextInput):
    """An amount with spaces between thousands, and a comma or a point before the decimals."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the text without spaces.

        A comma before the last one or two digits is a decimal mark in every language.
        """
        value = super().value_from_datadict(data, files, name)
        if not isinstance(value, str):
            return value
        bare = "".join(value.split())
        return _CENTS.sub(r"\1.\2", bare) if _CENTS.fullmatch(bare) else bare


AMOUNT_MESSAGES = {
    "invalid": gettext_lazy("Write an amount like 25000 or 25000.50."),
    # 25.000 and 25,000 are ambiguous.
    "max_decimal_places": gettext_lazy("Write an amount like 25000 or 25000.50."),
    "max_digits": gettext_lazy("The amount is too large."),
    "max_whole_digits": gettext_lazy("The amount is too large."),
}


class TimeInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class ChoiceCards(forms.RadioSelect):
    """Radio buttons as cards; `hints` gives a line of explanation for each value."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),
        hints: Mapping[str, StrOrPromise] | None = None,
    ) -> None:
        super().__init__(attrs, choices)
        self.hints = dict(hints or {})

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the option, with its hint for the template."""
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        return option
