"""The people of the customer's step: who may manage its users, who is told of problems."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.contacts_and_sites import one_line
from customers.forms.register import VALID_EMAIL
from customers.models import SupportContact
from customers.onboarding.people import Row
from portal.core.forms import FormData

MOST = 100
Role = SupportContact.Role


class PersonForm(forms.Form):
    """A person: name and e-mail (ONB-09, ONB-12). An empty row counts as none."""

    marks_optional = False
    in_documents = ("name",)

    contact = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=160)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, error_messages={"invalid": VALID_EMAIL}
    )

    @property
    def is_filled(self) -> bool:
        """Return whether anything was written and the row is not to be removed."""
        if self.data.get(self.add_prefix("DELETE")):
            return False
        return any(str(self.data.get(self.add_prefix(name)) or "").strip() for name in self._typed)

    _typed = ("name", "email")

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.is_filled:
            self._need("name", _("Enter the name."))
            self._need("email", _("Enter an e-mail address."))
        return data

    def _need(self, name: str, message: str) -> None:
        if not self.cleaned_data.get(name) and not self.has_error(name):
            self.add_error(name, message)


class SupportPersonForm(PersonForm):
    """A person with a role in support (ONB-11)."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        required=False,
        choices=[("", gettext_lazy("Choose")), *Role.choices],
    )
    field_order = ("contact", "name", "email", "role")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.is_filled:
            self._need("role", _("Choose the role."))
        return data


class PeopleFormSet(forms.BaseFormSet[PersonForm]):
    """People on rows that can be added and removed."""

    # For Save and back: nobody is asked for yet (ONB-22).
    partial = False
    needed: tuple[str, ...] = ()

    def rows(self) -> list[Row]:
        """Return the people who stay, in their order."""
        return [
            Row(
                name=data["name"],
                email=data["email"],
                role=data.get("role", ""),
                contact=data.get("contact", ""),
            )
            for form in self.forms
            if form.is_filled and (data := form.cleaned_data).get("email") and data.get("name")
        ]

    def clean(self) -> None:
        """Refuse the same person twice in a role; ask for those who are needed (ONB-14)."""
        seen: set[tuple[str, str]] = set()
        for form in self.forms:
            if not form.is_filled:
                continue
            data = form.cleaned_data
            email = str(data.get("email") or "").casefold()
            if email and (email, data.get("role", "")) in seen:
                form.add_error("email", _("This person is in the list already."))
            seen.add((email, data.get("role", "")))
        if self.partial:
            return
        held = {role for _email, role in seen}
        words = {
            Role.MAINTAINER: _("Add at least one Maintainer."),
            Role.ON_SITE: _("Add at least one On-site administrator."),
        }
        missing = [words[Role(role)] for role in self.needed if role not in held]
        if missing:
            raise forms.ValidationError(missing)


class SupportFormSet(PeopleFormSet):
    """The support contacts: at least one of each needed role when the step is left (ONB-14)."""

    needed = SupportContact.NEEDED


def people_formset(
    kind: str, data: FormData, *, rows: list[Row], extra: int, partial: bool = False
) -> PeopleFormSet:
    """Return the rows of ``admins`` or ``support``: as posted, else as kept."""
    base = SupportFormSet if kind == "support" else PeopleFormSet
    made = forms.formset_factory(
        SupportPersonForm if kind == "support" else PersonForm,
        formset=base,
        extra=extra,
        can_delete=True,
        max_num=MOST,
        absolute_max=MOST,
    )
    if data is not None and f"{kind}-TOTAL_FORMS" not in data:
        data = {**data, f"{kind}-TOTAL_FORMS": "0", f"{kind}-INITIAL_FORMS": "0"}
    # What was posted counts whole, also where it equals what was kept.
    initial = [asdict(row) for row in rows] if data is None else None
    formset = cast("PeopleFormSet", made(data, prefix=kind, initial=initial))
    formset.partial = partial
    return formset
