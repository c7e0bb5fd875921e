"""A partner whose names are as long as they may be, for the test of widths.

Run within ``manage.py shell``; prints nothing.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from customers.models import Customer, CustomField
from customers.services import (
    assign,
    change_customer,
    change_settings,
    partner_settings,
    save_custom_field,
    save_filter,
)
from orders.services.fulfilment import accept_order, complete_order, provision_order
from portal.accounts.models import Membership, Team, User
from portal.accounts.rights import Preset
from portal.accounts.services import create_role
from portal.tenancy.context import in_partner, local_day
from tests import factories
from tests.browser.server import PASSWORD
from workspace.partners import add_person, create_partner

SLUG = "longnames"
WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzbeauftragtenvereinigung"
LANGUAGES = ("en", "de", "sv")
PERSON = "Maximiliane Wolfeschlegelsteinhausenbergerdorffowitz"
NO_BLANK = (WORD * 3)[:200]
BLANKS = f"Gesellschaft für die {WORD} und ihre verbundenen Unternehmen, {'sehr lang ' * 4}GmbH"
ADDRESS = f"{'buchhaltung-und-rechnungswesen' * 2}@{'sehr-lange-adresse' * 3}.example"


def _people() -> list[Membership]:
    at = timezone.now()
    partner = create_partner(
        name=f"{WORD[:60]} Telekommunikation GmbH",
        slug=SLUG,
        country="DE",
        currency="EUR",
        language="de",
        time_zone="Europe/Berlin",
        notification_email="orders@longnames.example",
        at=at,
    )
    team = Team.objects.create(partner=partner, name=NO_BLANK[:80])
    people = []
    for language in LANGUAGES:
        person = add_person(
            partner=partner,
            email=f"{language}@longnames.example",
            name=PERSON,
            preset=Preset.ADMINISTRATOR,
            password=PASSWORD,
            at=at,
        )
        person.team = team
        person.save(update_fields=["team"])
        User.objects.filter(pk=person.user_id).update(language=language)
        people.append(person)
    create_role(partner=partner, name=NO_BLANK[:80], rights=("view_customer",))
    return people


def _customer(name: str, number: str, field: CustomField) -> Customer:
    at = timezone.now()
    customer = factories.make_customer(
        name,
        number,
        at=at,
        cleared=True,
        credit_limit="9999999999.99",
        billing_email=ADDRESS,
        street=NO_BLANK[:120],
        city=WORD,
        notes=NO_BLANK,
    )
    current = change_customer(
        customer, at=at, by=None, version=customer.version, custom={field.key: NO_BLANK[:150]}
    )
    factories.make_contact(
        current,
        at=at,
        first_name=WORD[:80],
        last_name=WORD[:80],
        job_title=WORD[:80],
        email=ADDRESS,
    )
    factories.make_site(current, NO_BLANK[:120])
    return current


def _what_belongs_to(customer: Customer, by: Membership) -> None:
    at = timezone.now()
    seats = {"FLX-PRO": 3}
    done = factories.make_order(customer, by=by, at=at, quantities=seats)
    accept_order(done.pk, at=at)
    provision_order(done.pk, at=at)
    complete_order(done.pk, delivered_on=local_day(at), vendor_reference="", deliveries={}, at=at)
    for order in (
        factories.make_order(customer, by=by, at=at, quantities=seats),
        factories.make_draft(customer, by=by, at=at, quantities=seats),
    ):
        order.reference = NO_BLANK[:120]
        order.save()
    factories.make_quote(
        customer,
        by=by,
        at=at,
        title=NO_BLANK[:120],
        quantities=seats,
        valid_until=(at + timedelta(days=30)).date(),
    )
    factories.make_file(customer, f"{NO_BLANK[:150]}.txt", by=by, at=at)


def _users(customer: Customer) -> None:
    """Create a customer administrator of each language, with the longest names."""
    for language in LANGUAGES:
        address = user_address(language)
        place = factories.make_customer_user(
            customer, PERSON, Preset.CUSTOMER_ADMINISTRATOR, email=address, at=timezone.now()
        )
        User.objects.filter(pk=place.user_id).update(
            language=language, name=PERSON, password=make_password(PASSWORD)
        )
        EmailAddress.objects.get_or_create(
            user=place.user, email=address, verified=True, primary=True
        )


def user_address(language: str) -> str:
    """Return the address of the customer administrator of a language."""
    return f"{language}.{'sehr-lange-adresse' * 2}@longnames-customers.example"


def make() -> None:
    """Create the partner, three administrators (one of each language) and two customers."""
    people = _people()
    with in_partner(people[0].partner):
        change_settings(partner_settings(), sales_credit_limit=Decimal("1000.00"))
        field = save_custom_field(
            CustomField(label=WORD[:80], kind=CustomField.Kind.TEXT, in_list=True)
        )
        for name, number in ((NO_BLANK, "9" * 10), (BLANKS, "10002")):
            customer = _customer(name, number, field)
            assign(customer, people[0], at=timezone.now())
            _what_belongs_to(customer, people[0])
        _users(Customer.objects.get(number="9" * 10))
        save_filter(by=people[0], name=WORD[:60], query="q=x", is_shared=True, at=timezone.now())
