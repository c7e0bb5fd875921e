"""Creating and renaming a partner: everything, or nothing (ORD-08, D3, D15)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.db import connection as django_connection

import workspace.partners
from customers.models import Customer, PartnerSettings
from portal.accounts.models import Membership, Role, User
from portal.accounts.rights import PRESET_RIGHTS, Preset
from portal.catalog.models import RatePlan
from portal.channel.models import DirectoryEntry
from portal.core.errors import RuleError
from portal.outbox.models import OutboundEmail
from portal.tenancy.connection import connection
from portal.tenancy.context import current_partner, in_partner
from portal.tenancy.guard import CONSTRAINT
from portal.tenancy.models import Domain, Partner
from portal.tenancy.schema import tenant_fingerprint
from tests import factories
from tests.conftest import NOW, HostClient
from workspace.partners import create_partner, rename_partner

FACTS: dict[str, Any] = {
    "name": "Harbour Networks Ltd",
    "slug": "harbour",
    "country": "GB",
    "currency": "GBP",
    "language": "en",
    "time_zone": "Europe/London",
    "notification_email": "order@harbour.example",
    "admin_name": "Oliver Marsh",
    "admin_email": "oliver@harbour.example",
    "at": NOW,
}


@pytest.fixture(autouse=True)
def _public(db: None) -> None:
    connection.set_schema_to_public()


def make(**details: Any) -> Partner:
    """Create a partner like Harbour, with other details if given."""
    return create_partner(**{**FACTS, **details})


def everything() -> dict[str, Any]:
    """Return what a failed creation must leave unchanged."""
    with django_connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace ORDER BY nspname")
        schemas = [row[0] for row in cursor.fetchall()]
    models: tuple[Any, ...] = (Partner, Domain, User)
    owned: tuple[Any, ...] = (Role, Membership, DirectoryEntry, OutboundEmail)
    return {
        "schemas": schemas,
        **{model.__name__: model.objects.count() for model in models},
        **{model.__name__: model.objects.across_partners().count() for model in owned},
    }


def test_partner_is_made_with_everything() -> None:
    """ORD-08, D3, CHAN-16: schema, tripwire, host, roles, own company, claim, administrator."""
    partner = make()
    assert (partner.schema_name, partner.migrated_to) == ("p_harbour", tenant_fingerprint())
    assert partner.account_id.startswith("PT-") and len(partner.account_id) == 9
    assert partner.url() == "http://harbour.localhost/"
    roles = {role.preset: role.rights for role in Role.objects.for_partner(partner)}
    assert roles == {preset.value: PRESET_RIGHTS[preset] for preset in Preset}
    with in_partner(partner):
        own = Customer.objects.get()
        assert (own.is_own_company, own.name, own.partner_id) == (True, partner.name, partner.pk)
        assert (own.country.code, own.language, own.billing_email) == (
            "GB",
            "en",
            "order@harbour.example",
        )
        assert PartnerSettings.objects.count() == 1
    claim = DirectoryEntry.objects.for_partner(partner).get()
    assert (claim.name_key, claim.is_own_company) == ("harbour networks ltd", True)
    place = Membership.objects.for_partner(partner).get()
    assert (place.state, place.role.preset) == (Membership.State.INVITED, Preset.ADMINISTRATOR)
    mail = OutboundEmail.objects.for_partner(partner).get()
    assert (mail.to_address, mail.template) == (
        "oliver@harbour.example",
        "accounts/email/invitation",
    )
    # Nobody of the partner is there yet: the vendor invites (CHAN-16).
    assert (mail.from_name, mail.reply_to) == ("Kontor Channel Sales", settings.VENDOR_EMAIL)
    assert "\nChannel Sales, Kontor\n" in mail.text
    assert "portal of Harbour Networks Ltd" in mail.text
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE conname = %s"
            " AND connamespace = 'p_harbour'::regnamespace",
            [CONSTRAINT],
        )
        assert cursor.fetchone()[0] >= 10


def test_partner_is_reachable_on_its_host_at_once() -> None:
    """A host that was requested before is not remembered as unknown."""
    client = HostClient("harbour.localhost")
    assert client.get("/accounts/login/").status_code == 404
    make()
    assert client.get("/accounts/login/").status_code == 200


def test_partner_may_bring_a_host_of_its_own() -> None:
    """CHAN-22: it waits, and the one below ours is primary; the public host is refused."""
    partner = make(host="Portal.Harbour.Example")
    assert partner.url("/x/") == "http://harbour.localhost/x/"
    hosts = partner.domains.values_list("domain", "state", "is_primary")
    assert set(hosts) == {
        ("harbour.localhost", "verified", True),
        ("portal.harbour.example", "waiting", False),
    }
    with pytest.raises(RuleError) as refusal:
        make(name="Another Ltd", slug="another", host="LOCALHOST")
    assert refusal.value.field == "host"


def _name_of_a_customer(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    with in_partner(Partner.objects.get(slug="brueckner")):
        factories.make_customer("harbour  NETWORKS ltd", "20077", at=NOW)
    return {}


def _name_of_a_partner(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"name": "Nordlys Telekom AB"}


def _slug_in_use(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"slug": "nordlys"}


def _host_in_use(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"host": "nordlys.localhost"}


def _schema_in_use(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA p_harbour")
    return {}


def _bad_admin_address(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"admin_email": "no address"}


def _explodes_in(name: str) -> Callable[[pytest.MonkeyPatch], dict[str, Any]]:
    def arrange(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        def explode(*args: Any, **kwargs: Any) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(workspace.partners, name, explode)
        return {}

    arrange.__name__ = f"explodes in {name}"
    return arrange


def _no_rate_plan(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(RatePlan, "first", classmethod(lambda cls: None))
    return {}


FAILURES = [
    _name_of_a_customer,
    _name_of_a_partner,
    _slug_in_use,
    _host_in_use,
    _schema_in_use,
    _bad_admin_address,
    _no_rate_plan,
    _explodes_in("create_schema"),
    _explodes_in("create_own_company"),
    _explodes_in("partner_settings"),
    _explodes_in("invite"),
]


@pytest.mark.parametrize("arrange", FAILURES, ids=lambda each: str(each.__name__).strip("_"))
def test_failing_half_way_leaves_nothing(
    arrange: Callable[[pytest.MonkeyPatch], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it fails, nothing is left behind, and the context is restored."""
    details = arrange(monkeypatch)
    before = everything()
    with pytest.raises((RuleError, ZeroDivisionError, DatabaseError)):
        make(**details)
    assert everything() == before
    assert current_partner() is None and connection.schema_name == "public"


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"slug": ""}, "slug"),
        ({"slug": "!!!"}, "slug"),
        ({"slug": "www"}, "slug"),
        ({"slug": "Public"}, "slug"),
        ({"slug": "7up"}, "slug"),
        ({"slug": "under_score"}, "slug"),
        ({"slug": "a" * 41}, "slug"),
        ({"slug": "ends-"}, None),
        ({"slug": "nordlys"}, "slug"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "NORDLYS  telekom ab"}, "name"),
    ],
)
def test_short_names_and_names_are_checked(details: dict[str, Any], field: str | None) -> None:
    """A short name becomes part of a host and of a schema; each refusal names its field."""
    if field is None:
        assert make(**details).slug == "ends"
        return
    with pytest.raises(RuleError) as refusal:
        make(**details)
    assert refusal.value.field == field


def test_name_in_use_tells_staff_who_holds_it() -> None:
    """D3: ``create_partner`` refuses and shows staff the holder."""
    with in_partner(Partner.objects.get(slug="brueckner")):
        factories.make_customer("Harbour Networks Ltd", "20077", at=NOW)
    with pytest.raises(RuleError) as refusal:
        make()
    assert str(refusal.value) == (
        "The name is taken by a customer of Brückner IT GmbH: Harbour Networks Ltd, 20077."
    )


def test_own_company_is_one_and_claimed_by_nobody_else() -> None:
    """ORD-08, ORD-11, D3: at most one; no customer of another partner gets the name."""
    from customers.services import OwnCompanyExists, create_own_company
    from portal.channel.services import NameTaken

    partner = make()
    with in_partner(partner), pytest.raises(OwnCompanyExists):
        create_own_company(at=NOW, by=None)
    with in_partner(Partner.objects.get(slug="nordlys")), pytest.raises(NameTaken):
        factories.make_customer("Harbour Networks LTD", "20078", at=NOW)


def test_first_administrator_known_elsewhere_keeps_their_sign_in() -> None:
    """ISO-06: people are public, one User and a place at each partner."""
    lena = User.objects.get(email="lena@brueckner.example")
    before = lena.password
    partner = make(admin_email="Lena@Brueckner.example")
    place = Membership.objects.for_partner(partner).get()
    lena.refresh_from_db()
    assert (place.user, lena.password) == (lena, before)


def test_renaming_takes_own_company_and_claim_along() -> None:
    """D3: partner, own company and claim together; the old name is free."""
    nordlys, brueckner = Partner.objects.get(slug="nordlys"), Partner.objects.get(slug="brueckner")
    rename_partner(nordlys, name="  Norrsken   Telekom AB ", at=NOW)
    nordlys.refresh_from_db()
    assert nordlys.name == "Norrsken Telekom AB"
    with in_partner(nordlys):
        own = Customer.objects.get(is_own_company=True)
        assert (own.name, own.name_key) == ("Norrsken Telekom AB", "norrsken telekom ab")
    claim = DirectoryEntry.objects.for_partner(nordlys).get(is_own_company=True)
    assert (claim.name, claim.name_key) == ("Norrsken Telekom AB", "norrsken telekom ab")
    with in_partner(brueckner):
        factories.make_customer("Nordlys Telekom AB", "20077", at=NOW)


def test_renaming_to_a_name_in_use_changes_nothing() -> None:
    """D3: staff see who holds it."""
    nordlys = Partner.objects.get(slug="nordlys")
    with pytest.raises(RuleError) as refusal:
        rename_partner(nordlys, name="brückner it GMBH", at=NOW)
    assert "Brückner IT GmbH" in str(refusal.value)
    nordlys.refresh_from_db()
    assert nordlys.name == "Nordlys Telekom AB"
    with in_partner(nordlys):
        assert Customer.objects.get(is_own_company=True).name == "Nordlys Telekom AB"
    assert connection.schema_name == "public"


def test_renaming_to_the_name_of_an_own_customer_names_the_partner_by_its_own() -> None:
    """D3: the holder is named rightly, not by the name that was refused."""
    nordlys = Partner.objects.get(slug="nordlys")
    with in_partner(nordlys):
        factories.make_customer("Nordvik AB", "10058", at=NOW)
    with pytest.raises(RuleError) as refusal:
        rename_partner(nordlys, name="nordvik ab", at=NOW)
    assert "Nordlys Telekom AB: Nordvik AB, 10058" in str(refusal.value)


def test_renaming_shows_on_the_next_page() -> None:
    """The cached host contains the partner's name."""
    client = HostClient("nordlys.localhost")
    assert "Nordlys Telekom AB" in client.get("/accounts/login/").content.decode()
    rename_partner(Partner.objects.get(slug="nordlys"), name="Norrsken Telekom AB", at=NOW)
    page = client.get("/accounts/login/").content.decode()
    assert "Norrsken Telekom AB" in page and "Nordlys" not in page
