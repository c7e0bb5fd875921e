"""A partner that is erased is gone, and nobody else has changed (CHAN-25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection as raw

from portal.accounts.models import Membership, User
from portal.channel.models import StaffAccess
from portal.tenancy.backups.tables import Table, owned, rows, tables_of
from portal.tenancy.backups.writing import checksum
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner, PartnerErasure, PartnerEvent
from tests.admin_helpers import text
from tests.conftest import NOW, HostClient, SignIn
from tests.isolation.world import CANARY, World
from workspace import erasing
from workspace.erasing import (
    NotErasable,
    TooLate,
    WrongName,
    ask_for_erasure,
    cancel_erasure,
    erase_due,
)
from workspace.partners import create_partner
from workspace.suspending import ErasureWaits, reopen_partner, suspend_partner

DUE = NOW + timedelta(days=30)
# The vendor's own record of what it did.
RECORD = {"tenancy_partnererasure", "tenancy_partnerevent"}
# What the vendor wrote to several partners.
OF_VENDOR = {"channel_priceannouncement"}


@pytest.fixture
def nordlys(world: World, staff: User) -> Partner:
    """The partner with everything, suspended."""
    suspend_partner(world.nordlys.partner, reason="Left", by=staff, at=NOW)
    found: Partner = Partner._default_manager.get(slug="nordlys")
    return found


@pytest.fixture
def erasure(nordlys: Partner, staff: User) -> PartnerErasure:
    """Its erasure, which waits."""
    return ask_for_erasure(nordlys, name=nordlys.name, reason="Left", by=staff, at=NOW)


def _others(partner: Partner, people: set[Any]) -> dict[str, str]:
    """Return the checksum of everything that is neither the partner's nor its people's."""
    mine, found = owned(partner), {}
    gone = ", ".join(f"'{pk}'::uuid" for pk in people) or "NULL::uuid"
    for name, table in tables_of("public").items():
        if name in RECORD:
            continue
        condition = f"NOT coalesce({mine[name].condition}, false)" if name in mine else "true"
        for column in ("user_id", "id" if name == "accounts_user" else ""):
            if column in table.columns:
                condition += f" AND coalesce({column} NOT IN ({gone}), true)"
        found[name] = checksum(Table("public", name, table.columns, table.key, condition))
    for other in Partner._default_manager.exclude(pk=partner.pk):
        for name, table in tables_of(other.schema_name).items():
            found[f"{other.slug}/{name}"] = checksum(table)
    return found


def _named(word: str) -> list[str]:
    """Return the public tables in which a word stands anywhere."""
    return [
        name
        for name in tables_of("public")
        if name not in RECORD | OF_VENDOR
        and rows(f"SELECT 1 FROM public.{name} x WHERE row_to_json(x)::text ILIKE %s", f"%{word}%")
    ]


def test_everything_of_it_goes_and_no_other_row_changes(
    erasure: PartnerErasure, nordlys: Partner, world: World, staff: User
) -> None:
    """CHAN-25: when it is due and not before; by checksum of every other row."""
    customer = world.nordlys.assigned
    with in_public():
        StaffAccess.objects.create(
            partner=nordlys, user=staff, at=NOW, method="GET", path="/x/", status=200
        )
        LogEntry.objects.create(
            user=staff,
            content_type=ContentType.objects.get_for_model(customer),
            object_id=str(customer.pk),
            object_repr=customer.name,
            action_flag=CHANGE,
        )
        places = Membership.objects.for_partner(nordlys).exclude(user__is_staff=True)
        elsewhere = Membership.objects.for_partner(world.brueckner.partner)
        shared = set(elsewhere.values_list("user_id", flat=True))
        people = set(places.values_list("user_id", flat=True)) - shared
        LogEntry.objects.filter(object_id=str(customer.pk)).update(user=staff)
        log = LogEntry.objects.filter(object_id=str(customer.pk))
        assert erase_due(at=DUE - timedelta(seconds=1)) == 0
        entries = list(log.values_list("pk", flat=True))
        kept = _others(nordlys, people)
        assert erase_due(at=DUE) == 1
        assert not LogEntry.objects.filter(pk__in=entries).exists()
        after = _others(nordlys, people)
        kept.pop("django_admin_log")
        after.pop("django_admin_log")
        assert after == kept
        assert not rows("SELECT 1 FROM pg_namespace WHERE nspname = 'p_nordlys'")
        assert not Partner._default_manager.filter(pk=nordlys.pk).exists()
        assert not User.objects.filter(pk__in=people).exists()
        assert _named(CANARY["nordlys"]) == _named("nordlys") == []
        assert _named(CANARY["brueckner"])
        erasure.refresh_from_db()
        assert erasure.done_at == DUE and erasure.counts["customers_customer"] >= 2
        assert HostClient("nordlys.localhost").get("/").status_code == 404
        assert erase_due(at=DUE) == 0


def test_who_when_and_what_is_kept(erasure: PartnerErasure, nordlys: Partner, staff: User) -> None:
    """CHAN-25: rows that the partner does not take along."""
    with in_public():
        erase_due(at=DUE)
        found = PartnerEvent.objects.filter(partner_id=nordlys.pk).order_by("at", "kind")
        assert [(each.kind, each.user, each.reason) for each in found] == [
            ("erasure asked", staff, "Left"),
            ("suspended", staff, "Left"),
            ("erased", None, "Left"),
        ]
        row = PartnerErasure.objects.get(pk=erasure.pk)
    assert (row.partner_name, row.user, row.asked_at) == ("Nordlys Telekom AB", staff, NOW)


def test_name_host_and_schema_are_free_afterwards(erasure: PartnerErasure) -> None:
    """CHAN-25: the same names make another partner, without anything of the first."""
    with in_public():
        erase_due(at=DUE)
        again = create_partner(
            name="Nordlys Telekom AB",
            slug="nordlys",
            country="SE",
            currency="SEK",
            language="en",
            time_zone="Europe/Stockholm",
            notification_email="order@nordlys.example",
            at=DUE,
        )
        assert again.schema_name == "p_nordlys"
        assert again.pk != erasure.partner_id
        assert rows("SELECT count(*) FROM p_nordlys.customers_customer")[0][0] == 1


def test_a_person_who_is_elsewhere_too_stays(
    erasure: PartnerErasure, nordlys: Partner, world: World
) -> None:
    """CHAN-25: with their place there; only the place here goes."""
    with in_public():
        place = Membership.objects.for_partner(nordlys).filter(user__email__startswith="anna@")[0]
        other = Membership.objects.own_people(world.brueckner.partner)[0]
        Membership.objects.create(
            partner=world.brueckner.partner,
            user=place.user,
            role=other.role,
            state="active",
            created_at=NOW,
        )
        erase_due(at=DUE)
        anna = User.objects.get(pk=place.user_id)
        assert [each.partner.slug for each in anna.memberships.all()] == ["brueckner"]


def test_only_a_suspended_one_with_its_name_typed(nordlys: Partner, staff: User) -> None:
    """CHAN-25: and only once."""
    with pytest.raises(WrongName, match="Type the name as it is: Nordlys Telekom AB"):
        ask_for_erasure(nordlys, name="nordlys telekom ab", reason="x", by=staff, at=NOW)
    ask_for_erasure(nordlys, name=" Nordlys Telekom  AB ", reason="x", by=staff, at=NOW)
    with pytest.raises(NotErasable, match="waits already"):
        ask_for_erasure(nordlys, name=nordlys.name, reason="x", by=staff, at=NOW)
    other = Partner._default_manager.get(slug="brueckner")
    with pytest.raises(NotErasable, match="Suspend it first"):
        ask_for_erasure(other, name=other.name, reason="x", by=staff, at=NOW)


def test_it_is_cancelled_until_it_is_due(
    erasure: PartnerErasure, nordlys: Partner, staff: User
) -> None:
    """CHAN-25: an open partner is never erased; a cancelled one stays."""
    with pytest.raises(ErasureWaits, match="Cancel its erasure first"):
        reopen_partner(nordlys, reason="x", by=staff, at=NOW)
    with in_public():
        cancel_erasure(erasure, reason="They stay", by=staff, at=NOW)
        with pytest.raises(TooLate):
            cancel_erasure(erasure, reason="x", by=staff, at=NOW)
        assert erase_due(at=DUE) == 0
    reopen_partner(nordlys, reason="They stay", by=staff, at=NOW)
    with in_public():
        PartnerErasure.objects.filter(pk=erasure.pk).update(cancelled_at=None)
        assert erase_due(at=DUE) == 0
        assert Partner._default_manager.filter(slug="nordlys").exists()


def test_what_was_killed_halfway_is_finished(erasure: PartnerErasure, nordlys: Partner) -> None:
    """CHAN-25: the schema is gone, the rest goes with the next sweep; the counts are kept."""
    with in_public():
        assert erasing._drop(erasure.pk, at=DUE)
        assert Partner._default_manager.filter(slug="nordlys").exists()
        with pytest.raises(TooLate):
            erasure.refresh_from_db()
            cancel_erasure(erasure, reason="x", by=erasure.user, at=DUE)
        assert erase_due(at=DUE) == 1
        erasure.refresh_from_db()
        assert erasure.counts["customers_customer"] >= 2


def test_staff_erase_and_cancel_on_pages(
    sign_in: SignIn, nordlys: Partner, staff: User, settings: Any
) -> None:
    """CHAN-25: the name is typed; what is refused stands at its field."""
    settings.STAFF_SECOND_FACTOR = False
    client = sign_in(staff)
    url = f"/admin/tenancy/partner/{nordlys.pk}/do/erase/"
    page = client.get(url)
    assert "after 30 days" in text(page)
    wrong = client.post(url, {"name": "Nordlys", "reason": "Left"})
    assert "name" in wrong.context["form"].errors
    assert wrong.context["form"]["reason"].value() == "Left"
    done = client.post(url, {"name": nordlys.name, "reason": "Left"}, follow=True)
    erasure = PartnerErasure.objects.get()
    erasure_page = f"/admin/tenancy/partnererasure/{erasure.pk}/"
    assert f"{erasure_page}change/" in text(done)
    assert "Until then it can be cancelled" in text(client.get(f"{erasure_page}change/"))
    client.post(f"{erasure_page}do/cancel/", {"reason": "They stay"})
    assert "It was cancelled" in text(client.get(f"{erasure_page}change/"))
    assert client.get("/admin/tenancy/partnererasure/").status_code == 200


def test_the_log_of_staff_is_append_only_but_for_an_erasure(nordlys: Partner, staff: User) -> None:
    """ISO-16, CHAN-25: only the partner's own rows, and only while it is erased."""
    other = Partner._default_manager.get(slug="brueckner")
    for partner in (nordlys, other):
        StaffAccess.objects.create(
            partner=partner, user=staff, at=NOW, method="GET", path="/x/", status=200
        )
    with raw.cursor() as cursor:
        cursor.execute("SELECT set_config('kontor.erasing', %s, true)", [str(nordlys.pk)])
    assert StaffAccess.objects.for_partner(nordlys).delete()[0] == 1
    with pytest.raises(Exception, match="append-only"):
        StaffAccess.objects.for_partner(other).delete()
