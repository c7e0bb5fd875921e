"""Creating and changing customers (ACC-01 to ACC-22), name claims across partners, numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from customers.domains import clean_domain
from customers.models import Contact, Customer, PartnerSettings
from customers.services import (
    NoRatePlan,
    NumberLength,
    NumberTaken,
    OwnCompanyExists,
    OwnCompanyStays,
    StaleCustomer,
    change_customer,
    create_customer,
    create_own_company,
    deactivate_customer,
    delete_contact,
    delete_customer,
    partner_settings,
    reactivate_customer,
    save_site,
    suggest_number,
)
from orders.services.customer_changes import change_customer_type, change_rate_plan, plan_preview
from orders.services.fulfilment import accept_order, complete_order, provision_order
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from portal.channel.models import DirectoryEntry, SubmittedOrder
from portal.channel.services import NameTaken
from portal.core.errors import RuleError
from portal.history.models import Entry
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW

TAKEN = "This customer name is already in use. Add something that sets it apart, e.g. the town."


def acme(name: str = "Acme Ltd", number: str = "20001") -> Customer:
    return factories.make_customer(name, number, at=NOW)


def test_partner_has_one_own_company_named_like_it(own: Customer, nordlys: Partner) -> None:
    """ORD-08: it is created with the partner; a constraint refuses a second one."""
    assert own.name == nordlys.name
    with pytest.raises(OwnCompanyExists) as refusal:
        create_own_company(at=NOW, by=None)
    assert str(refusal.value) == "Your own-company customer already exists."
    other = acme()
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=other.pk).update(is_own_company=True)


def test_missing_own_company_can_be_made(own: Customer, nordlys: Partner) -> None:
    """ORD-11: it gets the name that the partner claimed."""
    Customer.objects.filter(pk=own.pk).delete()
    DirectoryEntry.objects.for_partner(nordlys).filter(customer_id=own.pk).delete()
    made = create_own_company(at=NOW, by=None)
    assert (made.name, made.is_own_company) == (nordlys.name, True)


def test_history_names_who_made_the_own_company(
    own: Customer, nordlys: Partner, jonas: Membership
) -> None:
    """ORD-11, REG-15: also where no request says who acts; sales may make it."""
    Customer.objects.filter(pk=own.pk).delete()
    DirectoryEntry.objects.for_partner(nordlys).filter(customer_id=own.pk).delete()
    made = create_own_company(at=NOW, by=jonas)
    entries = Entry.objects.filter(customer_id=made.pk)
    assert {entry.actor_name for entry in entries} == {jonas.user.name}


def test_own_company_is_neither_deleted_nor_deactivated(own: Customer) -> None:
    """ORD-09."""
    for act in (lambda: delete_customer(own, at=NOW), lambda: deactivate_customer(own, at=NOW)):
        with pytest.raises(OwnCompanyStays) as refusal:
            act()
        assert str(refusal.value) == "The own-company customer cannot be deleted."
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=own.pk).update(is_active=False)


@pytest.mark.parametrize("same", ["Acme Ltd", "  ACME  ltd ", "acme\u00a0ltd", "Ａcme Ltd"])
def test_name_is_unique_across_partners(same: str, nordlys: Partner, brueckner: Partner) -> None:
    """ACC-09, ACC-10, ACC-11, D3: width, case and blanks make no difference."""
    acme()
    with in_partner(brueckner):
        with pytest.raises(NameTaken) as refusal:
            acme(same)
        assert Customer.objects.filter(number="20001").count() == 0
    assert str(refusal.value) == TAKEN
    assert refusal.value.field == "name"
    assert "Nordlys" not in str(refusal.value)


def test_name_of_a_partner_is_taken_for_customers_of_others(brueckner: Partner) -> None:
    """D3: a partner's own name is claimed with the partner."""
    with in_partner(brueckner), pytest.raises(NameTaken):
        acme("nordlys telekom ab")


def test_renaming_and_deleting_free_the_name_and_deactivating_does_not(
    nordlys: Partner, brueckner: Partner
) -> None:
    """ACC-11."""
    first = acme()
    change_customer(first, at=NOW, by=None, version=1, name="Acme Gävle")
    second = acme("Acme Ltd", "20002")
    delete_customer(second, at=NOW)
    third = acme("Acme Ltd", "20003")
    deactivate_customer(third, at=NOW)
    with in_partner(brueckner), pytest.raises(NameTaken):
        acme()


def test_new_customer_gets_the_first_plan(nordlys: Partner) -> None:
    """ACC-12: unless the partner has a default of its own (ACC-13)."""
    assert acme().rate_plan.name == "Standard"
    settings = partner_settings()
    settings.default_rate_plan = RatePlan._default_manager.get(name="Master")
    settings.save()
    assert acme("Other", "20002").rate_plan.name == "Master"


def test_without_any_plan_nothing_is_made(
    nordlys: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ACC-12: no customer is created."""
    monkeypatch.setattr(RatePlan, "first", classmethod(lambda cls: None))
    with pytest.raises(NoRatePlan) as refusal:
        acme()
    assert str(refusal.value) == "No rate plan is available. Ask Channel Sales."


def test_renamed_customer_is_renamed_in_the_list_of_channel_sales(
    havsbris: Customer, anna: Membership
) -> None:
    """The directory of channel sales follows the name."""
    factories.make_order(havsbris, by=anna, at=NOW)
    change_customer(havsbris, at=NOW, by=anna, version=1, name="Havsbris AB", number="10099")
    row = SubmittedOrder.objects.across_partners().get(customer_id=havsbris.pk)
    assert (row.customer_name, row.customer_number) == ("Havsbris AB", "10099")


def test_number_is_unique_within_the_partner_only(nordlys: Partner, brueckner: Partner) -> None:
    """REG-02."""
    acme()
    with pytest.raises(NumberTaken) as refusal:
        acme("Other", "20001")
    assert str(refusal.value) == "Customer number 20001 is already used by Acme Ltd."
    with in_partner(brueckner):
        assert acme("Drittes", "20001").number == "20001"


def test_number_length_is_a_setting_and_old_numbers_stay(nordlys: Partner) -> None:
    """REG-05."""
    customer = acme()
    with pytest.raises(NumberLength) as refusal:
        acme("Short", "12")
    assert str(refusal.value) == "Customer number must be 4 to 10 characters."
    PartnerSettings.objects.update(number_min=6)
    change_customer(customer, at=NOW, by=None, version=1, city="Falun")
    with pytest.raises(NumberLength):
        change_customer(customer, at=NOW, by=None, version=2, number="20009")


def test_number_is_changed_by_an_administrator_only(jonas: Membership, anna: Membership) -> None:
    """REG-04."""
    customer = acme()
    with pytest.raises(RuleError) as refusal:
        change_customer(customer, at=NOW, by=jonas, version=1, number="20009")
    assert str(refusal.value) == "Only an administrator can change the customer number."
    assert change_customer(customer, at=NOW, by=anna, version=1, number="20009").number == "20009"


def test_next_number_is_suggested(own: Customer) -> None:
    """The suggestion is one more than the highest number."""
    acme(number="20500")
    assert suggest_number() == "20501"


def test_sales_give_no_more_credit_than_the_setting(jonas: Membership) -> None:
    """D23: and only with the default rate plan."""
    partner_settings()
    PartnerSettings.objects.update(sales_credit_limit=Decimal(500))
    fields = {"name": "Acme", "number": "20001", "billing_email": "a@b.example"}
    with pytest.raises(RuleError) as refusal:
        create_customer(at=NOW, by=jonas, credit_limit=Decimal("500.01"), **fields)  # type: ignore[arg-type]
    assert refusal.value.field == "credit_limit"
    master = RatePlan._default_manager.get(name="Master")
    with pytest.raises(RuleError) as refusal:
        create_customer(at=NOW, by=jonas, credit_limit=Decimal(1), rate_plan=master, **fields)  # type: ignore[arg-type]
    assert refusal.value.field == "rate_plan"
    assert create_customer(at=NOW, by=jonas, credit_limit=Decimal(500), **fields).pk  # type: ignore[arg-type]


def test_second_save_of_two_editors_is_asked_about(nordlys: Partner) -> None:
    """REG-35: the version of the form decides."""
    customer = acme()
    change_customer(customer, at=NOW, by=None, version=1, city="Falun")
    with pytest.raises(StaleCustomer):
        change_customer(customer, at=NOW, by=None, version=1, city="Gävle")
    customer.refresh_from_db()
    assert customer.city == "Falun"


def test_changes_are_listed_field_by_field(anna: Membership) -> None:
    """REG-15: who, when, field, old and new."""
    from portal.core.actor import acting

    customer = acme()
    with acting(anna.user):
        change_customer(customer, at=NOW, by=anna, version=1, city="Falun")
    entry = Entry.objects.filter(customer_id=customer.pk).latest("id")
    assert entry.changes == {"city": ["Gävle", "Falun"]}
    assert (entry.actor_id, entry.actor_name) == (anna.user_id, "Anna Test")
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(actor_name="Nobody")
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).delete()


def test_reactivating_restores(nordlys: Partner) -> None:
    """REG-16."""
    customer = acme()
    deactivate_customer(customer, at=NOW)
    assert not Customer.objects.selectable().filter(pk=customer.pk).exists()
    reactivate_customer(customer, at=NOW)
    assert Customer.objects.selectable().filter(pk=customer.pk).exists()


def test_customer_with_orders_is_not_deleted(havsbris: Customer, anna: Membership) -> None:
    """The message says to deactivate the customer instead."""
    factories.make_order(havsbris, by=anna, at=NOW)
    with pytest.raises(RuleError, match="Deactivate it instead"):
        delete_customer(havsbris, at=NOW)
    assert DirectoryEntry.objects.across_partners().filter(customer_id=havsbris.pk).exists()


def seats(customer: Customer, by: Membership) -> None:
    """Make two Flex seats that run."""
    order = factories.make_order(customer, by=by, at=NOW)
    accept_order(order.pk, at=NOW)
    provision_order(order.pk, at=NOW)
    complete_order(order.pk, delivered_on=NOW.date(), vendor_reference="", deliveries={}, at=NOW)


def test_residential_is_refused_while_closed_products_run(
    havsbris: Customer, anna: Membership
) -> None:
    """ACC-08."""
    seats(havsbris, anna)
    with pytest.raises(RuleError) as refusal:
        change_customer_type(havsbris, "residential", at=NOW)
    assert str(refusal.value) == (
        "1 active products are not available to residential customers: Product FLX-PRO"
    )
    havsbris.refresh_from_db()
    assert havsbris.type == "normal"


def test_plan_change_affects_charges_now(havsbris: Customer, anna: Membership) -> None:
    """ACC-14: after a preview, monthly prices, credit and log change."""
    seats(havsbris, anna)
    havsbris.refresh_from_db()
    plan = RatePlan._default_manager.get(name="Business 25")
    (row,) = plan_preview(havsbris, plan, at=NOW)
    assert (row["old"], row["new"]) == (Decimal("129.00"), Decimal("116.10"))
    assert change_rate_plan(havsbris, plan, by=anna, at=NOW) == 1
    havsbris.refresh_from_db()
    assert havsbris.credit_committed == Decimal("232.20")
    assert Entry.objects.filter(verb="rate_plan_changed").count() == 1


def test_plan_change_needs_the_right(havsbris: Customer, jonas: Membership) -> None:
    """ACC-14: only an administrator has it."""
    plan = RatePlan._default_manager.get(name="Master")
    with pytest.raises(RuleError):
        change_rate_plan(havsbris, plan, by=jonas, at=NOW)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Havsbris.Example", "havsbris.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("@åre.example", "xn--re-xia.example"),
    ],
)
def test_domain_is_stored_in_lower_case_idna(typed: str, stored: str) -> None:
    """ONB-08."""
    assert clean_domain(typed) == stored


@pytest.mark.parametrize(
    "bad", ["foo bar", "localhost", "-a.example", "a..example", "1.2.3.4", "x" * 300]
)
def test_bad_domain_is_named(bad: str) -> None:
    """ONB-08."""
    with pytest.raises(RuleError) as refusal:
        clean_domain(bad)
    assert str(refusal.value) == f'"{bad[:100]}" is not a valid domain.'


def test_domain_belongs_to_one_customer_and_no_provider(nordlys: Partner) -> None:
    """D21."""
    with pytest.raises(RuleError, match="mail provider"):
        clean_domain("gmail.com")
    first = acme()
    change_customer(first, at=NOW, by=None, version=1, domains=["acme.example"])
    other = acme("Other", "20002")
    with pytest.raises(RuleError) as refusal:
        change_customer(other, at=NOW, by=None, version=1, domains=["acme.example"])
    assert refusal.value.field == "domains"


def test_primary_contact_is_one(havsbris: Customer) -> None:
    """A new primary contact replaces the former one."""
    first = factories.make_contact(havsbris, at=NOW, is_primary=True)
    second = factories.make_contact(
        havsbris, at=NOW, is_primary=True, first_name="Jonas", email="j@havsbris.example"
    )
    assert list(havsbris.contacts.filter(is_primary=True)) == [second]
    assert Contact.objects.filter(pk=first.pk).exists()


def test_contact_on_an_order_stays(havsbris: Customer, anna: Membership) -> None:
    """REG-49: a contact that an order refers to is not deleted."""
    contact = factories.make_contact(havsbris, at=NOW)
    order = factories.make_draft(havsbris, by=anna, at=NOW)
    order.contact = contact
    order.save()
    with pytest.raises(RuleError, match="Named in: orders"):
        delete_contact(contact)


def test_site_never_changes_the_postal_address(havsbris: Customer) -> None:
    """ONB-05."""
    site = factories.make_site(havsbris)
    site.street = "Elsewhere 9"
    save_site(havsbris, site)
    havsbris.refresh_from_db()
    assert havsbris.street == "Norra Kungsgatan 14"


def test_account_ids_are_unique(nordlys: Partner) -> None:
    """ONB-25: the own company has one too."""
    acme()
    ids = list(Customer.objects.values_list("account_id", flat=True))
    assert len(ids) == len(set(ids)) == 2


def test_the_domain_of_the_partners_own_people_is_its_own_companys(
    havsbris: Customer, own: Customer, jonas: Membership
) -> None:
    """D21: so nobody of the partner can confirm in a customer's place."""
    from customers.services import set_domains

    with pytest.raises(RuleError, match="the domain of your own people") as refusal:
        set_domains(havsbris, ["nordlys.example"])
    assert refusal.value.field == "domains"
    assert not havsbris.domains.exists()
    set_domains(own, ["nordlys.example"])
    assert own.domains.get().domain == "nordlys.example"
