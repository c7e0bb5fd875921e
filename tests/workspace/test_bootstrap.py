"""From an empty database to the first order, by the commands of the manual."""

from __future__ import annotations

import email
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from email import policy
from io import StringIO
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.core.management import CommandError, call_command

from portal.accounts.models import User
from portal.catalog.models import Price, Product, RatePlan, TermsVersion
from portal.core.errors import RuleError
from tests.conftest import NOW, HostClient
from tests.environment import ROOT
from workspace.bootstrap import bootstrap

EXAMPLE = (ROOT / "deploy" / "bootstrap.example.toml").read_text()
# With products that the tests' catalogue does not have.
OTHER = EXAMPLE.replace("FLX-PRO", "NEW-PRO").replace("TRK-", "NEW-")
MANUAL = (ROOT / "docs" / "operator.md").read_text()
# What the administrator does after the invitation; the last line says what was placed.
ORDER = """
import datetime as dt, re, sys
from decimal import Decimal
import django
django.setup()
from django.test import Client
from django.utils import timezone
from customers.models import Customer
from customers.services import change_customer
from orders.services.drafts import save_details, save_products, start_draft
from orders.services.placing import submit_order
from portal.accounts.models import Membership
from portal.catalog.models import Product
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
path, = re.findall(r"nordlys\\.localhost(?::\\d+)?(/invitation/\\S+)", sys.argv[1])[:1]
client = Client(headers={"host": "nordlys.localhost"})
client.get(path)
new = "a long enough password"
done = client.post("/invitation/", {"name": "Anna Berg", "password": new, "repeat": new})
assert done.status_code == 302, done.content
home = client.get("/", follow=True)
assert home.status_code == 200, (home.redirect_chain, home.content)
now = timezone.now()
partner = Partner.objects.get(slug="nordlys")
with in_partner(partner):
    own = Customer.objects.own_company().get()
    by = Membership.objects.for_partner(partner).get()
    own = change_customer(own, at=now, by=by, version=own.version, credit_limit=Decimal(5000))
    order = start_draft(customer=own, family="flex", by=by, at=now, own_confirmed=True)
    seat = Product.objects.get(sku="FLX-PRO")
    order = save_products(
        order.pk, version=order.version, quantities={seat.pk: 2}, details={}, site=None, at=now
    )
    order = save_details(
        order.pk, version=order.version, at=now, reference="First", po_number="",
        start_date=now.date() + dt.timedelta(days=30), contact=None,
    )
    order = submit_order(order.pk, version=order.version, by=by, at=now)
    print(order.number, order.state)
"""


def section(title: str) -> str:
    """The text of a section of the manual."""
    return MANUAL.split(f"## {title}\n")[1].split("\n## ")[0]


def commands(text: str) -> Iterator[list[str]]:
    """The lines of the fenced blocks, as a shell would take them apart."""
    for block in re.findall(r"```\n(.*?)```", text, re.DOTALL):
        yield from (shlex.split(line) for line in block.splitlines())


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Those of an empty database, which the manual's own lines of SQL prepare."""
    server = urlsplit(os.environ["DATABASE_URL"])
    assert server.username == "kontor", "only the embedded PostgreSQL's superuser can make roles"
    name = f"first_{os.getpid()}"
    (sql,) = re.findall(r"```sql\n(.*?)```", section("Requirements"), re.DOTALL)
    before, after = re.sub(r"\bkontor(?=\b|_)", name, sql).split(f"\\connect {name}\n")

    def url(role: str, database: str = name, password: str = "…") -> str:
        place = f"{server.hostname}:{server.port}/{database}"
        return f"postgres://{role}:{quote(password)}@{place}"

    root = url("postgres", "postgres", server.password or "")
    try:
        with psycopg.connect(root, autocommit=True) as admin:
            for line in before.splitlines():
                admin.execute(line)
        with psycopg.connect(
            url("postgres", name, server.password or ""), autocommit=True
        ) as fresh:
            for line in after.splitlines():
                fresh.execute(line)
        yield {
            **os.environ,
            "DATABASE_URL": url(name),
            "MIGRATE_DATABASE_URL": url(f"{name}_owner"),
            "EMAIL_URL": f"file://{tmp_path / 'mail'}",
            "STATIC_ROOT": str(tmp_path / "static"),
            "KONTOR_DOMAIN": "localhost",
        }
    finally:
        with psycopg.connect(root, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            for role in (name, f"{name}_owner"):
                admin.execute(f'DROP ROLE IF EXISTS "{role}"')


def run(words: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(
        words, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_manual_leads_to_the_first_order(environment: dict[str, str], tmp_path: Path) -> None:
    """AVAIL-20: its lines under First start, then the invitation, the order and its mails."""
    (tmp_path / "mail").mkdir()
    said = ""
    for words in commands(section("First start")):
        own = [str(tmp_path / word) if word == "bootstrap.toml" else word for word in words]
        own[0] = sys.executable if own[0] == "python" else own[0]
        said += run(own, environment)
    assert "products: 3 made" in said and "http://localhost/accounts/password/reset/key/" in said
    run([sys.executable, "manage.py", "dispatch"], environment)
    (invitation,) = (tmp_path / "mail").iterdir()
    number, state = run(
        [sys.executable, "-c", ORDER, _text(invitation)],
        {**environment, "DJANGO_SETTINGS_MODULE": "portal.settings"},
    ).split()
    assert state == "submitted"
    run([sys.executable, "manage.py", "dispatch"], environment)
    told = [_text(each) for each in (tmp_path / "mail").iterdir() if each != invitation]
    assert told and any(number in each for each in told)
    the_portal_owns_nothing(environment["DATABASE_URL"])
    from_one_role_to_two(environment)


def from_one_role_to_two(environment: dict[str, str]) -> None:
    """AVAIL-08, AVAIL-20: a portal with one role gets the second by the manual's lines."""
    url = urlsplit(environment["DATABASE_URL"])
    name = url.path.strip("/")
    (sql,) = re.findall(r"```sql\n(.*?)```", section("Deploy and migrations"), re.DOTALL)
    _made, lines = re.sub(r"\bkontor(?=\b|_)", name, sql).split(f"\\connect {name}\n")
    server = urlsplit(os.environ["DATABASE_URL"])
    root = url._replace(netloc=server.netloc.replace("kontor:", "postgres:")).geturl()
    with psycopg.connect(root, autocommit=True) as admin:
        # As it was with one role, which owned everything.
        admin.execute(f'REASSIGN OWNED BY "{name}_owner" TO "{name}"')
        admin.execute(f'DROP OWNED BY "{name}_owner"')
        admin.execute(lines.encode())
    the_portal_owns_nothing(environment["DATABASE_URL"])
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as link:
        for table in ("public.outbox_outboundemail", "p_nordlys.orders_order"):
            assert link.execute(f"UPDATE {table} SET id = id".encode()).rowcount > 0, table
    first = next(words for words in commands(section("First start")) if "create_partner" in words)
    second = [word.replace("nordlys", "havn").replace("Nordlys", "Havn") for word in first]
    run([sys.executable, *second[1:]], environment)


def the_portal_owns_nothing(url: str) -> None:
    """AVAIL-08, SAFE-10: its role reads and writes rows, and switches off no protection."""
    with psycopg.connect(url, autocommit=True) as link:
        owners = link.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner), relnamespace::regnamespace::text ~ '^p_'"
            " FROM pg_class WHERE relkind IN ('r', 'S')"
            " AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'"
        ).fetchall()
        (me,) = link.execute("SELECT current_user::text").fetchone() or ("",)
        assert sorted(owners) == [(f"{me}_owner", False), (f"{me}_owner", True)]
        for statement in (
            "ALTER TABLE p_nordlys.quotes_evidence DISABLE TRIGGER USER",
            "DROP TABLE p_nordlys.orders_order CASCADE",
            "TRUNCATE p_nordlys.quotes_evidence",
            "DROP SCHEMA p_nordlys CASCADE",
            "CREATE SCHEMA p_other",
            "CREATE TABLE public.other (id int)",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(statement)


def _text(mail: Path) -> str:
    message = email.message_from_bytes(mail.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return f"{message['to']}\n{body.get_content()}"


@pytest.mark.django_db
def test_what_is_there_is_left_as_it_is() -> None:
    """AVAIL-20: the file can be read again; the link is there until a password is set."""
    done = bootstrap(OTHER, at=NOW)
    assert done.made["terms"] == 3 and done.made["prices"] == 4
    assert done.link.startswith("http://localhost")
    assert HostClient("localhost").get(done.link, follow=True).status_code == 200
    Product.objects.filter(sku="NEW-NUM20").update(name="Renamed")
    plan = RatePlan.first()
    again = bootstrap(OTHER, at=NOW)
    assert again.made == {} and again.kept["products"] == 3
    assert RatePlan.first() == plan
    assert Product.objects.get(sku="NEW-NUM20").name == "Renamed"
    sam = User.objects.get(email="sam@kontor.example")
    assert sam.is_superuser and not sam.has_usable_password()
    sam.set_password("a long enough password")
    sam.save()
    assert bootstrap(OTHER, at=NOW).link == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[staff]", "[staff", "This is not TOML"),
        ("[staff]", "[stuff]", "the file: stuff: unknown"),
        ('sku = "NEW-10"', "", "products, number 2 SIP trunk with 10 channels: sku: missing."),
        ('part = "seat"', 'part = "chair"', "products, number 1 NEW-PRO: part: "),
        ("monthly = 129.00", "monthly = -1", "products, number 1 NEW-PRO, prices, number 1: "),
        ("monthly = 129.00", "", "monthly: missing."),
        ('rate_plan = "Standard"', 'rate_plan = "Gold"', "rate_plan: there is none of this name."),
        ('needs = ["NEW-10"]', 'needs = ["NEW-9"]', "needs: a list of SKUs"),
        ('"sam@kontor.example"', '"sam"', "staff: "),
        ('"sam@kontor.example"', '"anna@nordlys.example"', "a partner's person"),
        ("[staff]", "platforms = 1\n[staff]", "the file: platforms: unknown"),
    ],
)
def test_mistakes_are_said_with_their_place(old: str, new: str, words: str) -> None:
    """AVAIL-20: and nothing is made."""
    before = [model._default_manager.count() for model in (Product, Price, TermsVersion, User)]
    assert old in OTHER
    text = OTHER.replace(old, new, 1)
    with pytest.raises(RuleError, match=re.escape(words)):
        bootstrap(text, at=NOW)
    after = [model._default_manager.count() for model in (Product, Price, TermsVersion, User)]
    assert after == before


def test_a_missing_file_is_said() -> None:
    """AVAIL-20."""
    with pytest.raises(CommandError, match="can't be read"):
        call_command("bootstrap", "/nowhere/bootstrap.toml", stdout=StringIO())
