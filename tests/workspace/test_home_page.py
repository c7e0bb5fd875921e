"""The home page: what waits for its reader, for all customers or for the active one (ONB-24)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer
from customers.services import assign
from dev.demo.platforms import load_platforms
from orders.models import Order
from orders.services.fulfilment import return_order
from portal.accounts.models import Membership
from portal.outbox.models import OutboundEmail
from portal.tenancy.context import require_partner
from quotes.models import Quote
from quotes.services import answering
from quotes.services.answering import Reader
from support.models import ProblemReport
from support.services.reporting import Problem, report_problem
from support.services.work_orders import Plan, plan_work_order
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers import onboarding_steps as steps
from tests.customers.test_rights import with_rights

Count = Callable[[int], AbstractContextManager[Any]]
# G1: four statements of every page, and eight of this one.
MOST = 12
ENTRY = re.compile(
    r'<li(?: class="is-urgent")?>.*?k-strong">([^<]*)<.*?k-todo-kind">([^<]*)<.*?'
    r'class="k-todo-act" href="([^"]*)"',
    re.S,
)


def main_of(page: str) -> str:
    return html.unescape(page[page.index("<main") : page.index("</main>")])


def entries(page: str) -> list[tuple[str, ...]]:
    """Return title, kind and address of what waits, in the order of the page."""
    start = page.find('id="t-waiting"')
    return ENTRY.findall(page[start : page.find("</ol>", start)]) if start > 0 else []


def returned(customer: Customer, by: Membership) -> Order:
    order = factories.make_order(customer, by=by, at=NOW)
    return return_order(order.pk, reason="The house number is missing.", at=NOW)


def accepted(customer: Customer, by: Membership, **contact: Any) -> Quote:
    quote = factories.make_quote(customer, by=by, at=NOW)
    asked = factories.make_confirmation(quote, by=by, at=NOW, **contact)
    reader = Reader("192.0.2.7", "Browser")
    answering.accept_confirmation(
        asked.pk, contact_id=asked.contact_id, seen=asked.snapshot_sha256, reader=reader, at=NOW
    )
    return quote


def reported(customer: Customer, by: Membership, severity: str = "2") -> ProblemReport:
    problem = Problem(subject="No calls", description="Nobody reaches us.", severity=severity)
    return report_problem(customer, problem, by=by, at=NOW)


def undelivered(customer: Customer) -> OutboundEmail:
    """Let the newest e-mail be about the customer and fail."""
    email = OutboundEmail.objects.for_partner(require_partner()).latest("created_at")
    OutboundEmail.unscoped.filter(pk=email.pk).update(
        state="dead", dead_at=NOW, customer_id=customer.pk, secrets_encrypted=None
    )
    return email


def test_what_waits_is_one_list_by_urgency(
    havsbris: Customer, bjorkvik: Customer, anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """ONB-24: each with what it is and one link, to the place where it is done."""
    critical = reported(havsbris, anna, "1")
    draft = factories.make_draft(bjorkvik, by=anna, at=NOW)
    factories.make_draft(bjorkvik, by=jonas, at=NOW)
    back = returned(bjorkvik, anna)
    quote = accepted(havsbris, jonas)
    own = factories.make_quote(havsbris, by=anna, at=NOW)
    factories.make_quote(havsbris, by=jonas, at=NOW)
    mail = undelivered(havsbris)
    page = main_of(sign_in(anna).get("/").content.decode())
    assert entries(page) == [
        ("No calls", "New problem report", f"/reports/{critical.pk}/"),
        (back.number, "Returned order", f"/orders/{back.pk}/"),
        (mail.to_address, "E-mail not delivered", f"/outbox/{mail.pk}/"),
        (quote.number, "Confirmed quote", f"/quotes/{quote.pk}/progress/"),
        (draft.number, "Order draft", f"/orders/{draft.pk}/"),
        (own.number, "Quote draft", f"/quotes/{own.pk}/"),
    ]
    assert "The house number is missing." in page and "Björkvik Bygg AB, 10017" in page


def test_every_link_of_the_list_can_be_opened(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-24."""
    reported(havsbris, anna)
    returned(havsbris, anna)
    accepted(havsbris, anna)
    undelivered(havsbris)
    plan_work_order(havsbris, Plan(task="Look", technician=anna), by=anna, at=NOW)
    client = sign_in(anna)
    found = entries(main_of(client.get("/").content.decode()))
    assert len(found) == 5
    assert {client.get(url).status_code for _title, _kind, url in found} == {200}


def test_what_the_list_leaves_out_is_counted_and_linked(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-24: to the list of all of the kind."""
    reported(havsbris, anna)
    for minute in range(12):
        factories.make_draft(havsbris, by=anna, at=NOW + timedelta(minutes=minute))
    client = sign_in(anna)
    page = main_of(client.get("/").content.decode())
    assert [kind for _title, kind, _url in entries(page)] == [
        "New problem report",
        *["Order draft"] * 9,
    ]
    (more,) = re.findall(r'<a href="([^"]*)">3 more: order drafts</a>', page)
    assert more == "/orders/?state=draft&by=me"
    listed = client.get(more).content.decode()
    assert "12 orders" in listed or listed.count("Havsbris Konsult AB") >= 12


def test_returned_orders_are_a_filter_of_the_list(
    havsbris: Customer, anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """ONB-24, REG-09: what the links of the home page lead to."""
    back, draft = returned(havsbris, jonas), factories.make_draft(havsbris, by=anna, at=NOW)
    client = sign_in(anna)
    page = client.get("/orders/?state=draft&returned=yes").content.decode()
    assert back.number in page and draft.number not in page
    page = client.get("/orders/?state=draft&by=me").content.decode()
    assert draft.number in page and back.number not in page


def test_an_active_customer_narrows_the_page(
    havsbris: Customer, bjorkvik: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-24: list, figures and links; one link shows all customers, another leads back."""
    here, there = returned(havsbris, anna), returned(bjorkvik, anna)
    client = sign_in(anna)
    client.post("/switch/", {"customer": str(havsbris.pk)})
    client.get("/")
    page = main_of(client.get("/").content.decode())
    assert [title for title, _kind, _url in entries(page)] == [here.number]
    assert there.number not in page and 'href="?all=1"' in page
    assert f"/orders/?state=draft&customer={havsbris.pk}" in page
    page = main_of(client.get("/?all=1").content.decode())
    assert {title for title, _kind, _url in entries(page)} == {here.number, there.number}
    assert "Only Havsbris Konsult AB, 10042" in page


def test_an_onboarding_is_gone_on_with(
    havsbris: Customer, bjorkvik: Customer, anna: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """ONB-24: for those who may onboard; also one whose customer does not exist yet."""
    load_platforms()
    begun = steps.begin("mivo400", havsbris, anna)
    new = steps.begin("mivo400", None, anna)
    page = main_of(sign_in(anna).get("/").content.decode())
    assert {url for _title, kind, url in entries(page) if kind == "Onboarding"} == {
        f"/onboarding/{begun.pk}/",
        f"/onboarding/{new.pk}/",
    }
    assert "Havsbris Konsult AB, 10042" in page
    with_rights(mikael, "view_customer", "view_order")
    assert entries(main_of(sign_in(mikael).get("/").content.decode())) == []


def test_sales_sees_no_mail_of_administrators(
    havsbris: Customer, jonas: Membership, sign_in: SignIn
) -> None:
    """ONB-24, RIGHTS-01."""
    back = returned(havsbris, jonas)
    mail = undelivered(havsbris)
    page = main_of(sign_in(jonas).get("/").content.decode())
    assert [title for title, _kind, _url in entries(page)] == [back.number]
    assert mail.to_address not in page


def test_a_technician_sees_customers_and_reports_and_no_orders(
    havsbris: Customer, bjorkvik: Customer, anna: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """ONB-24: those they are responsible for, and nothing of what was ordered or quoted."""
    assign(havsbris, mikael, at=NOW)
    mine = reported(havsbris, anna)
    reported(bjorkvik, anna)
    visit = plan_work_order(havsbris, Plan(task="Look", technician=mikael), by=anna, at=NOW)
    orders = [returned(havsbris, anna), factories.make_order(havsbris, by=anna, at=NOW)]
    quote = accepted(havsbris, anna)
    page = main_of(sign_in(mikael).get("/").content.decode())
    assert {url for _title, _kind, url in entries(page)} == {
        f"/reports/{mine.pk}/",
        f"/service-reports/{visit.pk}/",
    }
    for order in orders:
        assert order.number not in page
    assert quote.number not in page and "Björkvik" not in page
    assert not re.search(r"order|quote|credit|SEK", page, re.I)
    assert f'href="/customers/{havsbris.pk}/"' in page


def test_who_sees_assigned_customers_only_sees_only_theirs(
    havsbris: Customer, bjorkvik: Customer, anna: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """ONB-24, D12: in the list, the figures and what changed."""
    rights = ("view_assigned_customer", "view_order", "add_order", "view_quote", "progress_quote")
    person = with_rights(mikael, *rights, "view_prices")
    assign(havsbris, person, at=NOW)
    mine, other = returned(havsbris, anna), returned(bjorkvik, anna)
    quote, hidden = accepted(havsbris, anna), accepted(bjorkvik, anna, email="a@b.example")
    for customer in (havsbris, bjorkvik):
        Customer.objects.filter(pk=customer.pk).update(credit_limit=10, credit_committed=9)
    page = main_of(sign_in(person).get("/").content.decode())
    assert {title for title, _kind, _url in entries(page)} == {mine.number, quote.number}
    assert other.number not in page and hidden.number not in page
    assert "Björkvik" not in page and "90 %" in page


def test_prices_are_for_those_who_may_see_them(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-24, D11: no credit without the right."""
    factories.make_order(havsbris, by=anna, at=NOW)
    Customer.objects.filter(pk=havsbris.pk).update(
        credit_limit=Decimal(1000), credit_committed=Decimal(800)
    )
    client = sign_in(anna)
    page = main_of(client.get("/").content.decode())
    assert "Credit close to the limit" in page and "SEK 800.00 of 1,000.00" in page
    Customer.objects.filter(pk=havsbris.pk).update(credit_committed=Decimal("799.99"))
    assert "No customer uses 80" in main_of(client.get("/").content.decode())
    with_rights(anna, "view_customer", "view_order")
    assert "redit" not in main_of(client.get("/").content.decode())


def test_customers_beyond_their_limit_come_first(
    havsbris: Customer, bjorkvik: Customer, own: Customer
) -> None:
    """ONB-24: a limit of nothing that is used before all; who is inactive has none."""
    for customer, limit, used in ((havsbris, 100, 130), (bjorkvik, 100, 80), (own, 0, 5)):
        Customer.objects.filter(pk=customer.pk).update(credit_limit=limit, credit_committed=used)
    assert list(Customer.objects.all().near_limit()) == [own, havsbris, bjorkvik]
    Customer.objects.filter(pk=bjorkvik.pk).update(is_active=False)
    assert list(Customer.objects.all().near_limit()) == [own, havsbris]


def test_orders_are_shown_by_week_and_quotes_by_age(
    havsbris: Customer, anna: Membership, sign_in: SignIn, time_machine: Any
) -> None:
    """ONB-24: the last twelve weeks, each from Monday; what is older is not shown."""
    time_machine.move_to(NOW, tick=False)
    for days in (0, 3, 7, 83, 91):
        order = factories.make_order(havsbris, by=anna, at=NOW)
        Order.objects.filter(pk=order.pk).update(submitted_at=NOW - timedelta(days=days))
    for days in (2, 3, 20):
        quote = factories.make_quote(havsbris, by=anna, at=NOW)
        Quote.objects.filter(pk=quote.pk).update(
            state="sent", sent_at=NOW - timedelta(days=days, minutes=1)
        )
    page = main_of(sign_in(anna).get("/").content.decode())
    chart = page[page.index('class="k-columns"') :]
    chart = chart[: chart.index("</table>")]
    # NOW is a Monday: three days ago and a week ago are both in the week before.
    assert re.findall(r"<span>(\d+)</span>", chart) == ["0"] * 10 + ["2", "1"]
    ages = page[page.index('class="k-bars"') :]
    assert re.findall(r"<span>(\d+)</span>", ages[: ages.index("</table>")]) == list("1101")


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_the_page_asks_twelve_statements_at_most(
    rows: int, anna: Membership, sign_in: SignIn, django_assert_max_num_queries: Count
) -> None:
    """ONB-24, SPEED-09: whatever there is, for one customer or all, also for a new partner."""
    customer = None
    for number in range(rows):
        customer = factories.make_customer(f"Kund {number:03} AB", f"5{number:04}", at=NOW)
        factories.make_draft(customer, by=anna, at=NOW)
        factories.make_quote(customer, by=anna, at=NOW)
        reported(customer, anna)
    assert customer is not None
    client = sign_in(anna)
    client.post("/switch/", {"customer": str(customer.pk)})
    client.get("/")
    with django_assert_max_num_queries(MOST):
        assert "First steps" in client.get("/").content.decode()
    returned(customer, anna)
    accepted(customer, anna)
    undelivered(customer)
    for path in ("/", "/?all=1"):
        with django_assert_max_num_queries(MOST):
            assert "Orders placed per week" in client.get(path).content.decode()


def test_a_mail_names_its_customer(havsbris: Customer, anna: Membership, sign_in: SignIn) -> None:
    """ONB-24: though e-mails are kept apart from the register."""
    returned(havsbris, anna)
    undelivered(havsbris)
    page = main_of(sign_in(anna).get("/").content.decode())
    found = page[page.index("E-mail not delivered") :]
    assert found.index("Havsbris Konsult AB, 10042") < found.index("</li>")


def test_customers_are_counted_by_onboarding(
    havsbris: Customer, bjorkvik: Customer, anna: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """ONB-24: of the customers that the person sees, each state with a link to them."""
    load_platforms()
    factories.make_order(havsbris, by=anna, at=NOW)
    steps.begin("mivo400", havsbris, anna)
    Customer.objects.filter(pk=bjorkvik.pk).update(onboarded_at=NOW)

    def counted(person: Membership) -> list[tuple[str, ...]]:
        page = main_of(sign_in(person).get("/").content.decode())
        section = page[page.index('id="t-onboarding"') :]
        section = section[: section.index("</section>")]
        row = r'<a href="([^"]*)">([^<]*)</a>.*?<span>([^<]*)</span>'
        return re.findall(row, section[section.index("<tbody") :], re.S)

    assert counted(anna) == [
        ("/customers/?onboarding=progress", "In progress", "1"),
        ("/customers/?onboarding=completed", "Completed", "1"),
        ("/customers/?onboarding=none", "Not started", "0"),
    ]
    assign(bjorkvik, mikael, at=NOW)
    assert [count for _url, _label, count in counted(mikael)] == ["0", "1", "0"]
