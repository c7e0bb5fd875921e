"""The token of a form belongs to one object of one customer in one version (D2, SAFE-06)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest

from portal.core.form_tokens import form_token, token_version


@dataclass(frozen=True)
class Draft:
    """An object of a customer."""

    pk: UUID
    customer_id: UUID
    version: int = 3


class Other(Draft):
    """An object of another kind."""


def test_a_token_names_its_object_customer_and_version() -> None:
    """SAFE-06: the version it was made for."""
    draft = Draft(uuid4(), uuid4())
    assert token_version(draft, form_token(draft)) == 3
    assert token_version(replace(draft, version=9), form_token(draft)) == 3


@pytest.mark.parametrize("changed", ["customer_id", "pk"])
def test_a_token_of_another_customer_or_object_is_none(changed: str) -> None:
    """D2: nothing of such a form may be written."""
    draft = Draft(uuid4(), uuid4())
    other = replace(draft, pk=uuid4()) if changed == "pk" else replace(draft, customer_id=uuid4())
    assert token_version(draft, form_token(other)) is None


def test_a_token_of_another_kind_or_forged_is_none() -> None:
    """D2: two kinds may have the same id."""
    draft = Draft(uuid4(), uuid4())
    assert token_version(draft, form_token(Other(draft.pk, draft.customer_id))) is None
    assert token_version(draft, form_token(draft)[:-1]) is None
    assert token_version(draft, "") is None
