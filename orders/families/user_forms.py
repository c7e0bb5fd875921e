"""The forms of Flex users: one row, and the box for a pasted list (ORD-31)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.families.pasting import MOST_LINES
from portal.core.forms import FormData, FormOptions

if TYPE_CHECKING:
    from django.forms.formsets import BaseFormSet

    UserRows = BaseFormSet["UserForm"]
else:
    UserRows = object

LONGEST_PASTE = 200_000
MOST_USERS = 1000


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


def user_rows(
    data: FormData,
    users: Sequence[dict[str, str]],
    *,
    seats: list[tuple[str, str]],
    blank: int,
) -> UserRows:
    """Return the rows of users, as they were sent or filled with ``users``."""
    rows = forms.formset_factory(
        UserForm, extra=blank, max_num=MOST_USERS, absolute_max=MOST_USERS, can_delete=True
    )
    # Any row may be left empty, wherever it stands.
    options = {"seats": seats, "empty_permitted": True, "use_required_attribute": False}
    initial: Any = list(users) if data is None else None
    return rows(data=data, initial=initial, prefix="users", form_kwargs=options)


def typed_users(rows: UserRows) -> list[dict[str, str]]:
    """Return the rows as they were typed, without empty ones and those to remove."""
    found = []
    for form in rows.forms:
        row = {name: str(form[name].data or "") for name in ("name", "email", "seat")}
        if not form["DELETE"].data and (row["name"].strip() or row["email"].strip()):
            found.append(row)
    return found


def named_users(rows: UserRows) -> list[dict[str, str]]:
    """Return the users of rows that are valid."""
    return [
        {key: form.cleaned_data[key] for key in ("name", "email", "seat")}
        for form in rows.forms
        if getattr(form, "cleaned_data", None)
        and not form.cleaned_data.get("DELETE")
        and form.cleaned_data.get("email")
    ]
