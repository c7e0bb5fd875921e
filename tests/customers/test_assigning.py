"""Who is responsible for a customer, who is notified, who gets new orders (REG-17 to REG-23)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Assignment, Customer
from customers.services import assign, change_assignments, end_absence, start_absence
from orders.models import Order, OrderAssignee
from orders.services.placing import submit_order
from portal.accounts.models import Membership, Team
from portal.accounts.rights import Preset
from portal.accounts.services import change_team
from portal.core.errors import RuleError
from portal.history.models import Entry
from portal.notices.messages import text_of
from portal.notices.models import Notice
from portal.outbox.models import OutboundEmail
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, SignIn
from tests.markup import markup
from workspace.partners import add_person

TODAY = NOW.date()


@pytest.fixture
def mona(nordlys: Partner) -> Membership:
    """Make a second technician."""
    return add_person(
        partner=nordlys,
        email="mona@nordlys.example",
        name="Mona Test",
        preset=Preset.TECHNICIAN,
        password=None,
        at=NOW,
    )


def mails(partner: Partner, template: str) -> list[OutboundEmail]:
    """Return the queued e-mails of one kind, by address."""
    found = OutboundEmail.objects.for_partner(partner).filter(template=template)
    return list(found.order_by("to_address", "created_at"))


def notices(person: Membership) -> list[str]:
    """Return a person's notifications, the oldest first."""
    return [text_of(each) for each in Notice.objects.filter(membership=person).order_by("pk")]


def responsible(customer: Customer) -> set[object]:
    """Return the ids of the people assigned to a customer."""
    return set(Assignment.objects.filter(customer=customer).values_list("membership_id", flat=True))


def test_only_those_concerned_are_notified(
    nordlys: Partner, anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer
) -> None:
    """REG-20: the assigned and unassigned people get a notification and an e-mail.

    The customer gets none.
    """
    factories.make_contact(havsbris, at=NOW)
    assign(havsbris, jonas, at=NOW)
    came, went = change_assignments([havsbris], add=[mikael], remove=[jonas], at=NOW)
    assert (came, went) == (1, 1)
    assert responsible(havsbris) == {mikael.pk}
    told = mails(nordlys, "customers/email/assignment")
    assert [mail.to_address for mail in told] == ["jonas@nordlys.example", "mikael@nordlys.example"]
    assert OutboundEmail.objects.for_partner(nordlys).count() == 2
    assert notices(mikael) == ["You are responsible for Havsbris Konsult AB, 10042 now."]
    assert notices(jonas) == ["You are no longer responsible for Havsbris Konsult AB, 10042."]
    assert notices(anna) == []


def test_all_parts_of_the_mail_name_the_customer(
    nordlys: Partner, mikael: Membership, havsbris: Customer
) -> None:
    """REG-20, CV-23: subject, text and HTML say what changed."""
    change_assignments([havsbris], add=[mikael], at=NOW)
    (mail,) = mails(nordlys, "customers/email/assignment")
    assert mail.subject == "You are responsible for Havsbris Konsult AB, 10042"
    for body in (mail.text, mail.html):
        assert "Havsbris Konsult AB, 10042" in body
        assert f"/customers/{havsbris.pk}/" in body
        assert "New orders are assigned to you" in body
    change_assignments([havsbris], remove=[mikael], at=NOW)
    gone = mails(nordlys, "customers/email/assignment")[1]
    assert gone.subject == "You are no longer responsible for Havsbris Konsult AB, 10042"
    # A technician no longer sees the customer, so the e-mail has no link to it.
    assert f"/customers/{havsbris.pk}/" not in gone.text


def test_a_second_time_changes_nothing_and_notifies_nobody(
    nordlys: Partner, mikael: Membership, havsbris: Customer
) -> None:
    """REG-20: the same form posted twice."""
    change_assignments([havsbris], add=[mikael], at=NOW)
    assert change_assignments([havsbris], add=[mikael], at=NOW) == (0, 0)
    assert len(mails(nordlys, "customers/email/assignment")) == 1
    assert Notice.objects.count() == 1


def test_one_mail_for_several_customers(
    nordlys: Partner, anna: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """REG-19, REG-20: an assignment from the list sends one summary to each person."""
    customers = [factories.make_customer(f"Kund {n}", f"5000{n}", at=NOW) for n in range(3)]
    client = sign_in(anna)
    ids = [str(customer.pk) for customer in customers]
    page = client.post("/customers/assign/", {"customer": ids}).content.decode()
    assert "Who is responsible for 3 customers?" in page
    posted = {"customer": ids, "people": [str(mikael.pk)], "save": "1"}
    answer = client.post("/customers/assign/", posted)
    assert answer["Location"] == "/customers/"
    assert all(responsible(customer) == {mikael.pk} for customer in customers)
    (mail,) = mails(nordlys, "customers/email/assignment")
    assert mail.subject == "You are responsible for 3 more customers"
    for body in (mail.text, mail.html):
        assert all(customer.label in body for customer in customers)
    assert notices(mikael) == ["You are responsible for 3 more customers now."]


def test_assigned_to_some_is_kept_or_decided(
    anna: Membership,
    jonas: Membership,
    mikael: Membership,
    havsbris: Customer,
    bjorkvik: Customer,
    sign_in: SignIn,
) -> None:
    """REG-19: for several customers a tick has three states."""
    assign(havsbris, mikael, at=NOW)
    assign(bjorkvik, jonas, at=NOW)
    client = sign_in(anna)
    ids = [str(havsbris.pk), str(bjorkvik.pk)]
    page = client.post("/customers/assign/", {"customer": ids}).content.decode()
    assert f'name="some_{mikael.pk}"' in page and "responsible for 1 of 2" in page
    client.post("/customers/assign/", {"customer": ids, "save": "1"})
    assert (responsible(havsbris), responsible(bjorkvik)) == ({mikael.pk}, {jonas.pk})
    choice = {f"some_{mikael.pk}": "all", f"some_{jonas.pk}": "none"}
    client.post("/customers/assign/", {"customer": ids, "save": "1", **choice})
    assert (responsible(havsbris), responsible(bjorkvik)) == ({mikael.pk}, {mikael.pk})


def test_unassign_is_the_same_page_with_the_tick_removed(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-22: a colleague's change in between is not undone."""
    assign(havsbris, mikael, at=NOW)
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/assign/"
    page = markup(client.get(url))
    assert re.search(rf'value="{mikael.pk}" checked', page)
    assign(havsbris, anna, at=NOW)
    answer = client.post(url, {"had": str(mikael.pk), "save": "1"})
    assert answer["Location"] == f"/customers/{havsbris.pk}/"
    assert responsible(havsbris) == {anna.pk}


def test_people_are_listed_by_team(
    nordlys: Partner, anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-18: people without a team come last."""
    team = Team.objects.create(partner=nordlys, name="Field service")
    change_team(mikael, team)
    page = sign_in(anna).get(f"/customers/{havsbris.pk}/assign/").content.decode()
    order = [
        page.index(text) for text in ("Field service", "Mikael Test", "Without a team", "Anna")
    ]
    assert order[:3] == sorted(order[:3])
    assert page.index(f'id="p_{mikael.pk}"') < page.index(f'id="p_{anna.pk}"')


def test_right_to_assign_is_needed(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-23: without it there is 403 and no button."""
    client = sign_in(jonas)
    url = f"/customers/{havsbris.pk}/assign/"
    assert client.get(url).status_code == 403
    posted = {"people": str(mikael.pk), "save": "1"}
    assert client.post(url, posted).status_code == 403
    assert client.post("/customers/assign/", {**posted, "customer": havsbris.pk}).status_code == 403
    assert responsible(havsbris) == set()
    for page in (f"/customers/{havsbris.pk}/", "/customers/"):
        assert "/assign/" not in client.get(page).content.decode()
        assert "/assign/" in sign_in(anna).get(page).content.decode()


def test_crafted_ids_assign_nobody(
    anna: Membership, lena: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-17: another partner's person, an invalid id and an unknown customer are ignored."""
    client = sign_in(anna)
    client.post(f"/customers/{havsbris.pk}/assign/", {"people": [str(lena.pk), "x"], "save": "1"})
    assert responsible(havsbris) == set()
    answer = client.post("/customers/assign/", {"customer": ["x", str(lena.pk)], "save": "1"})
    assert answer["Location"] == "/customers/"


def test_somebody_who_left_meanwhile_is_refused(mikael: Membership, havsbris: Customer) -> None:
    """REG-17: the membership is checked under the lock."""
    Membership.objects.for_partner(mikael.partner).filter(pk=mikael.pk).update(state="ended")
    with pytest.raises(RuleError, match="Mikael Test is no longer a member here"):
        change_assignments([havsbris], add=[mikael], at=NOW)


def test_new_orders_are_assigned_to_the_responsible(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-17, REG-22: they are copied on creation; who is unassigned later keeps the orders."""
    assign(havsbris, mikael, at=NOW)
    assign(havsbris, jonas, at=NOW)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    change_assignments([havsbris], remove=[jonas], at=NOW)
    later = factories.make_draft(havsbris, by=anna, at=NOW)
    on = {
        order.pk: set(order.assignees.values_list("membership_id", flat=True))
        for order in Order.objects.all()
    }
    assert on == {draft.pk: {mikael.pk, jonas.pk}, later.pk: {mikael.pk}}
    client = sign_in(jonas)
    assert "Mikael Test" in client.get(f"/orders/{draft.pk}/").content.decode()
    mine = client.get("/orders/?on=me").content.decode()
    assert draft.number in mine and later.number not in mine
    assert later.number in client.get("/orders/").content.decode()


def test_responsible_people_are_notified_of_placed_orders(
    nordlys: Partner, anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer
) -> None:
    """REG-21: everybody responsible gets a notification and an e-mail.

    Whoever placed the order gets the confirmation only; a technician gets no prices, and a link
    that they may open.
    """
    assign(havsbris, mikael, at=NOW)
    assign(havsbris, jonas, at=NOW)
    order = factories.make_order(havsbris, by=jonas, at=NOW)
    (mail,) = mails(nordlys, "orders/email/placed_assigned")
    assert mail.to_address == "mikael@nordlys.example"
    assert mail.subject == f"New order {order.number} for Havsbris Konsult AB, 10042"
    for body in (mail.text, mail.html):
        assert "Jonas Test placed an order for Havsbris Konsult AB, 10042" in body
        assert f"/customers/{havsbris.pk}/" in body and "258.00" not in body
    assert notices(mikael) == [
        f"Jonas Test placed order {order.number} for Havsbris Konsult AB, 10042."
    ]
    assert notices(jonas) == [] == notices(anna)


def test_nobody_is_notified_of_an_order_of_a_customer_they_do_not_see(
    nordlys: Partner, anna: Membership, mikael: Membership, havsbris: Customer
) -> None:
    """REG-21, REG-25: somebody unassigned between draft and order is not notified."""
    assign(havsbris, mikael, at=NOW)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    change_assignments([havsbris], remove=[mikael], at=NOW)
    submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    assert OrderAssignee.objects.filter(order=draft, membership=mikael).exists()
    assert mails(nordlys, "orders/email/placed_assigned") == []


def test_substitute_sees_and_is_notified_meanwhile(
    nordlys: Partner,
    anna: Membership,
    mikael: Membership,
    mona: Membership,
    havsbris: Customer,
    bjorkvik: Customer,
    sign_in: SignIn,
) -> None:
    """REG-21: this holds from the first day to the last, and not before or after."""
    today = timezone.localdate()
    assign(havsbris, mikael, at=NOW)
    client = sign_in(mona)
    week = timedelta(days=7)
    for start, end, seen in (
        (today, today, True),
        (today - week, today - timedelta(days=1), False),
        (today + timedelta(days=1), today + week, False),
        (today - week, today + week, True),
    ):
        start_absence(mikael, substitute=mona, starts_on=start, ends_on=end, at=NOW)
        assert client.get(f"/customers/{havsbris.pk}/").status_code == (200 if seen else 404)
        assert ("Havsbris" in client.get("/customers/").content.decode()) is seen
        assert ("Havsbris" in client.get("/search/suggest/?q=havs").content.decode()) is seen
        assert client.get(f"/customers/{havsbris.pk}/edit/").status_code == (200 if seen else 404)
        assert client.get(f"/customers/{bjorkvik.pk}/").status_code == 404
    at = timezone.now()
    factories.make_order(havsbris, by=anna, at=at)
    told = mails(nordlys, "orders/email/placed_assigned")
    assert [each.to_address for each in told] == [
        "mikael@nordlys.example",
        "mona@nordlys.example",
    ]
    end_absence(mikael, at=NOW)
    assert client.get(f"/customers/{havsbris.pk}/").status_code == 404
    assert "You no longer stand in for Mikael Test." in notices(mona)


def test_away_page(
    mikael: Membership, jonas: Membership, lena: Membership, sign_in: SignIn
) -> None:
    """REG-21: oneself, an end before the start and another partner's person are refused."""
    client = sign_in(mikael)
    form = {"starts_on": "2026-12-21", "ends_on": "2026-12-31", "substitute": str(jonas.pk)}
    for wrong in (
        {"substitute": str(mikael.pk)},
        {"substitute": str(lena.pk)},
        {"ends_on": "2026-12-01"},
        {"starts_on": "soon"},
    ):
        assert client.post("/customers/away/", {**form, **wrong}).status_code == 200
    assert client.post("/customers/away/", form).status_code == 302
    assert "Jonas Test stands in for you." in client.get("/customers/away/").content.decode()
    assert notices(jonas) == [
        "You stand in for Mikael Test from 21 Dec 2026 to 31 Dec 2026 and see the customers "
        "meanwhile."
    ]
    client.post("/customers/away/back/")
    assert "stands in for you." not in client.get("/customers/away/").content.decode()


def test_an_administrator_enters_an_absence(
    anna: Membership, mikael: Membership, mona: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-21: for somebody who fell ill; both people are notified. Others get 403."""
    assign(havsbris, mikael, at=NOW)
    today, address = timezone.localdate().isoformat(), f"/customers/away/{mikael.pk}/"
    form = {"starts_on": today, "ends_on": today, "substitute": str(mona.pk)}
    assert sign_in(mona).post(address, form).status_code == 403
    client = sign_in(anna)
    assert address in client.get(f"/people/{mikael.pk}/").content.decode()
    wrong = client.post(address, {**form, "substitute": str(mikael.pk)})
    assert wrong.status_code == 200 and "Save for Mikael Test" in wrong.content.decode()
    assert client.post(address, form).status_code == 302
    assert "Mona Test stands in for Mikael Test." in client.get(address).content.decode()
    assert sign_in(mona).get(f"/customers/{havsbris.pk}/").status_code == 200
    assert any("Anna Test entered that you are away" in text for text in notices(mikael))
    client.post(f"{address}back/")
    assert sign_in(mona).get(f"/customers/{havsbris.pk}/").status_code == 404
    assert "Anna Test entered that you are back." in notices(mikael)


def test_assignments_are_logged(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-15: the log says who assigned whom."""
    client = sign_in(anna)
    client.post(f"/customers/{havsbris.pk}/assign/", {"people": str(mikael.pk), "save": "1"})
    entry = Entry.objects.get(verb="person_assigned")
    assert (entry.actor_name, entry.customer_id) == ("Anna Test", havsbris.pk)
    page = client.get(f"/customers/{havsbris.pk}/log/").content.decode()
    assert "Mikael Test is responsible now." in page and "Anna Test" in page


def test_assigning_leads_back_to_the_same_filters(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-19: search and filters are kept; what the list does not know is dropped."""
    client = sign_in(anna)
    page = client.get("/customers/?q=havs&type=normal").content.decode()
    assert '<input type="hidden" name="query" value="q=havs&amp;type=normal">' in page
    posted = {"customer": str(havsbris.pk), "query": "q=havs&type=normal&next=//else.example"}
    page = client.post("/customers/assign/", posted).content.decode()
    assert 'href="/customers/?q=havs&amp;type=normal">Cancel' in page
    saved = {**posted, "people": [str(mikael.pk)], "save": "1"}
    assert client.post("/customers/assign/", saved)["Location"] == "/customers/?q=havs&type=normal"
    nobody = client.post("/customers/assign/", {"query": "type=normal"})
    assert nobody["Location"] == "/customers/?type=normal"


def test_a_substitute_for_two_is_notified_for_the_one_who_is_responsible(
    nordlys: Partner,
    anna: Membership,
    jonas: Membership,
    mikael: Membership,
    mona: Membership,
    havsbris: Customer,
) -> None:
    """REG-21: this holds even if the other one is only assigned to the order."""
    today = timezone.localdate()
    for person in (mikael, jonas):
        assign(havsbris, person, at=NOW)
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    change_assignments([havsbris], remove=[jonas], at=NOW)
    for person in (mikael, jonas):
        start_absence(person, substitute=mona, starts_on=today, ends_on=today, at=NOW)
    submit_order(draft.pk, version=draft.version, by=anna, at=timezone.now())
    told = [each.to_address for each in mails(nordlys, "orders/email/placed_assigned")]
    assert "mona@nordlys.example" in told
