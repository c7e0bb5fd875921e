"""The question about a name that looks like one in the own register (REG-38)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.services import look_alikes
from portal.accounts.models import Membership


class LookAlikesMixin(forms.BaseForm):
    """A form with a name that asks whether it is another company."""

    instance: Customer
    person: Membership
    # For the template: those that look alike, and the one that has the very name (REG-41).
    alike: list[Customer]
    same: Customer | None

    def add_look_alikes(self) -> None:
        """Add the tick; the template shows it where there is something to ask."""
        self.alike, self.same = [], None
        self.fields["other_company"] = forms.BooleanField(
            label=_("It is another company"), required=False
        )

    def ask_look_alikes(self, data: dict[str, Any]) -> None:
        """Add the question to the tick unless it is answered; take the answer out of the data."""
        answered = data.pop("other_company", False)
        before = None if self.instance._state.adding else self.instance
        if "name" in data and not self.fields["name"].disabled:
            self.alike = look_alikes(data["name"], person=self.person, before=before)
        if self.alike and not answered:
            message = _("There is %(customer)s. Tick if yours is another company.")
            self.add_error("other_company", message % {"customer": self.alike[0].label})
