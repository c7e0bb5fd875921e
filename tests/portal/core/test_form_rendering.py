"""How a field is rendered: what is text stays text (INP-09)."""

from __future__ import annotations

import pytest
from django import forms
from django.utils.html import format_html

from portal.core.templatetags.kontor import field

TEXT = "<b>Bold</b> & <script>"


@pytest.mark.parametrize(
    "made", [forms.CharField, forms.BooleanField, lambda **o: forms.ChoiceField(choices=(), **o)]
)
def test_a_hint_is_text(made: type[forms.Field]) -> None:
    """INP-09: hints come from the catalogue too, where staff of channel sales write them."""
    form = type("Form", (forms.Form,), {"x": made(label="x", help_text=TEXT)})()
    page = str(field(form["x"]))
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; &lt;script&gt;" in page
    assert "<script" not in page and "<b>" not in page


def test_a_hint_that_is_made_of_escaped_parts_stays_as_it_is() -> None:
    """INP-09: what `format_html` made is not escaped twice."""
    hint = format_html("<em>{}</em>", "a & b")
    form = type("Form", (forms.Form,), {"x": forms.CharField(help_text=hint)})()
    assert "<em>a &amp; b</em>" in str(field(form["x"]))
