"""Forms of coming in: signing in, another password, the first password."""

from __future__ import annotations

from typing import Any, Unpack

from allauth.account.forms import LoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from portal.accounts.backends import admitted
from portal.accounts.models import User
from portal.core.forms import FormData, FormOptions

ENTER_EMAIL = _("Enter your e-mail address.")


class SignInForm(LoginForm):
    """allauth's sign-in form with the portal's labels."""

    def __init__(self, data: FormData = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs.update({"autofocus": True, "placeholder": ""})
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        self.fields["login"].error_messages["required"] = ENTER_EMAIL
        self.fields["password"].error_messages["required"] = _("Enter your password.")
        if "remember" in self.fields:
            self.fields["remember"].label = _("Stay signed in on this computer")


class ResetPasswordForm(AllauthResetPasswordForm):
    """The reset form: sends a link only to people of this host, with the same response for all."""

    def __init__(self, data: FormData = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["email"].error_messages["required"] = ENTER_EMAIL

    def clean_email(self) -> str:
        email: str = super().clean_email()
        found: list[User] = self.users  # type: ignore[has-type]
        self.users = [user for user in found if admitted(user)]
        return email


class AcceptInvitationForm(forms.Form):
    """The first password of an invited person; no password fields if they already have one."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Enter a password.")},
        help_text=_("At least 12 characters. A sentence is easy to keep."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeat = forms.CharField(
        label=_("Password again"),
        strip=False,
        error_messages={"required": _("Enter the password again.")},
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
