"""Addresses and numbers that break where a reader expects it (USE-22)."""

from __future__ import annotations

from portal.core.templatetags.addresses import breakable, unbroken


def test_an_address_breaks_before_its_signs_and_is_escaped() -> None:
    """USE-22."""
    assert breakable("faktura@havsbris.example") == "faktura<wbr>@havsbris<wbr>.example"
    assert breakable("<b>@x.se") == "&lt;b&gt;<wbr>@x<wbr>.se"
    assert breakable("") == ""


def test_a_number_never_breaks_and_is_escaped() -> None:
    """USE-22."""
    assert unbroken("S2026-0312") == '<span class="k-nowrap">S2026-0312</span>'
    assert unbroken("<b>") == '<span class="k-nowrap">&lt;b&gt;</span>'
