"""The form of an absence."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership
from portal.core.form_rendering import DateInput
from portal.core.forms import FormData, FormOptions


class _People(forms.ModelChoiceField[Membership]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.shown_name}, {obj.role}"


class AwayForm(forms.Form):
    """First and last day of an absence, and the substitute."""

    starts_on = forms.DateField(
        label=_("From"),
        widget=DateInput(),
        error_messages={"required": _("Enter the first day.")},
    )
    ends_on = forms.DateField(
        label=_("To, inclusive"),
        widget=DateInput(),
        error_messages={"required": _("Enter the last day.")},
    )
    substitute = _People(
        label=_("Substitute"),
        queryset=Membership.unscoped.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose a substitute.")},
        help_text=_("Sees the customers meanwhile, and is notified of their orders as well."),
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["substitute"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Membership.objects.own_people(person.partner)
            .filter(state=Membership.State.ACTIVE)
            .exclude(pk=person.pk)
            .select_related("user", "role")
            .order_by("user__name", "pk")
        )
