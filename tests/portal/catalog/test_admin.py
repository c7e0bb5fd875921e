"""Lists of channel sales' admin: no deletion, and invalid filters."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import User
from portal.catalog.models import BusinessType, TermsVersion
from tests.conftest import SignIn


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def test_what_partners_point_at_is_not_deleted(staff: User, sign_in: SignIn) -> None:
    """CON-20: rows in the partners' schemas refer to it, so neither page nor list deletes it.

    A crafted request gets no error page either.
    """
    BusinessType.objects.create(name="Fishery", position=9)
    client = sign_in(staff)
    models: tuple[Any, ...] = (BusinessType, TermsVersion)
    for model in models:
        found = model._default_manager.first()
        assert found is not None
        address = f"/admin/catalog/{model._meta.model_name}/"
        assert client.get(f"{address}{found.pk}/change/").status_code == 200
        assert client.post(f"{address}{found.pk}/delete/", {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": str(found.pk), "post": "yes"}
        assert client.post(address, chosen).status_code < 500
        assert model._default_manager.filter(pk=found.pk).exists()


@pytest.mark.parametrize("year", ["2147483648", "9" * 400, "0", "-1", "2026"])
def test_impossible_year_is_bad_input(year: str, staff: User, sign_in: SignIn) -> None:
    """INP-01: the list is shown without the filter."""
    answer = sign_in(staff).get(f"/admin/outbox/outboundemail/?created_at__year={year}")
    assert answer.status_code == (200 if year == "2026" else 302)
