"""Loading the whole demo in one transaction: all of it or nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation

from dev.demo.catalogue import load_catalogue
from dev.demo.customer_users import load_customer_users
from dev.demo.customers import load_customers
from dev.demo.fields import load_fields
from dev.demo.mail import settle_mail
from dev.demo.onboardings import load_onboardings
from dev.demo.orders import load_orders
from dev.demo.partners import (
    PARTNERS,
    load_invitation,
    load_partner,
    load_staff,
    open_sign_ins,
    people_of,
)
from dev.demo.platforms import load_platforms
from dev.demo.quotes import load_quotes
from dev.demo.received import load_received
from dev.demo.registrations import load_registrations
from dev.demo.reports import load_reports
from dev.demo.service import load_visits
from dev.demo.templates import load_templates
from portal.catalog.models import Product
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Partner

# The first day of the story, in days before today.
DAYS = 430


def load(now: datetime | None = None) -> bool:
    """Load the demo as of ``now``; return False if there is a partner or a catalogue already.

    Everything is committed at once, so that the dispatcher sends no e-mail of the story early.
    """
    now = now or timezone.now()
    with in_public(), transaction.atomic(), translation.override("en"):
        if Partner.objects.exists() or Product.objects.exists():
            return False
        load_catalogue()
        load_platforms()
        staff = load_staff(now=now)
        for demo in PARTNERS:
            partner = load_partner(demo, staff=staff, at=now - timedelta(days=DAYS))
            people = people_of(partner)
            with in_partner(partner):
                customers = load_customers(
                    demo.slug, people, country=demo.country, staff=staff, now=now
                )
                load_fields(demo.slug, customers, people, now=now)
                load_customer_users(demo.slug, customers, people, now=now)
                load_orders(demo.slug, customers, people, staff=staff, now=now)
                load_templates(demo.slug, people, now=now - timedelta(days=9))
                load_quotes(demo.slug, customers, people, now=now)
                load_reports(demo.slug, customers, people, now=now)
                load_onboardings(demo.slug, customers, people, now=now)
                load_registrations(demo.slug, customers, people, staff=staff, now=now)
                load_visits(demo.slug, customers, people, now=now)
            load_received(partner, now=now)
            if demo.slug == "nordlys":
                load_invitation(partner, at=now - timedelta(hours=2))
        open_sign_ins()
        settle_mail(now)
    return True
