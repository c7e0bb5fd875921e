"""Forms about people."""

from __future__ import annotations

from typing import Any, Unpack

from allauth.account.forms import LoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from portal.accounts.backends import admitted
from portal.accounts.models import Role, Team, User
from portal.accounts.rights import GROUPS, Preset, Right
from portal.core.forms import FormData, FormOptions
from portal.tenancy.models import Partner


class SignInForm(LoginForm):
    """allauth's sign-in form with the portal's labels."""

    def __init__(self, data: FormData = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs.update({"autofocus": True, "placeholder": ""})
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        if "remember" in self.fields:
            self.fields["remember"].label = _("Stay signed in on this computer")


class ResetPasswordForm(AllauthResetPasswordForm):
    """The reset form: sends a link only to people of this host, with the same response for all."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        found: list[User] = self.users  # type: ignore[has-type]
        self.users = [user for user in found if admitted(user)]
        return email


class InviteForm(forms.Form):
    """A person to invite."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail"), error_messages={"invalid": _("Enter a valid e-mail address.")}
    )
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.unscoped.none(), empty_label=None)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(
        self,
        data: FormData = None,
        *,
        partner: Partner,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Role.objects.for_partner(partner).order_by("preset", "name")
        # The role with the fewest rights is preselected, so that more is given deliberately.
        field.initial = field.queryset.filter(preset=Preset.TECHNICIAN).first()
        self.fields["language"].initial = partner.language

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class PersonForm(forms.Form):
    """The role and the team of a person who is already here."""

    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.unscoped.none(), empty_label=None)
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
        role.queryset = Role.objects.for_partner(partner).order_by("preset", "name")
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
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
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
            for title, rights in GROUPS
        ]


class TeamForm(forms.Form):
    """A team's name."""

    name = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Enter a name.")}
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class AcceptInvitationForm(forms.Form):
    """The first password of an invited person; no password fields if they already have one."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters. A sentence is easy to keep."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeat = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        user: User,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.user = user
        if user.has_usable_password():
            del self.fields["password"]
            del self.fields["repeat"]

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "password" in data and "repeat" in data and data["password"] != data["repeat"]:
            self.add_error("repeat", _("The two passwords differ."))
        return data


class ProfileForm(forms.ModelForm[User]):
    """A person's own name and language."""

    class Meta:
        model = User
        fields = ("name", "language")

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())
