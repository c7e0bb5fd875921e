"""Moments in tables and in sentences (TERM-02)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from portal.core.templatetags.kontor import in_text, moment

AT = dt.datetime(2026, 11, 26, 13, 20, tzinfo=dt.UTC)
# A moment of a table inside a sentence.
IN_A_SENTENCE = re.compile(r"{%\s*blocktranslate[^%]*\|moment[^%]*%}")


@pytest.mark.parametrize(
    ("language", "table", "sentence"),
    [
        ("en", "26 Nov 2026 14:20", "26 Nov 2026 14:20"),
        ("sv", "26 nov. 2026 14:20", "26 nov. 2026 kl. 14.20"),
    ],
)
def test_a_moment_in_a_table_and_in_a_sentence(language: str, table: str, sentence: str) -> None:
    """TERM-02."""
    with override(language), timezone.override("Europe/Stockholm"):
        assert (moment(AT), in_text(AT), in_text(None)) == (table, sentence, "")


def test_no_sentence_has_the_moment_of_a_table() -> None:
    """TERM-02: in any template."""
    templates = (settings.BASE_DIR / "templates").rglob("*.*")
    assert [str(each) for each in templates if IN_A_SENTENCE.search(each.read_text())] == []
