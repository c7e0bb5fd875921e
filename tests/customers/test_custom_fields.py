"""Custom fields (REG-28) and the pattern of customer numbers (REG-05)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer, CustomField, PartnerSettings
from customers.services import (
    FieldInUse,
    FieldLabelTaken,
    KindInUse,
    NumberLength,
    NumberPattern,
    delete_custom_field,
    move_custom_field,
    partner_settings,
    refusals,
    retire_custom_field,
    save_custom_field,
    suggest_number,
)
from customers.services.custom import customers_with
from orders.models import Order
from orders.services.checks import FieldsMissing
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from portal.history.models import Entry
from portal.history.queries import timeline_of_customer
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_views import data
from tests.markup import markup


def field(label: str, kind: str = "text", **options: Any) -> CustomField:
    return save_custom_field(CustomField(label=label, kind=kind, **options))


def values(customer: Customer) -> dict[str, Any]:
    customer.refresh_from_db()
    return dict(customer.custom_values)


def test_administrator_defines_fields(anna: Membership, sign_in: SignIn) -> None:
    """REG-28: kinds, suggestions and options are saved; the order can be changed."""
    client = sign_in(anna)
    answer = client.post(
        "/customers/fields/new/",
        {
            "label": "  Service   level ",
            "kind": "choice",
            "suggestions": "Gold\n\n Silver \nGold",
            "is_required": "on",
            "families": ["flex", "trunk"],
        },
    )
    assert answer["Location"] == "/customers/fields/"
    level = CustomField.objects.get()
    assert (level.label, level.suggestions) == ("Service level", ["Gold", "Silver"])
    assert level.families == ["flex", "trunk"] and level.is_required and not level.in_list
    seats = field("Seats", "number")
    client.post(f"/customers/fields/{seats.pk}/move/", {"to": "up"})
    assert [each.label for each in CustomField.objects.in_order()] == ["Seats", "Service level"]
    move_custom_field(seats, up=True)
    move_custom_field(seats, up=False)
    assert [each.label for each in CustomField.objects.in_order()] == ["Service level", "Seats"]
    page = client.get("/customers/fields/").content.decode()
    assert "Required for Flex" in page and "Seats" in page
    answer = client.post("/customers/fields/new/", {"label": "seats", "kind": "text"})
    assert answer.status_code == 200
    assert "There is a field named \u201cseats\u201d already." in answer.content.decode()


def test_only_administrators_reach_the_fields(
    jonas: Membership, own: Customer, sign_in: SignIn
) -> None:
    """REG-28, REG-29: sales get 403, and 404 for the address of one field."""
    level, client = field("Level"), sign_in(jonas)
    assert client.get("/customers/fields/").status_code == 403
    assert client.get("/customers/fields/new/").status_code == 403
    assert client.get(f"/customers/fields/{level.pk}/").status_code == 404
    for act in ("move", "retire", "restore", "delete"):
        assert client.post(f"/customers/fields/{level.pk}/{act}/").status_code == 404
    assert CustomField.objects.get().retired_at is None


def test_customer_form_asks_and_keeps(anna: Membership, own: Customer, sign_in: SignIn) -> None:
    """REG-28: every kind is kept as typed; a choice accepts other text than the suggestions."""
    level = field("Level", "choice", suggestions=["Gold", "Silver"])
    seats, until = field("Seats", "number"), field("Until", "date")
    key, room = field("Key account", "yesno"), field("Room")
    client = sign_in(anna)
    page = markup(client.get("/customers/new/"))
    assert f'<datalist id="id_{level.name}_list"><option value="Gold">' in page
    typed = {level.name: "gold", seats.name: "12.50", until.name: "2026-12-01", key.name: "no"}
    client.post("/customers/new/", data(**typed, **{room.name: "  B   4 "}))
    acme = Customer.objects.get(name="Acme AB")
    assert values(acme) == {
        level.key: "Gold",
        seats.key: 12.5,
        until.key: "2026-12-01",
        key.key: False,
        room.key: "B 4",
    }
    page = client.get(f"/customers/{acme.pk}/").content.decode()
    for text in ("Gold", "12.5", "1 Dec 2026", "B 4", "Key account"):
        assert text in page, text
    page = client.get(f"/customers/{acme.pk}/edit/").content.decode()
    assert 'value="12.5"' in page and 'value="2026-12-01"' in page
    changed = data(**{**typed, level.name: "Bespoke", seats.name: "", key.name: "yes"}, version="1")
    client.post(f"/customers/{acme.pk}/edit/", changed)
    assert values(acme) == {level.key: "Bespoke", until.key: "2026-12-01", key.key: True}


@pytest.mark.parametrize(
    ("kind", "typed", "error"),
    [
        ("number", "abc", "Enter a number."),
        ("number", "NaN", "Enter a number."),
        ("number", "1" * 16, "Ensure that there are no more than 15 digits in total."),
        ("date", "2026-02-30", "Enter a valid date."),
        ("yesno", "perhaps", "Select a valid choice."),
        ("text", "x" * 501, "at most 500 characters"),
        ("choice", "x" * 201, "at most 200 characters"),
        ("text", "", "Fill in Extra."),
        ("yesno", "", "Fill in Extra."),
    ],
)
def test_bad_values_are_refused_at_their_field(
    kind: str, typed: str, error: str, anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """REG-28: a required field must be filled in, and every value be of its kind."""
    extra = field("Extra", kind, is_required=True)
    answer = sign_in(anna).post("/customers/new/", data(**{extra.name: typed}))
    page = answer.content.decode()
    assert answer.status_code == 200 and error in page
    assert f'id="id_{extra.name}_error"' in page
    assert Customer.objects.count() == 1


def test_change_log_has_old_and_new(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """REG-15: one entry names the field; saving the same again logs nothing."""
    level = field("Level")
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/edit/"
    base = data(name=havsbris.name, number=havsbris.number, credit_limit="40000.00")
    client.post(url, {**base, level.name: "Gold", "version": "1"})
    client.post(url, {**base, level.name: "Silver", "version": "2"})
    client.post(url, {**base, level.name: "Silver", "version": "3"})
    texts = [line.text for line in timeline_of_customer(havsbris.pk)]
    assert "Customer: Level changed from Gold to Silver." in texts
    assert "Customer: Level changed from – to Gold." in texts
    entries = Entry.objects.filter(customer_id=havsbris.pk, changes__has_key="Level")
    assert [entry.changes["Level"] for entry in entries.order_by("id")] == [
        ["", "Gold"],
        ["Gold", "Silver"],
    ]
    assert {entry.actor_name for entry in entries} == {"Anna Test"}


def test_second_save_sees_the_others_value(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-35: custom fields are compared too, and nothing typed is lost."""
    level, client = field("Level"), sign_in(anna)
    url = f"/customers/{havsbris.pk}/edit/"
    base = data(name=havsbris.name, number=havsbris.number, credit_limit="40000.00")
    client.post(url, {**base, level.name: "Theirs", "version": "1"})
    answer = client.post(url, {**base, level.name: "Mine", "version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "Theirs" in page and 'value="Mine"' in page
    assert values(havsbris) == {level.key: "Theirs"}


def test_field_in_use_is_retired_never_deleted(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-28: it is hidden on new records, kept and shown on old ones, and can be restored."""
    level, client = field("Level"), sign_in(anna)
    Customer.objects.filter(pk=havsbris.pk).update(custom_values={level.key: "Gold"})
    assert customers_with(level) == 1
    with pytest.raises(FieldInUse):
        delete_custom_field(level)
    page = client.post(f"/customers/fields/{level.pk}/delete/").content.decode()
    assert "is filled in for 1 customers and cannot be deleted" in page
    client.post(f"/customers/fields/{level.pk}/retire/", follow=True)
    assert "Level" not in client.get("/customers/new/").content.decode()
    assert "Level" not in client.get(f"/customers/{bjorkvik.pk}/").content.decode()
    page = client.get(f"/customers/{havsbris.pk}/").content.decode()
    assert "Level" in page and "(retired)" in page and "Gold" in page
    base = data(name=havsbris.name, number=havsbris.number, credit_limit="40000.00", version="1")
    client.post(f"/customers/{havsbris.pk}/edit/", base)
    assert values(havsbris) == {level.key: "Gold"}
    field("Level")
    answer = client.post(f"/customers/fields/{level.pk}/restore/", follow=True)
    assert "There is a field named" in answer.content.decode()
    unused = field("Unused")
    client.post(f"/customers/fields/{unused.pk}/delete/")
    assert not CustomField.objects.filter(label="Unused").exists()


def test_kind_of_a_field_in_use_stays(nordlys: Any, havsbris: Customer) -> None:
    """REG-28: only text and choice can be exchanged; no label is used twice."""
    level = field("Level")
    level.kind = "number"
    save_custom_field(level)
    level.kind = "text"
    save_custom_field(level)
    Customer.objects.filter(pk=havsbris.pk).update(custom_values={level.key: "Gold"})
    level.kind = "choice"
    save_custom_field(level)
    level.kind = "date"
    with pytest.raises(KindInUse):
        save_custom_field(level)
    with pytest.raises(FieldLabelTaken):
        field("LEVEL")
    retire_custom_field(level, at=NOW)
    assert field("LEVEL").position > 0


def test_hidden_from_customer_users(anna: Membership, havsbris: Customer) -> None:
    """REG-28: the partner's people see it, the customer's own do not."""
    from customers.custom_values import shown_values

    open_field, secret = field("Open"), field("Secret", hidden_from_customers=True)
    havsbris.custom_values = {open_field.key: "a", secret.key: "b"}
    assert [each.label for each in shown_values(havsbris, anna)] == ["Open", "Secret"]
    anna.customer_id = havsbris.pk
    assert [each.label for each in shown_values(havsbris, anna)] == ["Open"]


def test_order_of_a_family_needs_the_field(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-28: the refusal has a link to the form; orders of other families pass."""
    centre = field("Cost centre", families=["flex"])
    draft = factories.make_draft(havsbris, by=anna, at=NOW)
    with pytest.raises(FieldsMissing) as refused:
        submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    assert str(refused.value) == (
        "An order of Flex needs Cost centre of Havsbris Konsult AB, 10042. Fill it in first."
    )
    client = sign_in(anna)
    review = f"/orders/{draft.pk}/review/"
    page = client.get(review).content.decode()
    form_token = page.split('name="form_token" value="')[1].split('"')[0]
    answer = client.post(review, {"form_token": form_token, "start_date": "2027-12-07"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "needs Cost centre of" in page
    assert f'href="/customers/{havsbris.pk}/edit/"' in page
    assert Order.objects.get(pk=draft.pk).is_draft
    factories.make_order(havsbris, by=anna, at=NOW, family="meeting")
    Customer.objects.filter(pk=havsbris.pk).update(custom_values={centre.key: "4711"})
    placed = submit_order(draft.pk, version=draft.version, by=anna, at=NOW)
    assert placed.state == Order.State.SUBMITTED


@pytest.mark.parametrize(
    ("pattern", "prefix", "good", "bad"),
    [
        ("any", "", ["12 A-4", "ÅÄÖ1"], []),
        ("digits", "", ["00012"], ["1234A", "12-34", "1234٣"]),
        ("alnum", "", ["A1234", "ÅÄ12"], ["A-123", "A 123"]),
        ("any", "K-", ["K-12 4"], ["12345", "k-1234", "K-K"]),
        ("digits", "K-", ["K-1234"], ["K-A123", "1234"]),
    ],
)
def test_pattern_of_customer_numbers(
    pattern: str, prefix: str, good: list[str], bad: list[str], nordlys: Any
) -> None:
    """REG-05: length and pattern are checked; K-K is too short, not of another pattern."""
    PartnerSettings.objects.filter(pk=partner_settings().pk).update(
        number_pattern=pattern, number_prefix=prefix, number_min=4
    )
    for number in good:
        assert not list(refusals({"number": number}, by=None))
    for number in bad:
        expected = NumberLength if len(number) < 4 else NumberPattern
        (refusal,) = refusals({"number": number}, by=None)
        assert type(refusal) is expected and refusal.field == "number"


def test_next_free_number_follows_the_settings(nordlys: Any, own: Customer) -> None:
    """REG-05: it is the beginning and one more than the highest, or else the first gap."""
    settings = partner_settings()
    assert suggest_number() == str(int(own.number) + 1)
    settings.number_prefix, settings.number_min, settings.number_max = "K-", 6, 6
    settings.save()
    assert suggest_number() == "K-1001"
    factories.make_customer("A AB", "K-0041", at=NOW)
    assert suggest_number() == "K-0042"
    factories.make_customer("B AB", "K-9999", at=NOW)
    assert suggest_number() == "K-1001"
    factories.make_customer("C AB", "K-1001", at=NOW)
    assert suggest_number() == "K-1002"


def test_settings_page_keeps_pattern_and_refuses_nonsense(
    anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """REG-05, REG-29: impossible settings are errors at their fields."""
    client = sign_in(anna)
    form = {
        "number_min": "4",
        "number_max": "8",
        "number_pattern": "digits",
        "number_prefix": "K-",
        "sales_credit_limit": "0",
        "version": "1",
    }
    client.post("/customers/settings/", form)
    assert partner_settings().number_prefix == "K-"
    page = client.post("/customers/new/", data(number="12345")).content.decode()
    assert "Customer number must begin with K-, followed by digits only." in page
    answer = client.post("/customers/settings/", {**form, "number_prefix": "TOO-LONG"})
    assert "It leaves no room for the rest of the number." in answer.content.decode()
    # Existing numbers stay valid until they are changed.
    url = f"/customers/{own.pk}/edit/"
    kept = data(name=own.name, number=own.number, credit_limit="0", version="1")
    assert client.post(url, kept).status_code == 302
