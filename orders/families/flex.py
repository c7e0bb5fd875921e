"""Flex: seats by kind, and the users to invite with their addresses."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.families.base import FamilyForm
from portal.catalog.models import Part
from portal.core.forms import FormData, FormOptions

BLANK_ROWS = 3


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


class FlexForm(FamilyForm):
    """Seats and their users; naming users now is optional, but then all are needed."""

    template = "orders/_products_flex.html"
    needed_parts: ClassVar[tuple[str, ...]] = (Part.SEAT,)

    def prepare(self, details: dict[str, Any]) -> None:
        seats = [(p.sku, p.title) for p in self.products if p.part == Part.SEAT]
        rows = forms.formset_factory(
            UserForm, extra=BLANK_ROWS, max_num=1000, absolute_max=1000, can_delete=True
        )
        self.users = rows(
            data=self.data if self.is_bound else None,
            initial=details.get("users", []),
            prefix="users",
            form_kwargs={"seats": seats},
        )

    def _rows(self) -> list[dict[str, str]]:
        return [
            {key: form.cleaned_data[key] for key in ("name", "email", "seat")}
            for form in self.users.forms
            if getattr(form, "cleaned_data", None)
            and not form.cleaned_data.get("DELETE")
            and form.cleaned_data.get("email")
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.users.is_valid():
            self.add_error(None, _("Check the users: some rows need a change."))
            return data
        rows = self._rows()
        seen: set[str] = set()
        for row in rows:
            address = row["email"].lower()
            if address in seen:
                self.add_error(None, _('"%s" is listed twice.') % address)
            seen.add(address)
        if rows:
            for product in self.products:
                if product.part != Part.SEAT:
                    continue
                want = data.get(self.key(product.pk)) or 0
                have = sum(1 for row in rows if row["seat"] == product.sku)
                if have != want:
                    self.add_error(
                        self.key(product.pk),
                        _("%(have)s users are named for %(want)s seats.")
                        % {"have": have, "want": want},
                    )
        return data

    def details(self) -> dict[str, Any]:
        return {"users": self._rows()}
