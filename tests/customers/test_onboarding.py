"""Onboarding: its steps, what is kept, cancelled, and written into the register."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.models import Contact, Customer, Onboarding, SupportContact, System
from customers.onboarding.services import begin_onboarding
from customers.services import choose_columns, deactivate_customer
from customers.services.contact_data import erase_contact, held_about
from dev.demo.platforms import load_platforms
from portal.accounts.models import Membership
from portal.catalog.models import Platform, PlatformStep, StepField
from portal.channel.models import DirectoryEntry
from portal.files.models import Attachment
from portal.outbox.models import Document, OutboundEmail
from portal.tenancy.models import Partner
from support.models import ProblemReport
from tests.conftest import SignIn
from tests.customers import onboarding_steps as steps

PDF = b"%PDF-1.7\nconsent"


@pytest.fixture(autouse=True)
def _platforms(nordlys: Partner) -> None:
    load_platforms()


def _errors(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("platform", "have", "lack"),
    [
        ("mivo400", ["customer", "gateway", "pbx", "connect"], "sync"),
        ("smbc", ["customer", "gateway", "sync"], "pbx"),
    ],
)
def test_steps_are_those_of_the_platform(
    platform: str,
    have: list[str],
    lack: str,
    havsbris: Customer,
    anna: Membership,
    sign_in: SignIn,
) -> None:
    """ONB-01, ONB-02: a step that the platform lacks does not exist."""
    onboarding = steps.begin(platform, havsbris, anna)
    assert onboarding.step_codes == have
    client = sign_in(anna)
    for step in have:
        assert client.get(f"/onboarding/{onboarding.pk}/{step}/").status_code == 200
    for step in (lack, "bogus"):
        assert client.get(f"/onboarding/{onboarding.pk}/{step}/").status_code == 404
    assert client.post(f"/onboarding/{onboarding.pk}/{lack}/").status_code == 404


def test_platform_added_by_channel_sales_needs_no_code(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-01, and an onboarding keeps the steps it was begun with."""
    platform = Platform._default_manager.create(code="nova", name="Nova", is_offered=True)
    radio = PlatformStep._default_manager.create(platform=platform, code="radio", title="Radio")
    StepField._default_manager.create(step=radio, code="cells", label="Cells", kind="number")
    client = sign_in(anna)
    answer = client.post(f"/onboarding/new/?customer={havsbris.pk}", {"platform": "nova"})
    onboarding = Onboarding.objects.get()
    assert answer["Location"] == f"/onboarding/{onboarding.pk}/customer/"
    assert steps.post(client, onboarding, "customer", steps.customer_fields()).status_code == 302
    radio.delete()
    page = client.get(f"/onboarding/{onboarding.pk}/radio/").content.decode()
    assert "Cells" in page
    assert steps.post(client, onboarding, "radio", {"cells": "4"}).status_code == 302
    assert steps.complete(client, onboarding).status_code == 302
    assert System.objects.get().facts[0]["value"] == "4"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"street": ""}, "Enter the street."),
        ({"postal_code": ""}, "Enter the postal code."),
        ({"city": ""}, "Enter the town."),
        ({"country": ""}, "Choose a country."),
        ({"country": "US", "postal_code": "94043"}, "Enter the region."),
        ({"postal_code": "8032"}, "No postal code of Sweden"),
        ({"domains": "foo bar"}, "is not a valid domain"),
    ],
)
def test_address_is_required_by_the_rules_of_its_country(
    fields: dict[str, Any], text: str, havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-04, ONB-08: each part has its own error, and what was typed stays."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    answer = steps.post(sign_in(anna), onboarding, "customer", steps.customer_fields(**fields))
    assert answer.status_code == 200
    assert text in _errors(answer)
    assert "Karin Lind" in _errors(answer)
    onboarding.refresh_from_db()
    assert onboarding.answers == {}


def test_nobody_is_connected_without_somebody_to_call(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-14: both errors at once, none at Save and back."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    one = (("Karin Lind", "karin@havsbris.example", "other"),)
    page = _errors(steps.post(client, onboarding, "customer", steps.customer_fields(support=one)))
    assert "Add at least one Maintainer." in page
    assert "Add at least one On-site administrator." in page
    kept = steps.post(
        client, onboarding, "customer", steps.customer_fields(support=one), act="save"
    )
    assert kept["Location"] == "/"
    onboarding.refresh_from_db()
    assert onboarding.done == []
    assert [row["name"] for row in onboarding.answers["customer"]["support"]] == ["Karin Lind"]


def test_admins_and_support_contacts_become_contacts_once(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-09, ONB-12, ONB-16: one person with three roles is one contact, with one e-mail."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    karin = "karin@havsbris.example"
    both = (
        ("Karin Lind", karin, "maintainer"),
        ("Karin Lind", karin.upper(), "on_site"),
    )
    client = sign_in(anna)
    steps.all_steps(client, onboarding, support=both, admins=(("Karin Lind", karin),))
    assert Contact.objects.filter(customer=havsbris, email__iexact=karin).count() == 0
    assert steps.complete(client, onboarding).status_code == 302
    contact = Contact.objects.get(customer=havsbris, email__iexact=karin)
    assert contact.full_name == "Karin Lind"
    assert contact.support == ["Maintainer", "On-site administrator"]
    mails = OutboundEmail.objects.across_partners().filter(to_address__iexact=karin)
    assert sorted(mails.values_list("template", flat=True)) == [
        "accounts/email/invitation",
        "customers/email/named",
    ]
    place = Membership.objects.users_of(anna.partner, havsbris.pk).get()
    assert (place.role.preset, place.invited_as) == ("CA", "Karin Lind")


def test_named_contact_is_told_by_whom_and_how_to_object(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-14: three texts of one e-mail; the answer goes to who named the person."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.all_steps(client, onboarding)
    steps.complete(client, onboarding)
    mail = OutboundEmail.objects.across_partners().get(
        template="customers/email/named", to_address="karin@havsbris.example"
    )
    assert mail.subject == "You are a support contact of Havsbris Konsult AB"
    for body in (mail.text, mail.html):
        words = " ".join(body.split())
        assert "Anna Test of Nordlys Telekom AB named you" in words
        assert "Your role: Maintainer." in words
        assert "Is that not you" in words
    assert mail.reply_to == "anna@nordlys.example"


def test_new_customer_exists_from_next_on_and_cancel_leaves_nothing(
    anna: Membership, sign_in: SignIn
) -> None:
    """ONB-20, ONB-21: the name is free again."""
    onboarding = steps.begin("smbc", None, anna)
    client = sign_in(anna)
    before = Customer.objects.count()
    assert steps.post(client, onboarding, "customer", steps.new_fields(name="")).status_code == 200
    assert "Enter the customer&#x27;s name." in _errors(
        steps.post(client, onboarding, "customer", steps.new_fields(name=""))
    )
    answer = steps.post(client, onboarding, "customer", steps.new_fields())
    assert answer["Location"] == f"/onboarding/{onboarding.pk}/gateway/"
    customer = Customer.objects.get(number="10042")
    assert customer.support_contacts.count() == 2
    assert DirectoryEntry.objects.across_partners().filter(customer_id=customer.pk).exists()
    steps.post(client, onboarding, "gateway", steps.GATEWAY)
    assert client.get(f"/onboarding/{onboarding.pk}/cancel/").status_code == 200
    answer = client.post(f"/onboarding/{onboarding.pk}/cancel/")
    assert answer["Location"] == "/"
    assert Customer.objects.count() == before
    assert not Onboarding.objects.exists()
    assert not DirectoryEntry.objects.across_partners().filter(customer_id=customer.pk).exists()


def test_cancel_of_a_known_customer_changes_nothing(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-21: contacts, sites, address, files, domains as before."""

    def state() -> list[Any]:
        customer = Customer.objects.get(pk=havsbris.pk)
        rows = [
            *Contact.objects.order_by("pk").values_list(),
            *SupportContact.objects.order_by("pk").values_list(),
            *customer.domains.order_by("pk").values_list(),
            *customer.sites.order_by("pk").values_list(),
            *Attachment.objects.order_by("pk").values_list("pk"),
        ]
        return [customer.street, customer.version, customer.onboarded_at, *rows]

    before = state()
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.all_steps(client, onboarding)
    upload = SimpleUploadedFile("consent.pdf", PDF, content_type="application/pdf")
    connect: dict[str, Any] = {**steps.CONNECT, "certificate": upload}
    steps.post(client, onboarding, "connect", connect)
    assert Attachment.objects.filter(customer=havsbris).exists()
    client.post(f"/onboarding/{onboarding.pk}/cancel/")
    assert state() == before
    assert not Onboarding.objects.exists()


def test_new_customer_with_an_order_is_not_cancelled_away(
    anna: Membership, sign_in: SignIn
) -> None:
    """ONB-21: what was ordered meanwhile stays, and the page says why."""
    from orders.services.drafts import start_draft

    onboarding = steps.begin("smbc", None, anna)
    client = sign_in(anna)
    steps.post(client, onboarding, "customer", steps.new_fields())
    customer = Customer.objects.get(number="10042")
    start_draft(customer=customer, family="flex", by=anna, at=timezone.now())
    answer = client.post(f"/onboarding/{onboarding.pk}/cancel/")
    assert "cannot be deleted" in _errors(answer)
    assert Onboarding.objects.filter(customer=customer).exists()


def test_save_and_back_keeps_an_incomplete_step_and_resumes_there(
    anna: Membership, sign_in: SignIn
) -> None:
    """ONB-22, ONB-24: nothing is asked for; the link leads to the same step with what was typed."""
    onboarding = steps.begin("smbc", None, anna)
    client = sign_in(anna)
    fields = steps.new_fields(number="", credit_limit="", billing_email="", street="")
    assert steps.post(client, onboarding, "customer", fields, act="save")["Location"] == "/"
    assert not Customer.objects.filter(name="Havsbris Redovisning AB").exists()
    resumed = client.get(f"/onboarding/{onboarding.pk}/")
    assert resumed["Location"] == f"/onboarding/{onboarding.pk}/customer/"
    page = client.get(resumed["Location"]).content.decode()
    for text in ("Havsbris Redovisning AB", "Karin Lind", "Gävle"):
        assert text in page
    listed = client.get("/onboarding/").content.decode()
    assert "Havsbris Redovisning AB" in listed
    assert "Not in the register yet" in listed


def test_wrong_values_are_refused_at_save_and_back_too(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-22: what is missing may be, what is wrong may not."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    bad = steps.customer_fields(support=(("Karin", "no address", "maintainer"),))
    answer = steps.post(client, onboarding, "customer", bad, act="save")
    assert "Enter a valid e-mail address." in _errors(answer)
    steps.post(client, onboarding, "customer", steps.customer_fields())
    answer = steps.post(client, onboarding, "gateway", {"mac": "00:11"}, act="save")
    assert "Enter a MAC address like" in _errors(answer)


def test_customers_own_people_may_not_save(
    havsbris: Customer, karin: Membership, ulla: Membership, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-22: 403 for the customer's own, 404 for another customer's."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    fields = steps.customer_fields()
    answer = steps.post(sign_in(karin), onboarding, "customer", fields, act="save")
    assert answer.status_code == 403
    answer = steps.post(sign_in(ulla), onboarding, "customer", fields, act="save")
    assert answer.status_code == 404
    onboarding.refresh_from_db()
    assert onboarding.answers == {}


def test_done_step_makes_later_ones_pending_only_if_their_input_changed(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """SM-ONBOARDING."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.all_steps(client, onboarding)
    onboarding.refresh_from_db()
    assert onboarding.steps_left == []
    other = (*steps.BOTH, ("Bo Ek", "bo@havsbris.example", "other"))
    steps.post(client, onboarding, "customer", steps.customer_fields(support=other))
    steps.post(client, onboarding, "gateway", steps.GATEWAY)
    onboarding.refresh_from_db()
    assert onboarding.steps_left == []
    steps.post(client, onboarding, "gateway", {**steps.GATEWAY, "name": "GW-2"})
    onboarding.refresh_from_db()
    assert onboarding.steps_left == ["pbx", "connect"]
    assert onboarding.answers["pbx"]["version"] == "7.2"
    answer = steps.complete(client, onboarding)
    assert answer["Location"] == f"/onboarding/{onboarding.pk}/pbx/"


def test_two_people_see_mine_and_theirs(
    havsbris: Customer, anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """REG-35 in an onboarding: the second save shows both, and loses nothing."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.post(client, onboarding, "customer", steps.customer_fields())
    version = str(Onboarding.objects.get().version)
    steps.post(sign_in(jonas), onboarding, "gateway", {**steps.GATEWAY, "name": "Theirs"})
    address = f"/onboarding/{onboarding.pk}/gateway/"
    mine = {f"f-{name}": value for name, value in {**steps.GATEWAY, "name": "Mine"}.items()}
    mine |= {"act": "next", "version": version}
    answer = client.post(address, mine)
    assert answer.status_code == 409
    page = _errors(answer)
    assert "Jonas Test changed this" in page
    for text in ("Mine", "Theirs"):
        assert text in page
    again = client.post(address, {**mine, "version": str(Onboarding.objects.get().version)})
    assert again.status_code == 302
    onboarding.refresh_from_db()
    assert onboarding.answers["gateway"]["name"] == "Mine"


def test_register_that_changed_meanwhile_is_looked_at_again(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """REG-35: completing never overwrites what somebody changed in the register since."""
    from customers.services import change_customer

    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.all_steps(client, onboarding)
    havsbris.refresh_from_db()
    change_customer(
        havsbris, at=timezone.now(), by=anna, version=havsbris.version, street="Nygatan 1"
    )
    answer = steps.complete(client, onboarding)
    assert "The register changed since" in _errors(answer)
    assert Customer.objects.get(pk=havsbris.pk).street == "Nygatan 1"
    again = steps.customer_fields(street="Storgatan 5")
    old = {**again, "customer_version": "1"}
    page = steps.post(client, onboarding, "customer", old)
    assert page.status_code == 409
    for text in ("What differs", "Nygatan 1", "Storgatan 5", 'name="customer_version" value="2"'):
        assert text in _errors(page)
    again = steps.customer_fields(street="Nygatan 1")
    answer = steps.post(client, onboarding, "customer", again)
    assert answer.status_code == 302, _errors(answer)
    answer = steps.complete(client, onboarding)
    assert answer.status_code == 302, _errors(answer)


def test_completion_puts_the_system_into_operation(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-24: facts without secrets on the page, the register written, the sheet made."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.all_steps(client, onboarding)
    page = client.get(f"/onboarding/{onboarding.pk}/summary/").content.decode()
    assert "00:08:5D:4A:11:02" in page
    assert "Br1ght-Key" not in page
    assert steps.complete(client, onboarding)["Location"] == f"/customers/{havsbris.pk}/"
    customer = Customer.objects.get(pk=havsbris.pk)
    assert customer.onboarded_at is not None
    assert customer.street == "Storgatan 5"
    system = System.objects.get()
    assert str(system) == "MiVoice Office 400, GW-1"
    assert ("PBX", "Software version", "7.2") in system.shown_facts
    page = client.get(f"/customers/{havsbris.pk}/").content.decode()
    assert "MiVoice Office 400, GW-1" in page
    for row in (Onboarding.objects.values().get(), System.objects.values().get(), page):
        assert "Br1ght-Key" not in str(row)
    document = Document.objects.across_partners().get(kind="customers.handover")
    assert document.file_name == "Handover 10042.pdf"
    again = client.get(f"/onboarding/{onboarding.pk}/gateway/")
    assert again["Location"] == f"/customers/{havsbris.pk}/"


def test_one_onboarding_of_a_customer_at_a_time(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """SM-ONBOARDING: beginning another one leads to the one in progress."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    answer = client.get(f"/onboarding/new/?customer={havsbris.pk}")
    assert answer["Location"] == f"/onboarding/{onboarding.pk}/customer/"


def test_rows_and_pasted_address_work_without_scripts(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-04, ONB-15: nothing typed is lost, nothing is saved."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    page = _errors(
        steps.post(client, onboarding, "customer", steps.customer_fields(), act="more-support")
    )
    assert 'name="support-3-email"' in page
    assert "Karin Lind" in page
    fields = {**steps.customer_fields(), "pasted": "10 High Street\nYork\nYO1 7HP\nUnited Kingdom"}
    page = _errors(steps.post(client, onboarding, "customer", fields, act="paste"))
    for text in ("10 High Street", "YO1 7HP", "York"):
        assert f'value="{text}"' in page
    onboarding.refresh_from_db()
    assert onboarding.answers == {}


def test_site_of_the_system_never_is_the_postal_address_by_accident(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-05."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.post(client, onboarding, "customer", steps.customer_fields())
    answer = steps.post(client, onboarding, "gateway", {**steps.GATEWAY, "site": "new"})
    assert "Enter the site&#x27;s name." in _errors(answer)
    site = {"site": "new", "site_name": "Warehouse", "site_city": "Valbo", "site_country": "SE"}
    steps.post(client, onboarding, "gateway", {**steps.GATEWAY, **site})
    steps.post(client, onboarding, "pbx", steps.PBX)
    steps.post(client, onboarding, "connect", steps.CONNECT)
    assert not havsbris.sites.exists()
    steps.complete(client, onboarding)
    assert [row.city for row in havsbris.sites.all()] == ["Valbo"]
    system = System.objects.select_related("site").get()
    assert system.site is not None
    assert system.site.name == "Warehouse"


def test_list_of_customers_has_the_state_as_column_and_filter(
    havsbris: Customer, bjorkvik: Customer, own: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-24: on the way, completed, not started."""
    steps.begin("mivo400", havsbris, anna)
    Customer.objects.filter(pk=bjorkvik.pk).update(onboarded_at=timezone.now())
    client = sign_in(anna)
    found = {
        state: client.get(f"/customers/?onboarding={state}").content.decode()
        for state in ("progress", "completed", "none")
    }
    states = {havsbris: "progress", bjorkvik: "completed", own: "none"}
    for customer, state in states.items():
        link = f'class="k-strong" href="/customers/{customer.pk}/"'
        assert [each for each, page in found.items() if link in page] == [state]
    choose_columns(anna, ["number", "onboarding"])
    export: Any = client.get("/customers/export/?onboarding=progress&format=csv")
    assert export.status_code == 200
    body = b"".join(export.streaming_content).decode("utf-8-sig")
    assert "0 of 4 steps" in body


def test_problem_report_points_to_the_system(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """ONB-24: from the customer's page, only to a system of this customer."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.all_steps(client, onboarding)
    steps.complete(client, onboarding)
    system = System.objects.get()
    address = f"/reports/new/{havsbris.pk}/?system={system.pk}"
    assert f'value="{system.pk}" selected' in client.get(address).content.decode()
    said = {"subject": "No calls", "description": "Since eight.", "severity": "2"}
    client.post(address, {**said, "system": str(system.pk)})
    report = ProblemReport.objects.get()
    assert report.system == system
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert "MiVoice Office 400, GW-1" in page


def test_erased_contact_is_in_no_onboarding(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """D19, REG-39: neither in one in progress nor in a completed one."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.all_steps(client, onboarding)
    contact = Contact.objects.create(
        customer=havsbris,
        first_name="Karin",
        last_name="Lind",
        email="Karin@havsbris.example",
        created_at=timezone.now(),
    )
    assert held_about(contact)["onboardings"] == ["MiVoice Office 400"]
    erase_contact(contact, at=timezone.now())
    onboarding.refresh_from_db()
    assert "Karin" not in str(onboarding.answers)
    assert onboarding.steps_left == ["customer"]
    steps.post(client, onboarding, "customer", steps.customer_fields())
    assert steps.complete(client, onboarding).status_code == 302
    onboarding.refresh_from_db()
    assert "havsbris.example" not in str(onboarding.answers["customer"])


def test_inactive_customer_is_not_connected(
    havsbris: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """SM-ONBOARDING: deactivated between the summary and its button."""
    onboarding = steps.begin("mivo400", havsbris, anna)
    client = sign_in(anna)
    steps.all_steps(client, onboarding)
    deactivate_customer(havsbris, at=timezone.now())
    assert "is inactive" in _errors(steps.complete(client, onboarding))
    assert not System.objects.exists()


def test_begun_and_left_at_once_does_not_stay_for_ever(anna: Membership) -> None:
    """ONB-21: nobody's list fills up with onboardings of nothing; one in another tab stays."""
    platform = Platform._default_manager.get(code="smbc")
    days = (0, 0.5, 2)
    for day in days:
        at = timezone.now() + timedelta(days=day)
        begin_onboarding(platform, customer=None, by=anna, at=at)
        assert Onboarding.objects.count() == {0: 1, 0.5: 2, 2: 1}[day]


@pytest.mark.parametrize("sort", ["customer", "platform", "changed"])
def test_list_of_onboardings_is_sorted_by_its_headings(
    sort: str, havsbris: Customer, bjorkvik: Customer, anna: Membership, sign_in: SignIn
) -> None:
    """REG-13, ONB-24: there and back."""
    steps.begin("smbc", havsbris, anna)
    steps.begin("mivo400", bjorkvik, anna)
    client = sign_in(anna)
    orders = []
    for order in (sort, f"-{sort}"):
        page = client.get(f"/onboarding/?sort={order}").content.decode()
        found = re.findall(r'class="k-strong" href="/onboarding/[^"]*">([^<,]*)', page)
        assert sorted(found) == [bjorkvik.name, havsbris.name]
        orders.append(found)
    assert orders[0] == orders[1][::-1]
