"""What channel sales maintains: a partner's name and the business types (ONB-06, ONB-23)."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from customers.models import Customer
from portal.accounts.models import Membership
from portal.catalog.models import BusinessType
from tests.conftest import SignIn
from tests.customers.test_views import data


def test_crafted_name_of_the_own_company_is_ignored(
    anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """ONB-23: only channel sales changes the partner's name."""
    client = sign_in(anna)
    url = f"/customers/{own.pk}/edit/"
    assert "This is maintained by Channel Sales." in client.get(url).content.decode()
    posted = data(name="Another Name AB", number=own.number, version=own.version)
    client.post(url, posted)
    own.refresh_from_db()
    assert own.name == "Nordlys Telekom AB"


def test_business_type_is_picked_from_the_menu(anna: Membership, sign_in: SignIn) -> None:
    """ONB-06: one of the list that channel sales maintains."""
    trade = BusinessType.objects.create(name="Repair of sails", position=9)
    client = sign_in(anna)
    page = client.get("/customers/new/").content.decode()
    assert f'<option value="{trade.pk}">Repair of sails</option>' in page
    client.post("/customers/new/", data(business_type=trade.pk))
    assert Customer.objects.get(name="Acme AB").business_type == trade


def test_business_type_decides_nothing() -> None:
    """ONB-07: no order, quote, price or right depends on it."""
    root = Path(settings.BASE_DIR)
    paths = [path for name in ("orders", "quotes") for path in (root / name).rglob("*.py")]
    paths += (root / "customers" / "models").glob("*.py")
    reading = {path.name for path in paths if "business_type" in path.read_text()}
    assert reading == {"customer.py"}
