"""The form that takes a sample of a directory."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

LONG_SAMPLE = 20_000


class SampleForm(forms.Form):
    """A pasted sample of a directory; it is looked at and not kept."""

    marks_optional = False
    sample = forms.CharField(
        label=gettext_lazy("Sample"),
        required=False,
        max_length=LONG_SAMPLE,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("A few lines of the directory, as CSV or LDIF. It is not kept."),
    )
