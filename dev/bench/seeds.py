"""The partner that is measured: a register of any size, written in bulk."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WORDS = (
    "Nordvik Havsbris Fjell Linden Kvarn Sundby Elbe Tidewater Vinter Hansen Björk Åker "
    "Östermalm Weber Marine Bygg Konsult Logistik Tandvård Hotell Rökeri Spedition Garten Klinik"
).split()
TOWNS = "Gävle Uppsala Kiel Hamburg Hull Bergen Turku Ekerö".split()
CHUNK = 5_000


def make_partner(slug: str = "bench") -> Any:
    """Create an empty partner; return its administrator and its technician."""
    from portal.accounts.rights import Preset
    from portal.tenancy.connection import connection
    from portal.tenancy.models import Partner
    from tests import factories
    from workspace.partners import add_person, create_partner

    if not Partner.objects.exists():
        factories.make_catalogue(at=NOW)
    partner = create_partner(
        name=f"{slug.capitalize()} AB",
        slug=slug,
        country="SE",
        currency="SEK",
        language="en",
        time_zone="Europe/Stockholm",
        notification_email=f"order@{slug}.example",
        at=NOW,
    )
    people = [
        add_person(
            partner=partner,
            email=f"{name}@{slug}.example",
            name=f"{name.capitalize()} Bench",
            preset=preset,
            password=None,
            at=NOW,
        )
        for name, preset in (("boss", Preset.ADMINISTRATOR), ("tech", Preset.TECHNICIAN))
    ]
    connection.set_schema_to_public()
    return people


def name_of(number: int) -> str:
    """Return a name of three words, different for each number."""
    words = (WORDS[number % 24], WORDS[number // 24 % 24], WORDS[number * 7 % 24])
    return f"{' '.join(words)} {number} AB"


def fill(up_to: int) -> None:
    """Add customers with a contact each up to this count, and update the statistics."""
    from django.db import connection

    from customers.models import Contact, Customer
    from portal.catalog.models import RatePlan
    from portal.core.finding import look_key
    from portal.core.sorting import number_sort_key, search_key, sort_key

    plans = list(RatePlan._default_manager.order_by("position"))
    have = Customer.objects.count()
    for start in range(have, up_to, CHUNK):
        customers, contacts = [], []
        for number in range(start, min(start + CHUNK, up_to)):
            name = name_of(number)
            customer = Customer(
                id=uuid4(),
                number=f"5{number:06}",
                number_key=f"5{number:06}",
                number_sort=number_sort_key(f"5{number:06}"),
                name=name,
                name_key=search_key(name),
                sort_key=sort_key(name, "en"),
                look_key=look_key(name),
                account_id=f"KT-{number:08}",
                language="en",
                city=TOWNS[number % 8],
                country="SE",
                billing_email=f"invoice{number}@customer{number % 977}.example",
                rate_plan=plans[number % len(plans)],
                credit_limit=1000,
                credit_committed=number % 1000,
                created_at=NOW,
                changed_at=NOW,
            )
            customers.append(customer)
            contacts.append(
                Contact(
                    customer=customer,
                    first_name=WORDS[number % 23],
                    last_name=f"{WORDS[number % 19]}sson",
                    email=f"person{number}@customer{number % 977}.example",
                    is_primary=True,
                    created_at=NOW,
                )
            )
        Customer.objects.bulk_create(customers)
        Contact.objects.bulk_create(contacts)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE customers_customer")
        cursor.execute("VACUUM ANALYZE customers_contact")


def assign_to(person: Any, count: int) -> None:
    """Assign so many customers, spread over the register, to one person and to nobody else."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_assignment")
        cursor.execute(
            """INSERT INTO customers_assignment (id, partner_id, customer_id, membership_id,
                                                 created_at)
               SELECT gen_random_uuid(), partner_id, id, %s, now()
                 FROM customers_customer ORDER BY md5(id::text) LIMIT %s""",
            [person.pk, count],
        )
        cursor.execute("VACUUM ANALYZE customers_assignment")
