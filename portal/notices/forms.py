"""The form of how a person wants to be told."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.notices.messages import KINDS


class NoticeSettingsForm(forms.Form):
    """Which kinds in the portal, which by e-mail at once, and the digest (NOTE-01)."""

    shown = forms.MultipleChoiceField(
        label=_("In the portal, as new"),
        choices=list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("The others are listed, but count as read."),
    )
    mailed = forms.MultipleChoiceField(
        label=_("By e-mail at once"),
        choices=list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("New orders and problem reports you are assigned to are always mailed."),
    )
    daily_digest = forms.BooleanField(
        label=_("A digest by e-mail every morning"),
        required=False,
        help_text=_("What is unread; nothing on days without news."),
    )
