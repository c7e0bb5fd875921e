"""The forms of Flex users: one row, and the box for a pasted list (ORD-31)."""

from __future__ import annotations

from typing import Unpack

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.families.pasting import MOST_LINES
from portal.core.forms import FormData, FormOptions

LONGEST_PASTE = 200_000


class UserForm(forms.Form):
    """One user of a seat."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Enter the user's name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        error_messages={
            "required": gettext_lazy("Enter the user's e-mail address."),
            "invalid": gettext_lazy("Enter a valid e-mail address."),
        },
    )
    seat = forms.ChoiceField(
        label=gettext_lazy("Seat"), error_messages={"required": gettext_lazy("Choose a seat.")}
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        seats: list[tuple[str, str]],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["seat"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = seats

    def has_changed(self) -> bool:
        """Return False for a row in which only the seat, a preset value, is set."""
        return bool(set(self.changed_data) - {"seat"})


class PasteForm(forms.Form):
    """A list of users pasted from a spreadsheet (ORD-31)."""

    text = forms.CharField(
        label=gettext_lazy("List of users"),
        required=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    seat = forms.ChoiceField(label=gettext_lazy("Seat where the list names none"), required=False)
    match_seats = forms.BooleanField(
        label=gettext_lazy("Order as many seats as there are users then"), required=False
    )
    # What was read when the list was shown; another list is shown before it is added.
    read = forms.CharField(required=False, widget=forms.HiddenInput)
    marks_optional = False

    def __init__(
        self,
        data: FormData = None,
        *,
        seats: list[tuple[str, str]],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["seat"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = seats
        self.fields["text"].help_text = str(
            _(
                "Name, e-mail and seat in any order, with or without headings, at most %s lines. "
                "The seat is a product's name or SKU."
            )
            % MOST_LINES
        )
