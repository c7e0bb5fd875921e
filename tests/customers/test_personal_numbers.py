"""Company and private customers (REG-31), and hidden personal numbers (D19)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from customers.models import Customer
from customers.numbers import clean_organisation_number, clean_personal_number, clean_vat_number
from customers.services import set_personal_number, show_personal_number
from orders.services.customer_changes import change_customer_type
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.history.models import Entry
from tests import factories
from tests.conftest import NOW, SignIn
from tests.customers.test_views import data

NUMBER = "811228-9874"

# Ids may hold any digits.
UUIDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def eva(nordlys: Any) -> Customer:
    """Make a private person with a personal number."""
    return factories.make_customer(
        "Eva Havström", "10113", at=NOW, type="residential", personal_number=NUMBER
    )


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("5560160680", "SE", "556016-0680"),
        ("16 556016-0680", "SE", "556016-0680"),
        ("SE556016068001", "SE", "SE556016068001"),
        ("556016-0681", "SE", None),
        ("12345", "SE", None),
        ("SE556016068101", "SE", None),
        ("DE136695976", "DE", "DE136695976"),
        ("DE136695978", "DE", None),
        ("HRB 12345 Hamburg", "DE", "HRB 12345 Hamburg"),
        ("GB980780684", "GB", "GB980780684"),
        ("980780684", "GB", "980780684"),
        ("980780685", "GB", None),
        ("01234567", "GB", "01234567"),
        ("SC123456", "GB", "SC123456"),
        ("12345", "GB", None),
        ("988077917", "NO", "988077917"),
        ("988077918", "NO", None),
        ("anything", "US", "anything"),
        ("", "SE", ""),
    ],
)
def test_organisation_numbers_by_country(typed: str, country: str, kept: str | None) -> None:
    """REG-31: a number is checked where the country has a rule we know."""
    if kept is None:
        with pytest.raises(RuleError, match="Is a digit wrong"):
            clean_organisation_number(typed, country)
    else:
        assert clean_organisation_number(typed, country) == kept


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("8112289874", "SE", "811228-9874"),
        ("19811228-9874", "SE", "19811228-9874"),
        ("701063-2391", "SE", "701063-2391"),
        ("811228-9875", "SE", None),
        ("811328-9874", "SE", None),
        ("٨١١٢٢٨9874", "SE", None),
        ("L01X00T47", "DE", "L01X00T47"),
        ("12", "DE", None),
        ("x" * 31, "GB", None),
        ("<script>", "GB", None),
        ("QQ 12 34 56 C", "GB", "QQ 12 34 56 C"),
        ("", "SE", ""),
    ],
)
def test_personal_numbers_by_country(typed: str, country: str, kept: str | None) -> None:
    """REG-31: SE by its rule, DE and GB within general bounds; no refusal repeats the number."""
    if kept is None:
        with pytest.raises(RuleError) as refusal:
            clean_personal_number(typed, country)
        assert typed not in str(refusal.value)
    else:
        assert clean_personal_number(typed, country) == kept


def test_a_private_customer_is_created_with_a_personal_number(
    anna: Membership, sign_in: SignIn
) -> None:
    """REG-31: the field of the chosen type counts, the other is ignored."""
    client = sign_in(anna)
    page = client.get("/customers/new/").content.decode()
    assert 'name="organisation_number"' in page and 'name="personal_number"' in page
    wrong = client.post("/customers/new/", data(type="residential", personal_number="811228-9875"))
    assert wrong.status_code == 200 and 'id="id_personal_number_error"' in wrong.content.decode()
    made = client.post(
        "/customers/new/",
        data(type="residential", personal_number=NUMBER, organisation_number="nonsense"),
    )
    assert made.status_code == 302
    customer = Customer.objects.get(number="20000")
    assert customer.has_personal_number and customer.organisation_number == ""
    company = client.post(
        "/customers/new/",
        data(name="B AB", number="20001", organisation_number="12345", personal_number=NUMBER),
    )
    assert 'id="id_organisation_number_error"' in company.content.decode()
    client.post(
        "/customers/new/",
        data(name="B AB", number="20001", organisation_number="5560160680", personal_number=NUMBER),
    )
    made_company = Customer.objects.get(number="20001")
    assert made_company.organisation_number == "556016-0680"
    assert not made_company.has_personal_number


def form_data(customer: Customer, **changes: str) -> dict[str, str]:
    """Return the customer's own form as it is posted."""
    return {
        "version": str(customer.version),
        "name": customer.name,
        "number": customer.number,
        "organisation_number": customer.organisation_number,
        "language": customer.language,
        "country": customer.country.code,
        "credit_limit": str(customer.credit_limit),
        "billing_email": customer.billing_email,
        **changes,
    }


def test_editing_keeps_replaces_and_removes(
    anna: Membership, eva: Customer, sign_in: SignIn
) -> None:
    """REG-31, D19: an empty field keeps it, the tick removes it; no page contains the number."""
    client = sign_in(anna)
    url = f"/customers/{eva.pk}/edit/"
    page = client.get(url).content.decode()
    assert "9874" not in page and 'name="organisation_number"' not in page
    client.post(url, form_data(eva))
    eva.refresh_from_db()
    assert show_personal_number(eva) == "9874"
    client.post(url, form_data(eva, personal_number="670919-9530"))
    eva.refresh_from_db()
    assert show_personal_number(eva) == "9530"
    client.post(url, form_data(eva, remove_personal_number="on"))
    eva.refresh_from_db()
    assert not eva.has_personal_number


def test_an_old_organisation_number_does_not_prevent_other_changes(
    anna: Membership, sign_in: SignIn
) -> None:
    """REG-31: a number from before the rule stays valid until it is edited."""
    old = factories.make_customer("Gammal AB", "10200", at=NOW, organisation_number="gammalt")
    client = sign_in(anna)
    url = f"/customers/{old.pk}/edit/"
    assert client.post(url, form_data(old, notes="x")).status_code == 302
    old.refresh_from_db()
    assert client.post(url, form_data(old, organisation_number="nytt")).status_code == 200


def test_the_number_is_encrypted_and_never_logged(eva: Customer) -> None:
    """D19: neither row nor log contain it, and another key cannot read it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c::text FROM customers_customer c WHERE id = %s "
            "UNION ALL SELECT e::text FROM history_entry e",
            [eva.pk],
        )
        rows = [UUIDS.sub("", row) for (row,) in cursor.fetchall()]
        assert not [row for row in rows if "9874" in row]
    verbs = list(Entry.objects.filter(customer_id=eva.pk).values_list("verb", flat=True))
    assert "personal_number_set" in verbs
    with (
        override_settings(SECRET_KEY="another", DATA_KEY="third"),
        pytest.raises(RuleError, match="Enter it again"),
    ):
        show_personal_number(eva)


def test_keys_may_change_while_the_old_one_is_known(eva: Customer, settings: Any) -> None:
    """D19: a DATA_KEY that is set later, or a new SECRET_KEY with the old as a fallback."""
    old = settings.SECRET_KEY
    with override_settings(DATA_KEY="a data key of its own"):
        assert show_personal_number(eva) == "9874"
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[old]):
        assert show_personal_number(eva) == "9874"


def test_showing_the_number_is_logged(
    anna: Membership, mikael: Membership, eva: Customer, sign_in: SignIn
) -> None:
    """D19: the page masks it; those who may change the customer see its end on request."""
    client = sign_in(anna)
    url = f"/customers/{eva.pk}/personal-number/"
    page = client.get(f"/customers/{eva.pk}/").content.decode()
    assert "••••••••" in page and "9874" not in page and url in page
    assert client.get(url).status_code == 405
    answer = client.post(url)
    assert "9874" in answer.content.decode() and "811228" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    shown = Entry.objects.get(customer_id=eva.pk, verb="personal_number_shown")
    assert shown.actor_name == "Anna Test"
    assert sign_in(mikael).post(url).status_code == 404


def test_people_who_may_only_see_get_no_number(
    jonas: Membership, eva: Customer, sign_in: SignIn
) -> None:
    """D19: the right to see the customer is not enough."""
    jonas.role.rights = ["view_customer"]
    jonas.role.save()
    client = sign_in(jonas)
    url = f"/customers/{eva.pk}/personal-number/"
    assert url not in client.get(f"/customers/{eva.pk}/").content.decode()
    assert client.post(url).status_code == 403
    assert not Entry.objects.filter(verb="personal_number_shown").exists()


def test_a_company_has_none(anna: Membership, eva: Customer, havsbris: Customer) -> None:
    """REG-31: it is refused for a company, and removed when a person becomes one."""
    with pytest.raises(RuleError):
        set_personal_number(havsbris, NUMBER)
    change_customer_type(eva, "normal", at=NOW)
    eva.refresh_from_db()
    assert not eva.has_personal_number


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("SE556016068001", "SE", "SE556016068001"),
        ("se 556016-0680 01", "SE", "SE556016068001"),
        ("556016068001", "SE", "SE556016068001"),
        ("556016068101", "SE", None),
        ("DE 136 695 976", "DE", "DE136695976"),
        ("DE136695976", "SE", None),
        ("094259216", "GR", "EL094259216"),
        ("FR 40 303265045", "MC", "FR40303265045"),
        ("NO 995525828 MVA", "NO", "NO995525828MVA"),
        ("CHE-107.787.577 MWST", "CH", "CHE107787577MWST"),
        ("GB980780684", "GB", "GB980780684"),
        ("12-34567", "US", "1234567"),
        ("???", "US", None),
        ("SE" + "1" * 200, "SE", None),
        ("", "SE", ""),
    ],
)
def test_vat_numbers_by_country(typed: str, country: str, kept: str | None) -> None:
    """VAT-02: kept with the letters of the customer's country."""
    if kept is None:
        with pytest.raises(RuleError) as refusal:
            clean_vat_number(typed, country)
        assert refusal.value.field == "vat_number"
    else:
        assert clean_vat_number(typed, country) == kept


def test_a_company_keeps_a_vat_number_and_a_person_has_none(anna: Any, sign_in: SignIn) -> None:
    """VAT-02: checked at its field; what was typed stays."""
    client = sign_in(anna)
    wrong = client.post("/customers/new/", data(vat_number="SE556016068101")).content.decode()
    assert 'id="id_vat_number_error"' in wrong
    assert "SE556016068101" in wrong
    client.post("/customers/new/", data(vat_number="556016-0680-01"))
    company = Customer.objects.get(number=data()["number"])
    assert company.vat_number == "SE556016068001"
    assert "SE556016068001" in client.get(f"/customers/{company.pk}/").content.decode()
    client.post(
        "/customers/new/",
        data(name="Eva Lind", number="20009", type="residential", vat_number="nonsense"),
    )
    person = Customer.objects.get(number="20009")
    assert person.vat_number == ""
    assert 'name="vat_number"' not in client.get(f"/customers/{person.pk}/edit/").content.decode()
