"""Everything of one partner as a file, and nothing of another nor a secret (CHAN-24)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

import workspace.tasks
from customers.models import Customer
from portal.accounts.models import User
from portal.tenancy.backups.tables import owned, rows, tables_of
from portal.tenancy.backups.writing import count_rows
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Partner, PartnerEvent, PartnerExport
from tests.admin_helpers import text
from tests.conftest import NOW, PASSWORD, HostClient, SignIn
from tests.isolation.world import CANARY, World
from workspace.export_file import OF_PERSON
from workspace.exporting import (
    ExportUnderWay,
    ask_for_export,
    delete_old_exports,
    export_partner,
)
from workspace.jobs import ATTEMPTS

EXPORTS = "/admin/tenancy/partnerexport/"


@pytest.fixture
def nordlys(world: World) -> Partner:
    """The partner with everything."""
    return world.nordlys.partner


@pytest.fixture
def export(nordlys: Partner, staff: User) -> PartnerExport:
    """An export that is ready."""
    job = ask_for_export(nordlys, reason="They asked", by=staff, at=NOW)
    export_partner(job.pk, at=NOW)
    job.refresh_from_db()
    assert job.state == PartnerExport.State.READY
    return job


@pytest.fixture
def client(sign_in: SignIn, staff: User, settings: Any) -> HostClient:
    """Channel sales on the public host."""
    settings.STAFF_SECOND_FACTOR = False
    return sign_in(staff)


def _content(export: PartnerExport) -> bytes:
    return b"".join(bytes(chunk.content) for chunk in export.chunks.order_by("number"))


def _archive(export: PartnerExport) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(_content(export)))


def test_every_row_is_there_twice_with_counts_and_checksums(
    nordlys: Partner, export: PartnerExport
) -> None:
    """CHAN-24: each table as CSV and JSON lines; the manifest's counts are the database's."""
    assert hashlib.sha256(_content(export)).hexdigest() == export.sha256
    with _archive(export) as archive, in_public():
        manifest = json.loads(archive.read("manifest.json"))
        parts = {part["name"]: part for part in manifest["parts"]}
        assert set(archive.namelist()) == {"manifest.json", *parts}
        for name, part in parts.items():
            data = archive.read(name)
            assert hashlib.sha256(data).hexdigest() == part["sha256"]
            assert len(data) == part["bytes"]
        for folder, tables in (("partner", tables_of("p_nordlys")), ("public", owned(nordlys))):
            left_out = manifest["left_out"]
            counts = count_rows([each for name, each in tables.items() if name not in left_out])
            for table, count in counts.items():
                # The export itself was asked for before it was read.
                part = parts[f"tables/{folder}/{table}.jsonl"]
                assert part["rows"] == count, table
                lines = archive.read(part["name"]).decode().split("\n")
                assert len(lines) == count + 1
                cells = archive.read(f"tables/{folder}/{table}.csv").decode("utf-8-sig")
                assert len(list(csv.reader(io.StringIO(cells)))) == count + 1


def test_files_and_documents_are_files(nordlys: Partner, export: PartnerExport) -> None:
    """CHAN-24: the same bytes, under their names."""
    found = rows(
        "SELECT a.name, c.content FROM p_nordlys.files_attachment a "
        "JOIN p_nordlys.files_attachmentcontent c ON c.attachment_id = a.id"
    )
    with _archive(export) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name[:6] == "files/"}
    assert sorted(bytes(content) for _name, content in found) == sorted(files.values())
    assert len(files) >= 1
    assert all(any(path.endswith(name) for path in files) for name, _content in found)


def test_no_text_of_it_is_a_formula_whatever_separates(
    nordlys: Partner, world: World, staff: User
) -> None:
    """INP-05, CHAN-24: a spreadsheet program may split at semicolons what commas separate."""
    evil = "Inc;=1+1 AB"
    with in_partner(nordlys):
        Customer.objects.filter(pk=world.nordlys.other.pk).update(name=evil)
    job = ask_for_export(nordlys, reason="They asked", by=staff, at=NOW)
    export_partner(job.pk, at=NOW)
    with _archive(job) as archive:
        cells = archive.read("tables/partner/customers_customer.csv").decode("utf-8-sig")
        lines = archive.read("tables/partner/customers_customer.jsonl").decode()
    assert any(evil in line for line in lines.split("\n"))
    for mark in (",", ";", "\t"):
        found = [cell for row in csv.reader(io.StringIO(cells), delimiter=mark) for cell in row]
        assert not [cell for cell in found if cell.startswith("=")], mark


def test_nothing_of_another_partner_and_no_secret_is_in_it(
    export: PartnerExport, world: World
) -> None:
    """CHAN-24, ISO-12: the manifest names what was left out."""
    hashes = [user.password for user in User.objects.all()]
    with _archive(export) as archive:
        whole = b"\n".join(archive.read(name) for name in archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        people = archive.read("tables/public/accounts_user.jsonl").decode()
    assert CANARY["nordlys"].encode() in whole
    assert CANARY["brueckner"].encode() not in whole
    assert not any(each.encode() in whole for each in [*hashes, PASSWORD])
    assert tuple(json.loads(people.split("\n")[0])) == OF_PERSON
    assert "staff@kontor.example" not in people
    for name in (
        "customers_customer.personal_number_encrypted",
        "accounts_invitation.token_hash",
        "outbox_outboundemail.secrets_encrypted",
        "outbox_replyaddress.token",
        "customers_onboarding.secrets",
        "accounts_session",
    ):
        assert name in manifest["left_out"], name


def test_a_formula_is_a_text_in_the_file(world: World, staff: User) -> None:
    """CHAN-24, INP-05: somebody opens it in a spreadsheet."""
    partner = world.nordlys.partner
    Partner.objects.filter(pk=partner.pk).update(name="=1+1")
    job = ask_for_export(partner, reason="x", by=staff, at=NOW)
    export_partner(job.pk, at=NOW)
    with _archive(job) as archive:
        cells = archive.read("tables/public/tenancy_partner.csv").decode("utf-8-sig")
        assert "'=1+1" in next(iter(csv.DictReader(io.StringIO(cells))))["name"]
        assert '"=1+1"' in archive.read("tables/public/tenancy_partner.jsonl").decode()


def test_staff_download_it_and_nobody_else(
    client: HostClient, world: World, export: PartnerExport, staff: User
) -> None:
    """CHAN-24: each download is logged; it is never cached."""
    url = f"{EXPORTS}{export.pk}/download/"
    response = client.get(url)
    assert response.getvalue() == _content(export)
    assert "no-store" in response["Cache-Control"]
    assert "nordlys-2026-11-23.zip" in response["Content-Disposition"]
    events = PartnerEvent.objects.filter(partner_id=export.partner_id)
    assert [(each.kind, each.user, each.reason) for each in events.order_by("kind")] == [
        ("downloaded", staff, ""),
        ("exported", staff, "They asked"),
    ]
    assert client.post(url).status_code == 405
    assert HostClient("localhost").get(url).status_code == 302
    assert HostClient("nordlys.localhost").get(url).status_code == 404
    assert events.count() == 2


def test_the_page_asks_for_the_reason_and_shows_how_far_it_is(
    client: HostClient, nordlys: Partner
) -> None:
    """CHAN-24: one at a time for each partner."""
    url = f"/admin/tenancy/partner/{nordlys.pk}/do/export/"
    assert "reason" in client.post(url, {}).context["form"].errors
    done = client.post(url, {"reason": "They asked"}, follow=True)
    job = PartnerExport.objects.for_partner(nordlys).get()
    page = f"{EXPORTS}{job.pk}/change/"
    assert page in text(done)
    waiting = client.get(page)
    assert waiting["Refresh"] == "5" and "Look again" in text(waiting)
    assert client.get(f"{EXPORTS}{job.pk}/download/").status_code == 409
    twice = client.post(url, {"reason": "Again"})
    assert "is being made already" in text(twice)
    export_partner(job.pk, at=NOW)
    ready = client.get(page)
    assert "Download" in text(ready) and "Refresh" not in ready
    assert "They asked" in text(client.get(EXPORTS))


def test_it_is_deleted_after_seven_days(export: PartnerExport, staff: User) -> None:
    """CHAN-24: with its bytes; who asked for it stays known."""
    delete_old_exports(at=NOW + timedelta(days=6, hours=23))
    assert PartnerExport.objects.across_partners().exists()
    delete_old_exports(at=NOW + timedelta(days=7))
    assert not PartnerExport.objects.across_partners().exists()
    assert not rows("SELECT 1 FROM public.tenancy_partnerexportchunk")
    assert PartnerEvent.objects.filter(partner_id=export.partner_id).count() == 1


def test_a_killed_worker_leaves_nothing_and_it_is_made_anew(nordlys: Partner, staff: User) -> None:
    """CHAN-24: after an hour, so that no second worker begins meanwhile; at last it is given up."""
    job = ask_for_export(nordlys, reason="x", by=staff, at=NOW)
    with pytest.raises(ExportUnderWay):
        ask_for_export(nordlys, reason="y", by=staff, at=NOW)
    PartnerExport.objects.for_partner(nordlys).update(state="making", attempts=1)
    export_partner(job.pk, at=NOW + timedelta(minutes=5))
    assert PartnerExport.objects.for_partner(nordlys).get().state == "making"
    export_partner(job.pk, at=NOW + timedelta(hours=2))
    assert PartnerExport.objects.for_partner(nordlys).get().state == "ready"
    PartnerExport.objects.for_partner(nordlys).update(state="making", attempts=ATTEMPTS)
    export_partner(job.pk, at=NOW + timedelta(hours=9))
    given_up = PartnerExport.objects.for_partner(nordlys).get()
    assert (given_up.state, bool(given_up.cause)) == ("failed", True)


def test_its_task_may_take_an_hour() -> None:
    """CHAN-24: others end after minutes."""
    assert workspace.tasks.export.time_limit == 3660
