"""The form for a new member of channel sales, and the e-mail that lets them set a password."""

from __future__ import annotations

from typing import Unpack

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.accounts.services.staff import groups_of
from portal.accounts.sign_in_forms import ResetPasswordForm
from portal.core.admin_actions import ObjectActionForm
from portal.core.forms import FormData, FormOptions
from portal.core.staff_rights import MEANING, StaffGroup


def send_reset(request: HttpRequest, user: User) -> None:
    """Mail a member of staff the link that sets a password, through the normal reset form."""
    form = ResetPasswordForm({"email": user.email})
    if form.is_valid():
        form.save(request)


def _groups_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        choices=[(one.value, format_lazy("{}: {}", one.label, MEANING[one])) for one in StaffGroup],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Every one of these may read. Without any, a person reads nothing."),
    )


class RightsForm(ObjectActionForm):
    """The groups of a member of channel sales."""

    groups = _groups_field()

    def __init__(self, data: FormData = None, *, obj: User, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, obj=obj, **options)
        self.fields["groups"].initial = groups_of(obj)


class StaffForm(forms.Form):
    """A new member of channel sales."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        error_messages={"invalid": gettext_lazy("Enter a valid e-mail address.")},
        help_text=gettext_lazy("The link that sets the password goes there."),
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    groups = _groups_field()

    def clean_email(self) -> str:
        """Refuse an address in use: nobody is made a member of staff by accident."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("There is a person with this address already."))
        return email
