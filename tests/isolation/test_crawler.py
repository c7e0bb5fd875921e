"""The crawler: nobody ever reads a word of the other partner (ISO-20)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import pytest
from django.db import connection

from tests.isolation.crawl import Crawler
from tests.isolation.matrix import HOME, PUBLIC
from tests.isolation.wire import Wire
from tests.isolation.world import CANARY, Things, World

pytestmark = pytest.mark.usefixtures("no_limits")

# The minimum of pages and forms that each person's crawl visits; raise it as the portal grows.
LEAST = {"anna": 350, "jonas": 250, "mikael": 100, "mona": 60, "lena": 140}


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
    assert not crawler.faults, "\n".join(crawler.faults[:30])
    assert crawler.pages + crawler.posts >= LEAST[name]


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
    assert not crawler.faults, "\n".join(crawler.faults[:30])
    assert crawler.pages >= 300
