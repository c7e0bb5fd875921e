"""One partner as a file and back: complete, checked, and nothing of any other (CHAN-26)."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.models import Membership, User
from portal.channel.models import DirectoryEntry, StaffAccess
from portal.tenancy.backups.manifest import MANIFEST, BackupRefused
from portal.tenancy.backups.removing import remove_partner, remove_people
from portal.tenancy.backups.restoring import opened, restore_backup, verified
from portal.tenancy.backups.tables import Table, left_out, owned, rows, tables_of
from portal.tenancy.backups.writing import checksum, checksums, write_backup
from portal.tenancy.context import in_public
from portal.tenancy.models import Domain, Partner
from tests.conftest import NOW
from tests.isolation.world import World


def _file(partner: Partner) -> io.BytesIO:
    file = io.BytesIO()
    write_backup(partner, file, at=NOW)
    return file


def _rest(partner: Partner) -> dict[str, str]:
    """Return the checksum of everything in the database that is not this partner's."""
    mine = owned(partner)
    found = {}
    for name, table in tables_of("public").items():
        condition = f"NOT coalesce({mine[name].condition}, false)" if name in mine else "true"
        found[name] = checksum(Table("public", name, table.columns, table.key, condition))
    for other in Partner._default_manager.exclude(pk=partner.pk):
        for name, table in tables_of(other.schema_name).items():
            found[f"{other.slug}/{name}"] = checksum(table)
    return found


def _members(partner: Partner) -> list[str]:
    places = Membership.objects.for_partner(partner)
    return [str(pk) for pk in places.values_list("user_id", flat=True)]


def _remove(partner: Partner) -> None:
    """Take a partner and its people out, as if the database had lost them."""
    people = _members(partner)
    remove_partner(partner, with_log=True)
    remove_people(people)


@pytest.fixture
def nordlys(world: World) -> Partner:
    """The partner with everything, seen from the public schema."""
    return world.nordlys.partner


def _log(partner: Partner, staff: User) -> None:
    StaffAccess.objects.create(
        partner=partner, user=staff, at=NOW, method="GET", path="/admin/p/nordlys/", status=200
    )


def test_a_dropped_partner_comes_back_equal_and_nobody_else_changes(
    nordlys: Partner, staff: User
) -> None:
    """CHAN-26: each table's checksum is the one before, and every other row is what it was."""
    with in_public():
        _log(nordlys, staff)
        before, others = checksums(nordlys), _rest(nordlys)
        file = _file(nordlys)
        _remove(nordlys)
        assert not rows("SELECT 1 FROM pg_namespace WHERE nspname = 'p_nordlys'")
        assert not Partner._default_manager.filter(pk=nordlys.pk).exists()
        assert not User.objects.filter(email="anna@nordlys.example").exists()
        restored = restore_backup(file)
        assert checksums(restored) == before
        assert _rest(restored) == others
        filled = [
            name
            for name, table in tables_of("p_nordlys").items()
            if rows(f"SELECT 1 FROM {table.sql} LIMIT 1")
        ]
        assert len(filled) > 30


def test_what_guards_the_rows_is_there_again(nordlys: Partner, brueckner: Partner) -> None:
    """CHAN-26, ISO-12: keys, indexes, triggers and tripwire are those of any partner."""
    with in_public():
        file = _file(nordlys)
        _remove(nordlys)
        restore_backup(file)
        assert _guards("p_nordlys") == _guards("p_brueckner")


def _guards(schema: str) -> list[str]:
    found = rows(
        "SELECT t.relname || ' ' || k.conname || pg_get_constraintdef(k.oid) FROM pg_constraint k "
        "JOIN pg_class t ON t.oid = k.conrelid WHERE t.relnamespace = to_regnamespace(%s) UNION "
        "SELECT pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid "
        "WHERE t.relnamespace = to_regnamespace(%s) AND NOT g.tgisinternal UNION "
        "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
        " WHERE t.relnamespace = to_regnamespace(%s)",
        schema,
        schema,
        schema,
    )
    partner = Partner._default_manager.get(schema_name=schema)
    return sorted(row[0].replace(schema, "p").replace(str(partner.pk), "id") for row in found)


def test_numbers_go_on_where_they_were(nordlys: Partner) -> None:
    """CHAN-26: an order made afterwards gets the next number."""
    sql = "SELECT last_value FROM p_nordlys.orders_number"
    with in_public():
        file, last = _file(nordlys), rows(sql)
        _remove(nordlys)
        restore_backup(file)
        assert rows(sql) == last
        assert rows("SELECT nextval('p_nordlys.orders_number')")[0][0] == last[0][0] + 1


def test_over_a_partner_that_is_there_only_when_said(nordlys: Partner, staff: User) -> None:
    """CHAN-26: with ``replace`` it is as at the backup; what is append-only is never deleted."""
    with in_public():
        _log(nordlys, staff)
        before, others = checksums(nordlys), _rest(nordlys)
        file = _file(nordlys)
        DirectoryEntry.objects.for_partner(nordlys).delete()
        Domain.objects.create(tenant=nordlys, domain="later.example", is_primary=False)
        _log(nordlys, staff)
        changed = checksums(nordlys)
        with pytest.raises(BackupRefused, match="--replace overwrites it"):
            restore_backup(file)
        assert checksums(nordlys) == changed
        restore_backup(file, replace=True)
        after = checksums(nordlys)
        log = "public/channel_staffaccess"
        assert after.pop(log) == changed[log]
        before.pop(log)
        assert after == before
        assert _rest(nordlys) == others


def test_a_person_who_is_there_is_never_changed(nordlys: Partner) -> None:
    """CHAN-26: people belong to other partners too."""
    with in_public():
        file = _file(nordlys)
        User.objects.filter(email="anna@nordlys.example").update(name="Anna New", password="new")
        restore_backup(file, replace=True)
        anna = User.objects.get(email="anna@nordlys.example")
        assert (anna.name, anna.password) == ("Anna New", "new")


def test_rights_of_staff_are_not_restored(nordlys: Partner) -> None:
    """CHAN-26, CHAN-31: they are given by hand."""
    with in_public():
        User.objects.filter(email="anna@nordlys.example").update(is_staff=True, is_superuser=True)
        file = _file(nordlys)
        User.objects.filter(email="anna@nordlys.example").update(is_staff=False)
        _remove(nordlys)
        restore_backup(file)
        anna = User.objects.get(email="anna@nordlys.example")
        assert (anna.is_staff, anna.is_superuser, anna.is_active) == (False, False, False)


def _rewritten(file: io.BytesIO, change: dict[str, bytes], *, spoil: str = "") -> io.BytesIO:
    """Return the backup with parts exchanged, as a whole zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if name != spoil:
                new.writestr(name, change.get(name, old.read(name)))
    return made


@pytest.mark.parametrize("how", ["cut", "flipped", "exchanged", "missing", "no zip", "no manifest"])
def test_a_damaged_file_is_refused_before_anything_is_written(nordlys: Partner, how: str) -> None:
    """CHAN-26: every part is compared with its checksum first."""
    with in_public():
        whole = _file(nordlys)
        name = "partner/orders_order"
        data = bytearray(whole.getvalue())
        if how == "cut":
            file = io.BytesIO(bytes(data[: len(data) // 2]))
        elif how == "flipped":
            with zipfile.ZipFile(whole) as archive:
                info = archive.getinfo(name)
            data[info.header_offset + 64 + len(name) + info.compress_size // 2] ^= 0xFF
            file = io.BytesIO(bytes(data))
        elif how == "exchanged":
            file = _rewritten(whole, {name: b"1\t2\n"})
        elif how == "missing":
            file = _rewritten(whole, {}, spoil=name)
        elif how == "no manifest":
            file = _rewritten(whole, {}, spoil=MANIFEST)
        else:
            file = io.BytesIO(b"no zip at all")
        before = checksums(nordlys)
        with pytest.raises(BackupRefused, match=r"damaged|no backup"):
            restore_backup(file, replace=True)
        assert checksums(nordlys) == before


def test_any_byte_that_is_wrong_is_refused_or_changes_no_content(nordlys: Partner) -> None:
    """CHAN-26: no damage raises anything but the refusal."""
    with in_public():
        data = _file(nordlys).getvalue()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        whole = verified(archive)
    for place in range(7, len(data), len(data) // 400):
        spoilt = bytearray(data)
        spoilt[place] ^= 0xFF
        try:
            with opened(io.BytesIO(bytes(spoilt))) as archive:
                assert verified(archive) == whole
        except BackupRefused:
            pass


def _with_manifest(file: io.BytesIO, **changed: object) -> io.BytesIO:
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read(MANIFEST))
    text = json.dumps({**manifest, **changed}).encode()
    return _rewritten(file, {MANIFEST: text})


def test_another_state_of_migration_is_refused_in_words(nordlys: Partner) -> None:
    """CHAN-26."""
    with in_public():
        file = _with_manifest(_file(nordlys), migrations={"public": "x", "partner": "y"})
        with pytest.raises(BackupRefused, match="migrated differently"):
            restore_backup(file, replace=True)
        file = _with_manifest(_file(nordlys), needs={"catalog_product": {"x": ""}})
        with pytest.raises(BackupRefused, match="lacks 1 rows of catalog_product"):
            restore_backup(file, replace=True)
        file = _with_manifest(_file(nordlys), format=99)
        with pytest.raises(BackupRefused, match="another version"):
            restore_backup(file, replace=True)


def test_a_crafted_name_never_becomes_a_statement(nordlys: Partner) -> None:
    """CHAN-26: id and schema of the manifest are checked for their form."""
    partner = {"id": str(nordlys.pk), "slug": "nordlys", "name": "x", "schema": "p_brueckner"}
    with in_public():
        before = _rest(nordlys)
        for wrong in ({"schema": 'x"; DROP'}, {"id": "1' OR true"}, {}):
            file = _with_manifest(_file(nordlys), partner={**partner, **wrong})
            with pytest.raises(BackupRefused):
                restore_backup(file, replace=True)
        assert _rest(nordlys) == before


def test_what_another_partner_took_meanwhile_is_said(nordlys: Partner, brueckner: Partner) -> None:
    """CHAN-26: a host or name that is somebody else's now; nothing is restored."""
    with in_public():
        file = _file(nordlys)
        _remove(nordlys)
        Domain.objects.create(tenant=brueckner, domain="nordlys.localhost", is_primary=False)
        with pytest.raises(BackupRefused, match=r"in use by another one.*nordlys\.localhost"):
            restore_backup(file)
        assert not Partner._default_manager.filter(pk=nordlys.pk).exists()
        assert not rows("SELECT 1 FROM pg_namespace WHERE nspname = 'p_nordlys'")


def test_what_is_left_out_is_written_down(nordlys: Partner) -> None:
    """CHAN-26: no session and no right of staff stands in the file, and its manifest says so."""
    with in_public():
        file = _file(nordlys)
        named = left_out(nordlys)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        assert not any("session" in name for name in archive.namelist())
    assert manifest["left_out"] == named
    assert set(named) >= {"accounts_session", "accounts_user_groups", "usersessions_usersession"}


def test_every_public_table_of_a_partner_is_found(nordlys: Partner) -> None:
    """CHAN-26: what points to a partner, or to such a row, is its own."""
    with in_public():
        found = set(owned(nordlys))
    assert found >= {
        "tenancy_partner",
        "tenancy_domain",
        "accounts_membership",
        "channel_directoryentry",
        "channel_submittedorder",
        "outbox_outboundemail",
        "outbox_document",
    }
    assert not found & {"accounts_user", "catalog_product", "django_content_type"}


def test_the_commands_write_and_read_a_file(nordlys: Partner, tmp_path: Path) -> None:
    """CHAN-26."""
    file, out = tmp_path / "nordlys.zip", io.StringIO()
    with in_public():
        before = checksums(nordlys)
        call_command("backup_partner", "nordlys", str(file), stdout=out)
        assert f"tables in {file}" in out.getvalue()
        assert file.stat().st_mode & 0o077 == 0
        with pytest.raises(CommandError, match="exists"):
            call_command("backup_partner", "nordlys", str(file))
        with pytest.raises(CommandError, match="There is no partner nobody"):
            call_command("backup_partner", "nobody", str(tmp_path / "x.zip"))
        with pytest.raises(CommandError, match="--replace"):
            call_command("restore_partner", str(file))
        call_command("restore_partner", str(file), "--replace", stdout=out)
        assert "Nordlys Telekom AB is restored: http://nordlys.localhost" in out.getvalue()
        with pytest.raises(CommandError, match="can't be read"):
            call_command("restore_partner", str(tmp_path / "none.zip"))
        assert checksums(nordlys) == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["nordlys.zip"]
