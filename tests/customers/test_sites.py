"""The deletion of sites (REG-01)."""

from __future__ import annotations

from django.test import Client

from customers.models import Customer, Site
from orders.models import Order
from portal.accounts.models import Membership
from portal.history.queries import timeline_of_customer
from support.models import ProblemReport
from support.services.reporting import report_problem
from tests import factories
from tests.conftest import NOW, SignIn
from tests.support.conftest import problem as about_a_problem
from tests.support.work_helpers import plan


def test_a_site_is_deleted_and_logged(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-01, REG-15: after a confirmation that names it; other customers' sites are not found."""
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


def _refusal(havsbris: Customer, site: Site, client: Client) -> str:
    """Try to delete the site; return the page that says why it stays."""
    answer = client.post(f"/customers/{havsbris.pk}/sites/{site.pk}/delete/", follow=True)
    assert Site.objects.filter(pk=site.pk).exists()
    return answer.content.decode()


def test_a_site_of_an_order_stays(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """REG-01, REG-49: the message says why."""
    site = factories.make_site(havsbris)
    order = factories.make_order(havsbris, by=anna, at=NOW)
    Order.objects.filter(pk=order.pk).update(site=site)
    page = _refusal(havsbris, site, sign_in(anna))
    assert "Head office stays with the customer. Named in: orders." in page


def test_a_site_of_reports_stays(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """REG-49: it does not say "orders" where only reports name the site."""
    site, client = factories.make_site(havsbris), sign_in(anna)
    problem = report_problem(havsbris, about_a_problem(site=site), by=anna, at=NOW)
    assert "Named in: problem reports." in _refusal(havsbris, site, client)
    plan(havsbris, anna, site=site)
    assert "Named in: problem reports, service reports." in _refusal(havsbris, site, client)
    ProblemReport.objects.filter(pk=problem.pk).update(site=None)
    assert "Named in: service reports." in _refusal(havsbris, site, client)


def test_deleting_a_site_needs_the_right_to_change_the_customer(
    mikael: Membership, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-24: for somebody who is not assigned it is 404."""
    site = factories.make_site(havsbris)
    address = f"/customers/{havsbris.pk}/sites/{site.pk}/delete/"
    assert sign_in(mikael).post(address).status_code == 404
    assert Site.objects.filter(pk=site.pk).exists()
