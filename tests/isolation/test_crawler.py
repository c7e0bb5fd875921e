"""The crawler: nobody ever reads a word of the other partner (ISO-20)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

import pytest
from django.db import connection

from tests.figures import note
from tests.isolation.crawl import Crawler
from tests.isolation.matrix import HOME, PUBLIC
from tests.isolation.wire import Wire
from tests.isolation.world import CANARY, CUSTOMERS_PEOPLE, INTERNAL, Things, World

pytestmark = pytest.mark.usefixtures("no_limits")

# The minimum of pages and forms that each person's crawl visits; raise it as the portal grows.
LEAST = {"anna": 350, "jonas": 250, "mikael": 100, "mona": 60, "lena": 140}
LEAST_OF_CUSTOMERS = {"karin": 40, "per": 20, "ulla": 40, "bo": 25, "kurt": 40}
# Prices, sums and limits of the world's orders, as pages show them.
PRICES = ("129.00", "258.00", "1,295.00", "5,180.00", "100,000")


def _foreign(things: Things) -> dict[str, UUID]:
    """Return the other partner's ids, by the names of the fields that could take them."""
    return {
        "customer": things.assigned.pk,
        "contact": things.contact.pk,
        "site": things.site.pk,
        "role": things.invited.role_id,
        "order_id": things.draft.pk,
    }


def words_in_mails(things: Things, word: str) -> list[str]:
    """Return the partner's messages that contain a word in any column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.subject FROM public.outbox_outboundemail e"
            " WHERE e.partner_id = %s AND e::text LIKE %s",
            [things.partner.pk, f"%{word}%"],
        )
        return [f"a mail holds {word!r}: {row[0]}" for row in cursor.fetchall()]


def words_in_schema(things: Things, word: str) -> list[str]:
    """Return the tables of the partner's schema with a row that contains a word in any column."""
    schema, found = things.partner.schema_name, []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace",
            [schema],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{schema}"."{table}" t WHERE t::text LIKE %s', [f"%{word}%"]
            )
            (count,) = cursor.fetchone()
            if count:
                found.append(f"{schema}.{table}: {count} rows hold {word!r}")
    return found


def note_crawl(name: str, crawler: Crawler) -> None:
    """Write the figure of a crawl for the soak."""
    note(
        f"The crawler as {name}: links followed and forms sent",
        crawler.pages + crawler.posts,
        "0 words of another partner, 0 broken links",
        f"{len(crawler.faults)} faults in {crawler.pages:,} pages and {crawler.posts:,} forms",
        not crawler.faults,
    )


@pytest.mark.parametrize("name", ["anna", "jonas", "mikael", "mona", "lena"])
def test_nobody_reads_of_the_other_partner(world: World, name: str) -> None:
    """ISO-20: 0 canaries in any body, header, e-mail or row; no broken link."""
    at_brueckner = name == "lena"
    mine, theirs = (
        (world.brueckner, world.nordlys) if at_brueckner else (world.nordlys, world.brueckner)
    )
    secret = [theirs.canary, theirs.partner.name.split()[0], theirs.partner.schema_name]

    def after_post() -> list[str]:
        return words_in_mails(mine, theirs.canary)

    crawler = Crawler(
        wire=Wire(),
        host=HOME[name],
        cookies=world.cookies[name],
        forbidden=lambda address: secret,
        foreign=_foreign(theirs),
        after_post=after_post,
        # Lena's forms are the same as Anna's; the matrix shows which of them may be sent elsewhere.
        sent_forms=not at_brueckner,
    )
    crawler.walk("/", "/search/?q=zq", "/customers/?state=all")
    crawler.faults += words_in_mails(mine, theirs.canary) + words_in_schema(mine, theirs.canary)
    note_crawl(name, crawler)
    assert not crawler.faults, "\n".join(crawler.faults[:30])
    assert crawler.pages + crawler.posts >= LEAST[name]


@pytest.mark.parametrize("name", sorted(LEAST_OF_CUSTOMERS))
def test_customers_people_read_of_their_company_only(world: World, name: str) -> None:
    """ISO-20, REG-46: no word of the other partner or customer, of notes, reasons and prices."""
    mine, theirs = (
        (world.brueckner, world.nordlys) if name == "kurt" else (world.nordlys, world.brueckner)
    )
    company, others = (mine.other, mine.assigned) if name == "ulla" else (mine.assigned, mine.other)
    # Whoever has a place at both reads on the page that asks which companies they are.
    secret = [theirs.canary, theirs.partner.name.split()[0], INTERNAL, *PRICES, str(others.pk)]
    crawler = Crawler(
        wire=Wire(),
        host=HOME[name],
        cookies=world.cookies[name],
        forbidden=lambda address: [
            *secret,
            *([] if address.startswith("/place/") else [others.name, others.number]),
        ],
        foreign={**_foreign(theirs), "place": mine.other_customer_user.pk},
        after_post=lambda: words_in_mails(mine, theirs.canary),
        # Bo's form that changes the company would lead to the other one, as it should.
        sent_forms=name != "bo",
    )
    crawler.walk("/", "/my/orders/?q=zq")
    note_crawl(name, crawler)
    assert not crawler.faults, "\n".join(crawler.faults[:30])
    assert crawler.pages + crawler.posts >= LEAST_OF_CUSTOMERS[name], crawler.pages + crawler.posts
    home = Wire().send("GET", HOME[name], "/my/", cookies=world.cookies[name])
    assert company.name in home.text


def test_customers_users_are_never_among_the_partners_people(world: World) -> None:
    """ISO-24: on no page of the partner, but those of their customer, its log and its mails."""
    there = re.compile(
        r"/customers/[0-9a-f-]{36}/(users/.*|log/|deactivate/|delete/)?(\?.*)?$|/outbox/"
    )
    crawler = Crawler(
        wire=Wire(),
        host=HOME["anna"],
        cookies=world.cookies["anna"],
        forbidden=lambda address: [] if there.match(address) else [CUSTOMERS_PEOPLE],
        sent_forms=False,
    )
    place = world.nordlys.customer_user.pk
    crawler.walk("/", "/people/", "/people/?state=ended", "/people/roles/", "/people/teams/")
    crawler.walk("/customers/assign/?customers=" + str(world.nordlys.assigned.pk))
    assert not crawler.faults, "\n".join(crawler.faults[:30])
    assert crawler.pages > 200
    for address in (f"/people/{place}/", f"/people/{place}/end/", f"/customers/away/{place}/"):
        answer = Wire().send("GET", HOME["anna"], address, cookies=world.cookies["anna"])
        assert answer.status == 404, address


def test_crawler_sees_a_leak(world: World) -> None:
    """Negative control: a page that does show the word is noticed."""
    crawler = Crawler(
        wire=Wire(),
        host=HOME["anna"],
        cookies=world.cookies["anna"],
        forbidden=lambda address: [world.nordlys.canary],
        most=5,
        sent_forms=False,
    )
    crawler.walk("/customers/")
    assert any("/customers/" in fault for fault in crawler.faults)


def test_staff_see_one_partner_at_a_time(world: World) -> None:
    """ISO-15, ISO-20: a partner's admin shows nothing of another partner, and no page fails."""

    def forbidden(address: str) -> Iterable[str]:
        for slug, other in (("nordlys", "brueckner"), ("brueckner", "nordlys")):
            if address.startswith(f"/admin/p/{slug}/"):
                yield CANARY[other]

    crawler = Crawler(
        wire=Wire(),
        host=PUBLIC,
        cookies=world.cookies["staff"],
        forbidden=forbidden,
        most=400,
        sent_forms=False,
    )
    crawler.walk("/admin/", "/admin/p/nordlys/", "/admin/p/brueckner/")
    note_crawl("staff", crawler)
    assert not crawler.faults, "\n".join(crawler.faults[:30])
    assert crawler.pages >= 300
