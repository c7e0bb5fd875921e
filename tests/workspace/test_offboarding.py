"""Handing over the work of a person who leaves, in one transaction (D18)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from customers.models import Assignment, Customer, CustomerGrant, SavedFilter, Substitution
from customers.services import assign, save_filter, set_grant, start_absence
from orders.models import Order, OrderAssignee
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.history.models import Entry
from portal.notices.messages import text_of
from portal.notices.models import Notice
from portal.outbox.models import OutboundEmail
from tests import factories
from tests.conftest import NOW, SignIn
from workspace.offboarding import Handover, offboard, successors, to_hand_over


def test_everything_goes_to_the_successor(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """D18: assignments, drafts and open orders; what is done keeps its name."""
    assign(havsbris, jonas, at=NOW)
    assign(bjorkvik, jonas, at=NOW)
    assign(bjorkvik, anna, at=NOW)
    draft = factories.make_draft(havsbris, by=jonas, at=NOW)
    factories.make_quote(havsbris, by=jonas, at=NOW)
    placed = factories.make_order(havsbris, by=jonas, at=NOW)
    done = factories.make_order(havsbris, by=jonas, at=NOW)
    Order.objects.filter(pk=done.pk).update(state=Order.State.COMPLETED)
    assert to_hand_over(jonas) == Handover(customers=2, drafts=1, orders=2, quotes=1)
    OutboundEmail.objects.for_partner(anna.partner).all()._raw_delete("default")
    left = offboard(jonas, successor=anna, at=NOW)
    assert left == Handover(customers=2, drafts=1, orders=2, quotes=1)
    assert to_hand_over(jonas) == Handover(0, 0, 0, 0)
    assert Assignment.objects.filter(membership=anna).count() == 2
    draft.refresh_from_db()
    placed.refresh_from_db()
    assert (draft.created_by_id, placed.created_by_id) == (anna.pk, jonas.pk)
    on = OrderAssignee.objects.filter(membership=anna).values_list("order_id", flat=True)
    assert set(on) == {draft.pk, placed.pk}
    assert OrderAssignee.objects.get(membership=jonas).order_id == done.pk
    jonas.refresh_from_db()
    assert jonas.state == "ended"
    told = OutboundEmail.objects.for_partner(anna.partner).values_list("to_address", flat=True)
    assert list(told) == ["anna@nordlys.example"]
    assert not Notice.objects.filter(membership=jonas).exists()
    texts = [text_of(each) for each in Notice.objects.filter(membership=anna)]
    assert "Jonas Test left. You took over 2 customers, 1 drafts and 2 orders." in texts
    entry = Entry.objects.get(verb="person_handed_over")
    assert entry.additional_data["successor"] == "Anna Test"


def test_the_mail_names_what_was_taken_over(
    anna: Membership, jonas: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """OUT-21: customers, drafts, quotes and orders, in text and HTML."""
    assign(havsbris, jonas, at=NOW)
    draft = factories.make_draft(havsbris, by=jonas, at=NOW)
    quote = factories.make_quote(bjorkvik, by=jonas, at=NOW)
    placed = factories.make_order(havsbris, by=jonas, at=NOW)
    offboard(jonas, successor=anna, at=NOW)
    mail = OutboundEmail.objects.for_partner(anna.partner).get(
        template="workspace/email/handed_over"
    )
    assert mail.subject == "You took over the work of Jonas Test"
    for part in (mail.text, mail.html):
        for words in (
            havsbris.label,
            f"{draft.number}, {havsbris.label}",
            f"{quote.number}, {bjorkvik.label}",
            f"{placed.number}, {havsbris.label}",
        ):
            assert words in part


def test_without_a_successor_nothing_happens(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D18: counts are shown before; refused without somebody to take over."""
    assign(havsbris, mikael, at=NOW)
    client = sign_in(anna)
    url = f"/people/{mikael.pk}/end/"
    page = client.get(url).content.decode()
    assert "Who takes over?" in page and "<dt>Customers</dt><dd>1</dd>" in page
    answer = client.post(url)
    assert "Choose who takes over." in answer.content.decode()
    for wrong in (str(mikael.pk), "x"):
        assert client.post(url, {"successor": wrong}).status_code == 200
    mikael.refresh_from_db()
    assert mikael.state == "active"
    assert Assignment.objects.filter(membership=mikael).exists()
    assert client.post(url, {"successor": str(anna.pk)}).status_code == 302
    mikael.refresh_from_db()
    assert mikael.state == "ended"


def test_with_nothing_to_hand_over_nobody_is_asked(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D18: exceptions and absences end with the place."""
    set_grant(havsbris, mikael, "see", by=anna, at=NOW)
    day = NOW.date()
    start_absence(jonas, substitute=mikael, starts_on=day, ends_on=day + timedelta(days=3), at=NOW)
    client = sign_in(anna)
    assert (
        "There is nothing to hand over" in client.get(f"/people/{mikael.pk}/end/").content.decode()
    )
    assert client.post(f"/people/{mikael.pk}/end/").status_code == 302
    assert not CustomerGrant.objects.exists() and not Substitution.objects.exists()


def test_last_manager_keeps_their_work(
    anna: Membership, jonas: Membership, havsbris: Customer
) -> None:
    """D18, REG-24: refused as a whole."""
    assign(havsbris, anna, at=NOW)
    with pytest.raises(RuleError, match="is the last who can manage people here"):
        offboard(anna, successor=jonas, at=NOW)
    assert Assignment.objects.get().membership_id == anna.pk


def test_only_people_with_the_rights_take_over(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-60: a technician can't take a draft or a quote, also by a crafted form."""
    assign(havsbris, jonas, at=NOW)
    assert mikael in successors(jonas)
    factories.make_draft(havsbris, by=jonas, at=NOW)
    factories.make_quote(havsbris, by=jonas, at=NOW)
    assert successors(jonas) == [anna]
    page = sign_in(anna).get(f"/people/{jonas.pk}/end/").content.decode()
    assert f'value="{anna.pk}"' in page and f'value="{mikael.pk}"' not in page
    with pytest.raises(RuleError, match="has not the rights"):
        offboard(jonas, successor=mikael, at=NOW)
    jonas.refresh_from_db()
    assert jonas.state == "active"


def test_shared_filters_go_over_and_one_mail_lists_all(
    anna: Membership, jonas: Membership, havsbris: Customer
) -> None:
    """REG-60: own filters end; what others use stays; the mail names it."""
    assign(havsbris, jonas, at=NOW)
    for name, shared in (("Norr", True), ("Mina", False)):
        save_filter(by=jonas, name=name, query="q=a", is_shared=shared, at=NOW)
    save_filter(by=anna, name="norr", query="q=b", is_shared=False, at=NOW)
    offboard(jonas, successor=anna, at=NOW)
    assert not SavedFilter.objects.filter(membership=jonas).exists()
    names = sorted(SavedFilter.objects.filter(membership=anna).values_list("name", flat=True))
    assert len(names) == 2 and names[0].startswith("Norr (Jonas Test")
    (mail,) = OutboundEmail.objects.for_partner(anna.partner).filter(
        template="workspace/email/handed_over"
    )
    for part in (mail.text, mail.html):
        assert "Saved filters" in part and names[0] in part and "Havsbris" in part
