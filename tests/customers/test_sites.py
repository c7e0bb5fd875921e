"""Sites that are no longer there (REG-01)."""

from __future__ import annotations

from customers.models import Customer, Site
from orders.models import Order
from portal.accounts.models import Membership
from portal.history.queries import timeline_of_customer
from tests import factories
from tests.conftest import NOW, SignIn


def test_a_site_is_deleted_and_the_log_says_so(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-01, REG-15: after a question that names it; a customer's own sites alone."""
    site, client = factories.make_site(havsbris), sign_in(anna)
    address = f"/customers/{havsbris.pk}/sites/{site.pk}/"
    assert f"{address}delete/" in client.get(address).content.decode()
    assert "Delete Head office?" in client.get(f"{address}delete/").content.decode()
    assert Site.objects.filter(pk=site.pk).exists()
    other = factories.make_customer("Kaj AB", "20001", at=NOW)
    assert client.post(f"/customers/{other.pk}/sites/{site.pk}/delete/").status_code == 404
    assert client.post(f"{address}delete/").status_code == 302
    assert not Site.objects.filter(pk=site.pk).exists()
    assert any("removed" in line.text for line in timeline_of_customer(havsbris.pk))


def test_a_site_of_an_order_stays(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """REG-01: nothing of the past goes; it is said why."""
    site = factories.make_site(havsbris)
    order = factories.make_order(havsbris, by=anna, at=NOW)
    Order.objects.filter(pk=order.pk).update(site=site)
    client = sign_in(anna)
    answer = client.post(f"/customers/{havsbris.pk}/sites/{site.pk}/delete/", follow=True)
    assert "Head office stands on orders and stays with the customer." in answer.content.decode()
    assert Site.objects.filter(pk=site.pk).exists()


def test_who_may_not_change_the_customer_deletes_no_site(
    mikael: Membership, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-24: not assigned is 404."""
    site = factories.make_site(havsbris)
    address = f"/customers/{havsbris.pk}/sites/{site.pk}/delete/"
    assert sign_in(mikael).post(address).status_code == 404
    assert Site.objects.filter(pk=site.pk).exists()
