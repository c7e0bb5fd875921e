"""Products that need others (CHAN-44)."""

from __future__ import annotations

import pytest

from customers.models import Customer
from orders.models import Order
from orders.services.drafts import start_draft
from orders.services.needs import NeedsOther, StillNeeded
from orders.services.placing import submit_order
from orders.services.service_lines import save_service_lines
from portal.accounts.models import Membership
from tests.admin_helpers import bring_to
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_draft, make_order, product
from tests.orders.test_wizard import form_token_of, product_data


@pytest.fixture(autouse=True)
def _numbers_need_a_trunk(db: None) -> None:
    product("TRK-NUM20").needs.set([product("TRK-10")])


def ending(customer: Customer, by: Membership, *skus: str) -> Order:
    """Return a draft that ends the services of these products."""
    draft = start_draft(customer=customer, family="trunk", by=by, at=NOW, kind=Order.Kind.TERMINATE)
    services = customer.services.filter(product__sku__in=skus)
    totals = {service.pk: 0 for service in services}
    return save_service_lines(draft.pk, version=draft.version, totals=totals, at=NOW)


def test_number_block_alone_goes_to_a_trunk_that_runs(
    havsbris: Customer, jonas: Membership, sign_in: SignIn
) -> None:
    """CHAN-44: refused with what would cure it, and taken once a trunk runs."""
    client: HostClient = sign_in(jonas)
    answer = client.post("/orders/new/trunk/", {"customer": str(havsbris.pk)})
    url = answer["Location"]
    data = product_data("trunk") | {
        f"q_{product('TRK-10').pk}": "0",
        f"q_{product('TRK-NUM20').pk}": "1",
        "form_token": form_token_of(client, url),
    }
    page = client.post(url, data).content.decode()
    assert "This order needs at least one of: Product TRK-10." in page
    bring_to(make_order(havsbris, by=jonas, at=NOW, family="trunk"), "completed")
    assert client.post(url, data).status_code == 302


def test_number_block_goes_with_its_trunk_or_to_one_that_runs(
    havsbris: Customer, jonas: Membership
) -> None:
    """CHAN-44: in the same order, or among the services of the customer."""
    both = {"TRK-10": 1, "TRK-NUM20": 1}
    order = make_order(havsbris, by=jonas, at=NOW, family="trunk", quantities=both)
    with pytest.raises(NeedsOther):
        make_draft(havsbris, by=jonas, at=NOW, family="trunk", quantities={"TRK-NUM20": 1})
    bring_to(order, "completed")
    make_order(havsbris, by=jonas, at=NOW, family="trunk", quantities={"TRK-NUM20": 2})


def test_trunk_is_not_ended_while_its_numbers_stay(havsbris: Customer, jonas: Membership) -> None:
    """CHAN-44: all of it, or none; and it is checked again when the order is placed."""
    both = {"TRK-10": 1, "TRK-NUM20": 1}
    order = make_order(havsbris, by=jonas, at=NOW, family="trunk", quantities=both)
    bring_to(order, "completed")
    with pytest.raises(StillNeeded, match="Product TRK-NUM20 needs what you end"):
        ending(havsbris, jonas, "TRK-10")
    ending(havsbris, jonas, "TRK-NUM20")
    whole = ending(havsbris, jonas, "TRK-10", "TRK-NUM20")
    whole.lines.filter(product__sku="TRK-NUM20").delete()
    with pytest.raises(StillNeeded):
        submit_order(whole.pk, version=None, by=jonas, at=NOW)
