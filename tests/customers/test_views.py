"""The register's pages: fields with errors, the list, and actions that ask for confirmation."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer
from customers.services import assign
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from portal.outbox.models import OutboundEmail
from tests import factories
from tests.conftest import NOW, SignIn


def data(**changes: Any) -> dict[str, Any]:
    """Return a valid new customer, as a form posts it."""
    plan = RatePlan._default_manager.get(name="Standard")
    return {
        "type": "normal",
        "name": "Acme AB",
        "number": "20000",
        "language": "sv",
        "country": "SE",
        "rate_plan": plan.pk,
        "credit_limit": "1000.00",
        "billing_email": "acme@acme.example",
        **changes,
    }


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "", "Enter the customer&#x27;s name."),
        ("credit_limit", "", "Enter a credit limit."),
        ("credit_limit", "-1", "Ensure this value is greater than or equal to 0."),
        ("credit_limit", "much", "Write an amount like 25000 or 25000.50."),
        ("credit_limit", "25.000", "Write an amount like 25000 or 25000.50."),
        ("credit_limit", "9" * 30, "The amount is too large."),
        ("billing_email", "", "Enter a billing e-mail address."),
        ("billing_email", "faktura@havsbris", "Enter a valid e-mail address."),
        ("number", "12", "Customer number must be 4 to 10 characters."),
        ("domains", "foo bar", "&quot;foo bar&quot; is not a valid domain."),
        (
            "name",
            "Brückner IT GmbH",
            "This customer name is already in use. "
            "Add something that sets it apart, e.g. the town.",
        ),
    ],
)
def test_create_shows_errors_and_keeps_the_rest(
    field: str, value: str, error: str, anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """ONB-03, ACC-10, ACC-15, ACC-19, REG-05, ONB-08: 200, errors at the fields, nothing saved."""
    answer = sign_in(anna).post("/customers/new/", data(**{field: value}))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert error in page
    assert f'id="id_{field}_error"' in page
    if field != "number":
        assert 'value="20000"' in page
    assert Customer.objects.count() == 1


def faults(page: str) -> set[str]:
    """Return the fields that have an error."""
    return set(re.findall(r'id="id_(\w+)_error"', page))


def test_all_errors_of_a_customer_come_at_once(
    anna: Membership, jonas: Membership, own: Customer, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-07: refusals of the register are shown together with invalid values.

    They are also shown if no value is invalid.
    """
    wrong = data(
        name=own.name.upper(),
        number=havsbris.number,
        credit_limit="9000000",
        domains="nordlys.example",
    )
    client = sign_in(jonas)
    four = {"name", "number", "credit_limit", "domains"}
    page = client.post("/customers/new/", wrong).content.decode()
    assert faults(page) == four
    page = client.post("/customers/new/", {**wrong, "billing_email": ""}).content.decode()
    assert faults(page) == four | {"billing_email"}
    page = client.post("/customers/new/", {**wrong, "number": ""}).content.decode()
    assert faults(page) == four
    for plan in ("", "nonsense", "999999"):
        page = client.post("/customers/new/", {**wrong, "rate_plan": plan}).content.decode()
        assert faults(page) == four | {"rate_plan"}, plan
    assert Customer.objects.count() == 2


def kept(customer: Customer, **changes: str) -> dict[str, str]:
    """Return the customer's form as it was filled, without the billing e-mail address."""
    return (
        data(
            name=customer.name,
            number=customer.number,
            domains="havsbris.example",
            credit_limit=str(customer.credit_limit),
            version=str(customer.version),
            billing_email="",
        )
        | changes
    )


def test_all_errors_of_a_change_come_at_once(
    anna: Membership, jonas: Membership, own: Customer, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-07: the customer's own values are no errors, another customer's are."""
    address = f"/customers/{havsbris.pk}/edit/"
    theirs = kept(havsbris, name=own.name, number=own.number, domains="gmail.com")
    for person, form, expected in (
        (anna, kept(havsbris), set()),
        (anna, theirs, {"name", "number", "domains"}),
        # Without the right to change settings the number is read only (REG-04).
        (jonas, theirs, {"name", "domains"}),
        # A limit that an administrator gave above that of sales is read only too (ORD-65).
        (jonas, kept(havsbris, credit_limit="9000000"), set()),
    ):
        page = sign_in(person).post(address, form).content.decode()
        assert faults(page) == {"billing_email"} | expected


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ("K-7", "K-7", False),
        ("K-7", "k-7", True),
        ("K-7", "k-7000", False),
        # Only this customer has it, so it is free for it.
        ("K-7000", "k-7000", False),
    ],
)
def test_a_number_from_before_the_settings_is_no_error_until_it_changes(
    before: str, after: str, refused: bool, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-05, USE-07: also beside another error."""
    havsbris.number, havsbris.number_key = before, before.lower()
    havsbris.save(update_fields=["number", "number_key"])
    form = kept(havsbris, number=after)
    page = sign_in(anna).post(f"/customers/{havsbris.pk}/edit/", form).content.decode()
    assert faults(page) == {"billing_email", *(["number"] if refused else [])}


@pytest.mark.usefixtures("stopped_clock")
def test_refused_names_are_counted_whatever_else_is_wrong(
    anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """INP-13: after twenty an hour there is 429, also with other errors."""
    client = sign_in(anna)
    wrong = data(name="Brückner IT GmbH", billing_email="")
    answers = [client.post("/customers/new/", wrong).status_code for _each in range(21)]
    assert answers == [200] * 20 + [429]


def test_create_leads_to_the_page_with_the_switch(anna: Membership, sign_in: SignIn) -> None:
    """ACC-05 (default Normal), ACC-20 (no domain check), ACC-22."""
    client = sign_in(anna)
    page = client.get("/customers/new/").content.decode()
    (chosen,) = re.findall(r'<input type="radio" name="type" value="(\w+)"[^>]*checked', page)
    assert chosen == "normal"
    answer = client.post("/customers/new/", data())
    acme = Customer.objects.get(name="Acme AB")
    assert answer["Location"] == f"/customers/{acme.pk}/"
    assert "Switch to this customer" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("language", ["en", "de", "sv"])
@pytest.mark.parametrize("text", ["25 000", "25\u00a0000,50", "25\u202f000.50", "25000.5"])
def test_amounts_are_read_as_people_write_them(
    text: str, language: str, anna: Membership, sign_in: SignIn
) -> None:
    """ACC-15: blanks between thousands, and comma or point before cents, in every language."""
    anna.user.language = language
    anna.user.save(update_fields=["language"])
    answer = sign_in(anna).post("/customers/new/", data(credit_limit=text))
    assert answer.status_code == 302
    made = Customer.objects.get(number="20000")
    assert made.credit_limit == Decimal("25000.50" if "5" in text[-3:] else "25000")


def test_contacts_and_sites_are_listed_by_ten(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-14: the first ten are shown, and all on request."""
    for place in range(12):
        mail = f"person-{place}@havsbris.example"
        factories.make_contact(havsbris, at=NOW, last_name=f"Person {place:02}", email=mail)
        factories.make_site(havsbris, f"Site {place:02}")

    def shown(page: str) -> tuple[int, int]:
        return page.count("mailto:person-"), page.count('aria-label="Edit Site')

    client = sign_in(anna)
    page = client.get(f"/customers/{havsbris.pk}/").content.decode()
    assert page.count("Show all (12)") == 2
    assert shown(page) == (10, 10)
    assert shown(client.get(f"/customers/{havsbris.pk}/?all=contacts").content.decode()) == (12, 10)
    assert shown(client.get(f"/customers/{havsbris.pk}/?all=sites").content.decode()) == (10, 12)


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("/customers/", "/customers/"),
        ("/customers/import/", "/customers/"),
        ("/customers/settings/", "/customers/settings/"),
        ("/customers/settings/log/", "/customers/settings/"),
        ("/customers/fields/new/", "/customers/settings/"),
        ("/customers/away/", ""),
    ],
)
def test_menu_marks_one_place(address: str, where: str, anna: Membership, sign_in: SignIn) -> None:
    """ORD-12: settings and custom fields are marked under Settings, not under Customers too."""
    page = sign_in(anna).get(address).content.decode()
    menu = page[page.index('id="menu"') : page.index("</nav>")]
    marked = re.findall(r'<a href="([^"]+)" aria-current="page"', menu)
    assert marked == ([where] if where else [])


def test_own_company_is_listed_with_its_badge(
    anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """ORD-09, ORD-12, ACC-04."""
    page = sign_in(anna).get("/customers/").content.decode()
    assert own.name in page and "Own company" in page
    assert 'href="/customers/"' in page


@pytest.mark.parametrize(
    "text", ["annika", "sandell", "annika.sandell@havsbris", "10042", "konsult"]
)
def test_list_finds_by_name_number_contact_and_mail(
    text: str, anna: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-08."""
    factories.make_contact(havsbris, at=NOW)
    page = sign_in(anna).get(f"/customers/?q={text}").content.decode()
    assert "Havsbris Konsult AB" in page and "Björkvik Bygg AB" not in page


def test_list_sorts_the_full_set_as_the_language_does(anna: Membership, sign_in: SignIn) -> None:
    """REG-13, REG-14."""
    for number, name in enumerate(["Örn AB", "Zeta AB", "Alfa AB", "Åsa AB", "Ängel AB"]):
        factories.make_customer(name, f"3000{number}", at=NOW)
    from portal.core.sorting import sort_key

    order = sorted(
        ["Örn AB", "Zeta AB", "Alfa AB", "Åsa AB", "Ängel AB"],
        key=lambda name: sort_key(name, "sv"),
    )
    assert order == ["Alfa AB", "Zeta AB", "Åsa AB", "Ängel AB", "Örn AB"]
    page = sign_in(anna).get("/customers/?sort=-number").content.decode()
    assert page.index("Ängel AB") < page.index("Örn AB")


def test_list_pages_after_fifty(anna: Membership, sign_in: SignIn) -> None:
    """The second page has the rest."""
    for number in range(51):
        factories.make_customer(f"Kund {number:03}", f"4{number:04}", at=NOW)
    client = sign_in(anna)
    first = client.get("/customers/").content.decode()
    assert "Kund 000" in first and "Kund 050" not in first
    assert "1 to 50 of 52" in first
    assert "51 to 52 of 52" in client.get("/customers/?page=2").content.decode()
    for nonsense in ("0", "-1", "abc", "99999"):
        assert client.get(f"/customers/?page={nonsense}").status_code == 200


def test_technician_sees_assigned_customers_only(
    mikael: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-25: in the list, and by a direct address."""
    assign(havsbris, mikael, at=NOW)
    client = sign_in(mikael)
    page = client.get("/customers/").content.decode()
    assert "Havsbris" in page and "Björkvik" not in page
    assert client.get(f"/customers/{havsbris.pk}/").status_code == 200
    assert client.get(f"/customers/{bjorkvik.pk}/").status_code == 404
    assert client.get("/customers/new/").status_code == 403


def test_crafted_number_of_sales_is_ignored_with_a_message(
    jonas: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-04: the number stays."""
    client = sign_in(jonas)
    url = f"/customers/{havsbris.pk}/edit/"
    assert "Only an administrator can change the customer number." in (
        client.get(url).content.decode()
    )
    posted = data(name=havsbris.name, number="99999", version="1", credit_limit="40000.00")
    answer = client.post(url, posted, follow=True)
    havsbris.refresh_from_db()
    assert havsbris.number == "10042"
    assert "Only an administrator can change the customer number." in answer.content.decode()


def test_second_editor_sees_mine_and_theirs(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-35: 409 with both values; the next save replaces."""
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/edit/"
    mine = data(name=havsbris.name, number="10042", city="Falun", version="1")
    client.post(url, data(name=havsbris.name, number="10042", city="Umeå", version="1"))
    answer = client.post(url, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert '<td data-label="Yours">Falun</td>' in page
    assert '<td data-label="Theirs">Umeå</td>' in page
    assert 'value="Falun"' in page
    assert client.post(url, {**mine, "version": "2"}).status_code == 302
    havsbris.refresh_from_db()
    assert havsbris.city == "Falun"


@pytest.mark.parametrize("word", ["deactivate", "delete"])
def test_word_has_to_be_typed(
    word: str, anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ONB-26."""
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/{word}/"
    assert client.post(url, {"word": "yes"}).status_code == 200
    havsbris.refresh_from_db()
    assert havsbris.is_active
    assert client.post(url, {"word": word}).status_code == 302
    left = Customer.objects.filter(pk=havsbris.pk, is_active=True)
    assert not left.exists()


def test_dashboard_offers_the_missing_own_company(
    anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """ORD-11."""
    client = sign_in(anna)
    words = "Create our own-company customer"
    assert words not in client.get("/").content.decode()
    own_id = own.pk
    own.delete()
    from portal.channel.models import DirectoryEntry

    DirectoryEntry.objects.across_partners().filter(customer_id=own_id).delete()
    assert words in client.get("/").content.decode()
    client.post("/own-company/")
    assert Customer.objects.filter(is_own_company=True).count() == 1
    answer = client.post("/own-company/", follow=True)
    assert "Your own-company customer already exists." in answer.content.decode()


def test_asking_about_a_name_mails_channel_sales(anna: Membership, sign_in: SignIn) -> None:
    """D3: the person can ask channel sales to look at it."""
    client = sign_in(anna)
    client.post("/customers/ask-name/", {"name": "Acme", "message": "We know them."})
    (mail,) = OutboundEmail.objects.across_partners().filter(
        template="customers/email/ask_about_name"
    )
    assert mail.to_address == "channel-sales@kontor.example"
    assert mail.reply_to == "anna@nordlys.example"
    for body in (mail.text, mail.html):
        assert "Acme" in body and "We know them." in body and "Nordlys Telekom AB" in body


@pytest.mark.usefixtures("stopped_clock")
def test_name_refusals_are_limited(anna: Membership, own: Customer, sign_in: SignIn) -> None:
    """INP-13: 20 an hour, since each tells that a name exists somewhere."""
    client = sign_in(anna)
    taken = data(name="Brückner IT GmbH")
    codes = [client.post("/customers/new/", taken).status_code for _i in range(21)]
    assert codes == [200] * 20 + [429]


def test_settings_are_for_administrators(
    jonas: Membership, anna: Membership, sign_in: SignIn
) -> None:
    """REG-29; REG-05: min above max is refused."""
    assert sign_in(jonas).get("/customers/settings/").status_code == 403
    client = sign_in(anna)
    posted = {"number_min": "8", "number_max": "4", "sales_credit_limit": "0"}
    answer = client.post("/customers/settings/", posted)
    assert "The longest cannot be shorter than the shortest." in answer.content.decode()


def test_master_plan_is_suggested_without_builtin_billing(
    anna: Membership, sign_in: SignIn
) -> None:
    """ACC-13: a help text; the default stays the first in the list."""
    from customers.services import partner_settings

    settings = partner_settings()
    settings.uses_builtin_billing = False
    settings.save()
    page = sign_in(anna).get("/customers/new/").content.decode()
    assert "the master rate plan fits that" in page
    plan = RatePlan._default_manager.get(name="Standard")
    assert f'<option value="{plan.pk}" selected>' in page


def test_plan_is_changed_after_its_preview(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ACC-14."""
    client = sign_in(anna)
    url = f"/customers/{havsbris.pk}/plan/"
    plan = RatePlan._default_manager.get(name="Business 25")
    page = client.get(url).content.decode()
    assert "Changing the rate plan changes current charges immediately." in page
    page = client.post(url, {"rate_plan": plan.pk}).content.decode()
    assert "From Standard to Business 25" in page
    havsbris.refresh_from_db()
    assert havsbris.rate_plan.name == "Standard"
    client.post(url, {"rate_plan": plan.pk, "confirmed": plan.pk})
    havsbris.refresh_from_db()
    assert havsbris.rate_plan.name == "Business 25"


@pytest.mark.parametrize(
    "name", ["Ö" * 200, "🦊 Räv & Co", "<script>alert(1)</script>", "Робот ООО"]
)
def test_names_of_all_kinds_are_kept_and_escaped(
    name: str, anna: Membership, sign_in: SignIn
) -> None:
    """INP-01, ANS-04: stored as typed, shown escaped."""
    client = sign_in(anna)
    answer = client.post("/customers/new/", data(name=name))
    assert answer.status_code == 302
    assert Customer.objects.filter(name=name).exists()
    page = client.get(answer["Location"]).content.decode()
    assert "<script>alert" not in page


def test_name_of_three_hundred_characters_is_an_error_at_the_field(
    anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """A name beyond the limit is not saved."""
    answer = sign_in(anna).post("/customers/new/", data(name="x" * 300))
    assert answer.status_code == 200
    assert 'id="id_name_error"' in answer.content.decode()


@pytest.mark.parametrize("value", ["\x00", "a\x00b"])
def test_null_bytes_are_an_error_not_a_500(
    value: str, anna: Membership, own: Customer, sign_in: SignIn
) -> None:
    """INP-01, ANS-04: a form shows its page again, a search returns 200 or 400."""
    client = sign_in(anna)
    assert client.post("/customers/new/", data(name=value)).status_code == 200
    for url in ("/customers/?q=", "/search/?q=abc", "/orders/?q=", "/search/suggest/?q=abc"):
        assert client.get(url + "%00").status_code in (200, 400)
