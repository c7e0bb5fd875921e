"""Forms about people."""

from __future__ import annotations

from typing import Unpack

from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Role, Team, User
from portal.accounts.rights import CUSTOMER_GROUPS, GROUPS, Preset, Right
from portal.core.forms import FormData, FormOptions
from portal.tenancy.models import Partner

ENTER_NAME = _("Enter the person's name.")
CHOOSE_ROLE = _("Choose a role.")
CHOOSE_LANGUAGE = _("Choose a language.")


class InviteForm(forms.Form):
    """A person to invite."""

    name = forms.CharField(label=_("Name"), max_length=150, error_messages={"required": ENTER_NAME})
    email = forms.EmailField(
        label=_("E-mail"),
        error_messages={
            "required": _("Enter the person's e-mail address."),
            "invalid": _("Enter a valid e-mail address."),
        },
    )
    role = forms.ModelChoiceField(
        label=_("Role"),
        queryset=Role.unscoped.none(),
        empty_label=None,
        error_messages={"required": CHOOSE_ROLE},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        error_messages={"required": CHOOSE_LANGUAGE},
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        partner: Partner,
        roles: models.QuerySet[Role] | None = None,
        **options: Unpack[FormOptions],
    ) -> None:
        """Offer ``roles``; by default those of the partner's own people."""
        super().__init__(data, **options)
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _own_roles(partner) if roles is None else roles
        # The role with the fewest rights is preselected, so that more is given deliberately.
        least = (Preset.TECHNICIAN, Preset.CUSTOMER_USER)
        field.initial = field.queryset.filter(preset__in=least).first()
        self.fields["language"].initial = partner.language

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


def _own_roles(partner: Partner) -> models.QuerySet[Role]:
    """Return the roles of those who work at the partner (REG-47)."""
    roles = Role.objects.for_partner(partner).filter(for_customers=False)
    return roles.order_by("preset", "name")


class CustomerUserForm(forms.Form):
    """The role of a customer's user who is already here."""

    role = forms.ModelChoiceField(
        label=_("Role"),
        queryset=Role.unscoped.none(),
        empty_label=None,
        error_messages={"required": CHOOSE_ROLE},
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        roles: models.QuerySet[Role],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = roles


class PersonForm(forms.Form):
    """The role and the team of a person who is already here."""

    role = forms.ModelChoiceField(
        label=_("Role"),
        queryset=Role.unscoped.none(),
        empty_label=None,
        error_messages={"required": CHOOSE_ROLE},
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.unscoped.none(), empty_label=_("No team"), required=False
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        partner: Partner,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        role, team = self.fields["role"], self.fields["team"]
        assert isinstance(role, forms.ModelChoiceField) and isinstance(team, forms.ModelChoiceField)
        role.queryset = _own_roles(partner)
        team.queryset = Team.objects.for_partner(partner).order_by("name")


class RoleForm(forms.Form):
    """What a role may do, and its name if it is the partner's own role."""

    name = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Enter a name.")}
    )
    rights = forms.MultipleChoiceField(label=_("Rights"), choices=Right.choices, required=False)

    def __init__(
        self,
        data: FormData = None,
        *,
        role: Role | None = None,
        for_customers: bool = False,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self._groups = CUSTOMER_GROUPS if for_customers else GROUPS
        offered = [right for _title, rights in self._groups for right, _why in rights]
        field = self.fields["rights"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(right, label) for right, label in Right.choices if right in offered]
        if role is not None and role.preset:
            del self.fields["name"]

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str, str, bool]]]]:
        """Return (title, [(right, label, what it means, ticked)]) for the checkboxes."""
        ticked = set(self["rights"].value() or [])
        return [
            (str(title), [(r, str(Right(r).label), str(why), r in ticked) for r, why in rights])
            for title, rights in self._groups
        ]


class TeamForm(forms.Form):
    """A team's name."""

    name = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Enter a name.")}
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class ProfileForm(forms.ModelForm[User]):
    """A person's own name and language."""

    class Meta:
        model = User
        fields = ("name", "language")
        error_messages = {
            "name": {"required": _("Enter your name.")},
            "language": {"required": CHOOSE_LANGUAGE},
        }

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())
