"""What people are in the middle of when something breaks: the points of the matrix of faults.

Each attempt is prepared while all is well, done once while the fault stands, and done again by the
person if the answer said that it was not done. In the end it has happened once.
"""

from __future__ import annotations

import itertools
import secrets
from abc import ABC, abstractmethod
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from dev.soak.browsers import Answer, Browser
from dev.soak.world import PASSWORD, World

ROWS = 20
_numbers = itertools.count(1)


class Attempt(ABC):
    """One person in the middle of one thing."""

    name = ""
    # The answer that says that it was done: a page of a form with errors is none.
    well = 302

    def __init__(self, world: World) -> None:
        self.world, self.site, self.n = world, world.site, next(_numbers)
        with world.inside():
            self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """Make all that the act needs, while all is well."""

    def make_ready(self) -> None:  # noqa: B027  most wait for nothing
        """Wait for what the preparation caused, such as a mailed link."""

    @abstractmethod
    def act(self) -> Answer:
        """Send the form."""

    @abstractmethod
    def done(self) -> int:
        """Return how often it has happened; -1 if in part. Called within the partner."""

    def finished(self) -> bool:
        """Return whether what follows in the background has happened, too."""
        return True

    def mails(self) -> Any:
        """Return the e-mails that it caused, as rows of the outbox."""
        from portal.outbox.models import OutboundEmail

        return OutboundEmail.objects.for_partner(self.world.partner).none()

    def form_token(self, path: str, browser: Browser, name: str = "form_token") -> str:
        """Return a hidden field of the form at a path."""
        answer = browser.get(path)
        if answer.status in (0, 503):
            # A process that was killed is still being replaced.
            self.site.wait(self.site.normal, 30)
            answer = browser.get(path)
        found = answer.text.partition(f'name="{name}" value="')[2].partition('"')[0]
        said = answer.text.partition("<main")[2][:1500] or answer.text[:300]
        assert found, (path, name, answer.status, answer.location, said)
        return found


class SignIn(Attempt):
    """Somebody signs in."""

    name = "sign-in"

    def prepare(self) -> None:
        self.browser = self.site.browser("nordlys")

    def act(self) -> Answer:
        return self.browser.sign_in("jonas@nordlys.example", PASSWORD)

    def done(self) -> int:
        answer = self.browser.get("/people/me/")
        return int(answer.status == 200)


class Listing(Attempt):
    """Somebody who is signed in looks at the orders."""

    name = "list"
    well = 200

    def prepare(self) -> None:
        self.seen = False

    def act(self) -> Answer:
        answer = self.world.anna.get("/orders/")
        self.seen = answer.status == 200
        return answer

    def done(self) -> int:
        return int(self.seen)


class Submit(Attempt):
    """Somebody places an order."""

    name = "order submit"

    @property
    def browser(self) -> Browser:
        """Return the browser of whoever places it."""
        return self.world.anna

    def prepare(self) -> None:
        from orders.services.drafts import save_products, start_draft
        from portal.catalog.models import Product

        at = timezone.now()
        draft = start_draft(customer=self.world.customer, family="flex", by=self.world.boss, at=at)
        product = Product.objects.get(sku="FLX-PRO")
        self.order = save_products(
            draft.pk,
            version=draft.version,
            quantities={product.pk: 1},
            details={},
            site=None,
            at=at,
        )
        self.path = f"/orders/{self.order.pk}/review/"
        self.data = {
            "form_token": self.form_token(self.path, self.browser),
            "start_date": (at + timedelta(days=60)).date().isoformat(),
            "reference": f"Soak {self.n}",
        }

    def act(self) -> Answer:
        return self.browser.post(self.path, self.data)

    def done(self) -> int:
        from orders.models import Order

        found = Order.objects.filter(reference=self.data["reference"]).exclude(state="draft")
        assert all(order.customer_id == self.world.customer.pk for order in found)
        return found.count()

    def mails(self) -> Any:
        from portal.outbox.models import OutboundEmail

        return OutboundEmail.objects.for_partner(self.world.partner).filter(about_id=self.order.pk)


class Accept(Attempt):
    """A customer's contact accepts a confirmation by the mailed link."""

    name = "confirmation accept"

    def prepare(self) -> None:
        from customers.models import Contact
        from customers.services import save_contact
        from portal.catalog.models import Product
        from quotes.models import ConfirmationPaper
        from quotes.services.drafts import LineRequest, save_lines, start_quote
        from quotes.services.sending import send_confirmation

        at, boss = timezone.now(), self.world.boss
        self.address = f"soak{self.n}@provning.example"
        contact = save_contact(
            self.world.customer,
            Contact(
                first_name="Soak",
                last_name=f"Number {self.n}",
                email=self.address,
                gets_orders=True,
            ),
            at=at,
        )
        quote = start_quote(
            customer=self.world.customer,
            title=f"Soak {self.n}",
            valid_until=(at + timedelta(days=20)).date(),
            by=boss,
            at=at,
        )
        wanted = {Product.objects.get(sku="FLX-PRO").pk: LineRequest(3, 24, Decimal(0))}
        quote = save_lines(quote.pk, version=quote.version, wanted=wanted, at=at)
        with transaction.atomic():
            self.asked = send_confirmation(quote.pk, contact, version=quote.version, by=boss, at=at)
            # The text to read keeps the worker as busy as the agreement, and nothing waits for it.
            text = ConfirmationPaper(confirmation=self.asked, content=b"%PDF-1.7", made_at=at)
            text.save()

    def make_ready(self) -> None:
        """Open the link that was mailed."""
        assert self.site.wait(lambda: self.site.mail.to(self.address), 40), "no mail with the link"
        text = self.site.mail.to(self.address)[-1].text
        link = next(word for word in text.split() if "/confirm/" in word)
        self.reader = self.site.browser("nordlys")
        self.path, page = self.reader.follow(urlsplit(link).path)
        self.data = {
            "seen": page.text.partition('name="seen" value="')[2].partition('"')[0],
            "contact": str(self.asked.contact_id),
            "read": "on",
            "authority": "on",
        }

    def act(self) -> Answer:
        return self.reader.post(self.path, self.data)

    def done(self) -> int:
        from quotes.models import Evidence

        return Evidence.objects.filter(confirmation=self.asked, kind="accepted").count()

    def finished(self) -> bool:
        from portal.outbox.models import Document

        documents = Document.objects.for_partner(self.world.partner)
        return not documents.filter(about_id=self.asked.quote_id, state="pending").exists()

    def mails(self) -> Any:
        from portal.outbox.models import OutboundEmail

        mails = OutboundEmail.objects.for_partner(self.world.partner)
        return mails.filter(about_id=self.asked.quote_id, template__startswith="quotes/email/acc")


def stem_of(n: int) -> int:
    """Return six digits for an import, other ones for each ``n``: drawn by lot, two were alike."""
    return 100_000 + n * 7919 % 900_000


class Import(Attempt):
    """Somebody imports customers from a file that was previewed."""

    name = "import"

    def prepare(self) -> None:
        from customers.imports import jobs

        at = timezone.now()
        lines = ["Customer number;Customer name;Billing e-mail;Town;Credit limit"]
        stem = stem_of(self.n)
        self.names = [f"Soakad {stem} {number} AB" for number in range(ROWS)]
        lines += [
            f"{stem}{number:02};{name};faktura@soakad.example;Gävle;1000"
            for number, name in enumerate(self.names)
        ]
        self.job = jobs.upload(
            content="\n".join(lines).encode(),
            name="a.csv",
            by=self.world.boss,
            language="sv",
            at=at,
        )
        jobs.run(self.job.pk, at=timezone.now())
        self.job.refresh_from_db()
        assert self.job.state == "checked", (self.job.state, self.job.errors[:2])

    def act(self) -> Answer:
        return self.world.anna.post(f"/customers/import/{self.job.pk}/start/", {})

    def done(self) -> int:
        from customers.models import Customer

        count = Customer.objects.filter(name__in=self.names).count()
        return count // ROWS if count % ROWS == 0 else -1

    def finished(self) -> bool:
        self.job.refresh_from_db()
        return bool(self.job.state == "done")


class Mail(Attempt):
    """An administrator invites a colleague by mail."""

    name = "mail send"

    def prepare(self) -> None:
        from portal.accounts.models import Role
        from portal.accounts.rights import Preset

        role = Role.objects.for_partner(self.world.partner).get(preset=Preset.SALES)
        self.address = f"ny{self.n}.{secrets.token_hex(3)}@nordlys.example"
        self.data = {"name": f"Ny {self.n}", "email": self.address, "role": str(role.pk)}
        self.data["language"] = "sv"

    def act(self) -> Answer:
        return self.world.anna.post("/people/invite/", self.data)

    def done(self) -> int:
        from portal.accounts.models import Membership

        people = Membership.objects.for_partner(self.world.partner)
        return people.filter(user__email=self.address).count()

    def mails(self) -> Any:
        from portal.outbox.models import OutboundEmail

        mails = OutboundEmail.objects.for_partner(self.world.partner)
        return mails.filter(to_address=self.address)


class Pdf(Attempt):
    """Somebody has a quote made into a PDF."""

    name = "PDF"

    def prepare(self) -> None:
        from portal.catalog.models import Product
        from quotes.services.drafts import LineRequest, save_lines, start_quote

        at = timezone.now()
        quote = start_quote(
            customer=self.world.customer,
            title=f"PDF {self.n}",
            valid_until=(at + timedelta(days=20)).date(),
            by=self.world.boss,
            at=at,
        )
        wanted = {Product.objects.get(sku="FLX-PRO").pk: LineRequest(3, 24, Decimal(0))}
        self.quote = save_lines(quote.pk, version=quote.version, wanted=wanted, at=at)

    def act(self) -> Answer:
        return self.world.anna.post(f"/quotes/{self.quote.pk}/pdf/", {})

    def done(self) -> int:
        return int(self._documents().count())

    def finished(self) -> bool:
        return not self._documents().exclude(state="ready").exists()

    def _documents(self) -> Any:
        from portal.outbox.models import Document

        return Document.objects.for_partner(self.world.partner).filter(about_id=self.quote.pk)


class NewPartner(Attempt):
    """Channel sales makes a partner."""

    name = "partner creation"

    def prepare(self) -> None:
        self.slug = f"soak{secrets.token_hex(4)}"
        self.data = {
            "name": f"Soak {self.slug} Ltd",
            "slug": self.slug,
            "country": "GB",
            "currency": "GBP",
            "language": "en",
            "time_zone": "Europe/London",
            "notification_email": f"orders@{self.slug}.example",
            "brand_colour": "#0b5d3b",
            "admin_name": "Oliver Marsh",
            "admin_email": f"oliver@{self.slug}.example",
        }

    def act(self) -> Answer:
        return self.world.staff.post("/admin/tenancy/partner/add/", self.data)

    def done(self) -> int:
        from portal.tenancy.models import Partner, PartnerCreation

        made = Partner.objects.filter(slug=self.slug).count()
        schemas = self.site.sql(f"SELECT 1 FROM pg_namespace WHERE nspname = 'p_{self.slug}'")
        if made != len(schemas):
            return -1
        asked = PartnerCreation.objects.filter(slug=self.slug).count()
        return int(max(made, asked))

    def finished(self) -> bool:
        from portal.tenancy.models import PartnerCreation

        return PartnerCreation.objects.filter(slug=self.slug, state="ready").exists()

    def mails(self) -> Any:
        from portal.outbox.models import OutboundEmail

        mails = OutboundEmail.objects.across_partners()
        return mails.filter(to_address=self.data["admin_email"])


POINTS: tuple[type[Attempt], ...] = (
    SignIn,
    Listing,
    Submit,
    Accept,
    Import,
    Mail,
    Pdf,
    NewPartner,
)
