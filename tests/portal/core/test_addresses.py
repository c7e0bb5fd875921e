"""Addresses that break where a reader expects it (USE-22)."""

from __future__ import annotations

from portal.core.templatetags.addresses import breakable


def test_an_address_breaks_before_its_signs_and_is_escaped() -> None:
    """USE-22."""
    assert breakable("faktura@havsbris.example") == "faktura<wbr>@havsbris<wbr>.example"
    assert breakable("<b>@x.se") == "&lt;b&gt;<wbr>@x<wbr>.se"
    assert breakable("") == ""
