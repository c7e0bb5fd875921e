"""Where a problem is reported from: an order's page, a running service, on both sides."""

from __future__ import annotations

import pytest

from customers.models import Customer
from orders.models import Order, Service
from orders.services.fulfilment import accept_order, complete_order, provision_order
from portal.accounts.models import Membership
from portal.accounts.rights import Preset
from support.services.reporting import report_problem
from support.services.work_orders import Plan, plan_work_order
from tests import factories
from tests.conftest import NOW, SignIn
from tests.support.conftest import problem


@pytest.fixture
def order(customer: Customer, anna: Membership) -> Order:
    """A placed order of Havsbris."""
    return factories.make_order(customer, by=anna, at=NOW)


@pytest.fixture
def karins(customer: Customer) -> Membership:
    """The place of the customer's administrator, who may report."""
    return factories.make_customer_user(customer, "karin", Preset.CUSTOMER_ADMINISTRATOR, at=NOW)


def test_an_orders_page_lists_its_reports_and_leads_to_new_ones(
    customer: Customer, order: Order, anna: Membership, sign_in: SignIn
) -> None:
    """REG-12, ONB-18: both kinds, only of this order; the form comes with the order chosen."""
    client = sign_in(anna)
    empty = client.get(f"/orders/{order.pk}/").content.decode()
    assert "No problem was reported, and nobody was sent there." in empty
    mine = report_problem(customer, problem(subject="Line is dead", order=order), by=anna, at=NOW)
    other = report_problem(customer, problem(subject="Elsewhere"), by=anna, at=NOW)
    work = plan_work_order(customer, Plan(task="Draw a cable", order=order), by=anna, at=NOW)
    page = client.get(f"/orders/{order.pk}/").content.decode()
    for address in (f"/reports/{mine.pk}/", f"/service-reports/{work.pk}/"):
        assert address in page
    assert str(other.pk) not in page
    link = f"/reports/new/{customer.pk}/?order={order.pk}"
    assert link in page
    assert f'value="{order.pk}" selected' in client.get(link).content.decode()


def test_the_card_is_for_those_who_may_see_reports_and_not_for_drafts(
    customer: Customer, order: Order, anna: Membership, sign_in: SignIn
) -> None:
    """RIGHTS-01: without the right there is no card."""
    draft = factories.make_draft(customer, by=anna, at=NOW)
    client = sign_in(anna)
    assert "t-support" in client.get(f"/orders/{order.pk}/").content.decode()
    assert "t-support" not in client.get(f"/orders/{draft.pk}/").content.decode()
    anna.role.rights = ["view_customer", "view_order"]
    anna.role.save()
    assert "t-support" not in client.get(f"/orders/{order.pk}/").content.decode()


def test_a_customer_reports_from_their_order_and_from_a_service(
    customer: Customer, order: Order, anna: Membership, karins: Membership, sign_in: SignIn
) -> None:
    """REG-26, REG-33: the form comes with it chosen; another company's is never offered."""
    done = factories.make_order(customer, by=anna, at=NOW)
    accept_order(done.pk, at=NOW)
    provision_order(done.pk, at=NOW)
    complete_order(done.pk, delivered_on=NOW.date(), vendor_reference="V", deliveries={}, at=NOW)
    service = Service.objects.filter(customer=customer).latest("pk")
    mine = report_problem(customer, problem(subject="Line is dead", order=order), by=anna, at=NOW)
    client = sign_in(karins)
    page = client.get(f"/my/orders/{order.pk}/").content.decode()
    assert f"/my/reports/{mine.pk}/" in page
    assert f"/my/reports/new/?order={order.pk}" in page
    form = client.get(f"/my/reports/new/?order={order.pk}").content.decode()
    assert f'value="{order.pk}" selected' in form
    link = f"/my/reports/new/?service={service.pk}"
    assert link in client.get("/my/services/").content.decode()
    assert f'value="{service.pk}" selected' in client.get(link).content.decode()
    foreign = factories.make_order(
        factories.make_customer("Annan AB", "10050", at=NOW), by=anna, at=NOW
    )
    answer = client.get(f"/my/reports/new/?order={foreign.pk}")
    assert f'value="{foreign.pk}"' not in answer.content.decode()
