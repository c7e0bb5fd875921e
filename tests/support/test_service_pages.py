"""The pages of service reports: list, form, signing, and the customers' own portal (SUP-10)."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from customers.models import Contact, Customer
from customers.services import assign
from portal.accounts.models import Membership
from portal.accounts.rights import Preset
from portal.files.models import Attachment
from portal.outbox.issuing import render_due
from portal.tenancy.models import Partner
from support.models import ProblemReport, ServiceReport
from support.services import progress
from support.services.drafts import add_picture, save_draft
from support.services.work_orders import Plan, cancel_work, start_report
from tests import factories
from tests.conftest import NOW, HostClient, SignIn
from tests.support.work_helpers import FACTS, STROKES, again, draft, picture, plan, sign, write

S = ServiceReport.State
FORM = {
    "performed_on": "2026-11-28",
    "minutes": "1,5",
    "travel_minutes": "",
    "travel_km": "",
    "work": "Replaced it",
    "result": "solved",
    "next_step": "",
    "parts-TOTAL_FORMS": "1",
    "parts-INITIAL_FORMS": "0",
    "parts-0-name": "Switch",
    "parts-0-quantity": "",
    "parts-0-serial": "",
}


@pytest.fixture
def client(sign_in: SignIn, anna: Membership) -> HostClient:
    return sign_in(anna)


def _page(client: HostClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_list_shows_all_but_the_cancelled_ones(
    client: HostClient, customer: Customer, anna: Membership
) -> None:
    """SUP-10, USE-14: tabs, filters, an empty list and a filter without meaning."""
    assert "No service report yet" in _page(client, "/service-reports/")
    planned = plan(customer, anna)
    signed = sign(write(draft(customer, anna), anna), anna)
    gone = plan(customer, anna)
    cancel_work(gone.pk, text="No", by=anna, at=NOW)
    text = _page(client, "/service-reports/")
    assert [each.number in text for each in (planned, signed, gone)] == [True, True, False]
    for query, found in {
        "state=planned": (planned,),
        "state=any": (planned, signed, gone),
        "technician=me": (planned, signed),
        f"customer={customer.pk}": (planned, signed),
        f"site={uuid4()}": (),
        "q=switch": (planned, signed, gone),
        "from=2020-01-01": (signed,),
        "to=2020-01-01": (),
        "state=nonsense": (),
    }.items():
        text = _page(client, f"/service-reports/?{query}")
        shown = {each for each in (planned, signed, gone) if f"/service-reports/{each.pk}/" in text}
        assert shown == set(found), query


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_a_fixed_number_of_statements(
    client: HostClient,
    customer: Customer,
    anna: Membership,
    count: int,
    django_assert_max_num_queries: object,
) -> None:
    """SPEED-01: as many for three rows as for one."""
    for _each in range(count):
        write(draft(customer, anna), anna)
    _page(client, "/service-reports/")
    with django_assert_max_num_queries(40) as counted:  # type: ignore[operator]
        _page(client, "/service-reports/")
    assert len(counted) == LIST_STATEMENTS


LIST_STATEMENTS = 7


def test_file_holds_what_is_on_screen(
    client: HostClient, customer: Customer, anna: Membership
) -> None:
    """SUP-10, REG-10."""
    work = sign(write(draft(customer, anna), anna), anna)
    answer = client.get("/service-reports/export/?format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert work.number in text
    assert "Karin Lind" in text


def test_draft_is_saved_with_what_was_typed(
    client: HostClient, customer: Customer, anna: Membership
) -> None:
    """SUP-02, SUP-11: 1,5 is an hour and a half; one of a part without a quantity."""
    work = draft(customer, anna)
    answer = client.post(f"/service-reports/{work.pk}/write/", {**FORM, "version": "1"})
    assert answer.status_code == 302
    stored = again(work.pk)
    assert (stored.minutes, stored.work, stored.result) == (90, "Replaced it", "solved")
    assert [(part.quantity, part.name) for part in stored.parts.all()] == [(1, "Switch")]


def test_part_that_was_saved_in_the_background_is_not_lost(
    client: HostClient, customer: Customer, anna: Membership
) -> None:
    """SUP-02, SUP-03: the form still counts it as new when it is saved once more."""
    work = draft(customer, anna)
    for version, text in ((1, "Half"), (2, "All")):
        posted = {**FORM, "version": str(version), "work": text}
        client.post(f"/service-reports/{work.pk}/save/", posted)
    assert again(work.pk).work == "All"
    assert [part.name for part in again(work.pk).parts.all()] == ["Switch"]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("minutes", "soon", "Write a time like 1:30, 1,5 or 90."),
        ("minutes", "30:00", "More than 24 hours: write a report for each day."),
        ("travel_km", "far", "Enter whole kilometres."),
        ("performed_on", "yesterday", "Enter a date."),
        ("parts-0-quantity", "many", "Enter a whole number."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(
    client: HostClient, customer: Customer, anna: Membership, field: str, typed: str, said: str
) -> None:
    """SUP-02, SUP-11: on the page, and to the script that saves in the background."""
    work = draft(customer, anna)
    posted = {**FORM, "version": "1", field: typed}
    text = client.post(f"/service-reports/{work.pk}/write/", posted).content.decode()
    assert escape(said) in text
    assert typed in text
    assert "Replaced it" in text
    answer = client.post(f"/service-reports/{work.pk}/save/", posted)
    assert (answer.status_code, answer.json()) == (422, {"error": said})
    assert again(work.pk).work == ""


def test_saving_in_the_background_never_replaces_a_newer_version(
    client: HostClient, customer: Customer, anna: Membership
) -> None:
    """SUP-02, SUP-03: 409, and by the button both versions."""
    work = draft(customer, anna)
    address = f"/service-reports/{work.pk}"
    first = client.post(f"{address}/save/", {**FORM, "version": "1"})
    assert first.json()["version"] == 2
    mine = {**FORM, "version": "1", "work": "Mine", "parts-0-name": "Fuse"}
    assert client.post(f"{address}/save/", mine).status_code == 409
    answer = client.post(f"{address}/write/", mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    for words in ("What differs", "Mine", "Replaced it", "1 Fuse", "1 Switch"):
        assert words in text
    assert again(work.pk).work == "Replaced it"
    assert client.post(f"{address}/write/", {**mine, "version": "2"}).status_code == 302
    assert again(work.pk).work == "Mine"


def test_what_lacks_is_asked_for_only_before_signing(
    client: HostClient, customer: Customer, anna: Membership
) -> None:
    """SUP-04: the draft is saved all the same."""
    work = draft(customer, anna)
    posted = {**FORM, "version": "1", "result": "", "minutes": "", "then": "sign"}
    text = client.post(f"/service-reports/{work.pk}/write/", posted).content.decode()
    assert "Enter how long it took." in text
    assert "Choose the result." in text
    assert again(work.pk).work == "Replaced it"
    assert client.get(f"/service-reports/{work.pk}/sign/").status_code == 302


def test_customer_signs_on_the_page(
    client: HostClient, customer: Customer, karin: Contact, anna: Membership
) -> None:
    """SUP-05: drawn, in the customer's language, without the menu."""
    customer.language = "en"
    customer.save()
    work = write(draft(customer, anna), anna)
    address = f"/service-reports/{work.pk}/sign/"
    text = _page(client, address)
    assert "Replaced the switch in the rack." in text
    assert "k-side" not in text
    posted = {"version": str(work.version), "contact": str(karin.pk)}
    refused = client.post(address, {**posted, "strokes": "[[[0.5,0.5]]]"}).content.decode()
    assert "Sign in the field, or tick that the name is your signature." in refused
    answer = client.post(address, {**posted, "strokes": json.dumps(STROKES)})
    assert answer.status_code == 302
    stored = again(work.pk)
    assert (stored.state, stored.signer_name, stored.signer) == (S.SIGNED, "Karin Lind", karin)
    assert client.get(f"/service-reports/{work.pk}/signature/")["Content-Type"] == "image/png"
    assert client.post(address, posted).status_code == 302


def test_contact_of_another_customer_can_not_be_chosen(
    client: HostClient, customer: Customer, anna: Membership
) -> None:
    """SUP-05, SAFE-02."""
    work = write(draft(customer, anna), anna)
    other = factories.make_customer("Annat AB", "10099", at=NOW)
    stranger = factories.make_contact(other, at=NOW)
    posted = {"version": str(work.version), "contact": str(stranger.pk), "is_typed": "on"}
    assert client.post(f"/service-reports/{work.pk}/sign/", posted).status_code == 200
    assert again(work.pk).state == S.DRAFT


def test_report_without_signature_needs_its_reason(
    client: HostClient, customer: Customer, anna: Membership
) -> None:
    """SUP-05, D14."""
    work = write(draft(customer, anna), anna)
    address = f"/service-reports/{work.pk}/unsigned/"
    posted = {"version": str(work.version), "text": ""}
    assert "Write why nobody signs." in client.post(address, posted).content.decode()
    assert client.post(address, {**posted, "text": "Nobody there"}).status_code == 302
    text = _page(client, f"/service-reports/{work.pk}/")
    assert "Nobody there" in text


def test_pictures_are_added_and_removed(
    client: HostClient, customer: Customer, anna: Membership
) -> None:
    """SUP-12: by the script and by the form; what is none is named."""
    work = draft(customer, anna)
    address = f"/service-reports/{work.pk}"
    answer = client.post(f"{address}/pictures/", {"pictures": picture()})
    (shown,) = answer.json()["pictures"]
    assert shown["name"] == "rack.png"
    assert client.get(shown["url"])["Content-Type"] == "image/png"
    text = factories.make_file(customer, "a.txt", by=anna, at=NOW)
    upload = SimpleUploadedFile("note.png", b"no picture")
    refused = client.post(f"{address}/pictures/", {"pictures": upload})
    assert (refused.status_code, refused.json()) == (422, {"error": "note.png is no picture."})
    posted = {**FORM, "version": "1", "remove": shown["id"]}
    assert client.post(f"{address}/write/", posted).status_code == 302
    assert list(Attachment.objects.all()) == [text]


def test_problem_report_is_turned_into_a_work_order_from_its_page(
    client: HostClient, report: ProblemReport, customer: Customer, anna: Membership
) -> None:
    """SUP-01, REG-33."""
    page = f"/reports/{report.pk}/"
    assert "Turn into a work order" not in _page(client, page)
    progress.acknowledge(report.pk, by=anna, at=NOW)
    assert "Turn into a work order" in _page(client, page)
    address = f"/service-reports/new/{customer.pk}/?report={report.pk}"
    assert report.subject in _page(client, address)
    refused = client.post(address, {"task": "", "technician": str(anna.pk), "act": "plan"})
    assert "Write what is to be done." in refused.content.decode()
    answer = client.post(address, {"task": "Look", "technician": str(anna.pk), "act": "plan"})
    assert answer.status_code == 302
    work = ServiceReport.objects.get()
    assert work.number in _page(client, page)
    assert client.get(f"/service-reports/new/{customer.pk}/?report={uuid4()}").status_code == 404
    assert work.number in _page(client, f"/customers/{customer.pk}/")


def test_technician_of_other_customers_gets_none_and_sales_can_read(
    sign_in: SignIn, customer: Customer, anna: Membership, mikael: Membership
) -> None:
    """SUP-10, REG-25: only assigned ones; nobody is chosen who does not see the customer."""
    work = plan(customer, anna)
    his = sign_in(mikael)
    assert his.get(f"/service-reports/{work.pk}/").status_code == 404
    assert work.number not in _page(his, "/service-reports/")
    hers = sign_in(anna)
    assert "Mikael" not in _page(hers, f"/service-reports/new/{customer.pk}/").split("</main>")[0]
    assign(customer, mikael, at=NOW)
    assert his.get(f"/service-reports/{work.pk}/").status_code == 200


def _user_of(customer: Customer, email: str) -> Membership:
    """Return a customer's user."""
    return factories.make_customer_user(customer, "per", Preset.CUSTOMER_USER, at=NOW, email=email)


def test_customers_user_reads_the_finished_ones_of_the_own_company(
    sign_in: SignIn, customer: Customer, nordlys: Partner, anna: Membership
) -> None:
    """REG-26, D14, SUP-10: the list and the PDF; nothing else exists for them."""
    other = factories.make_customer("Annat AB", "10099", at=NOW)
    mine, theirs = (sign(write(draft(each, anna), anna), anna) for each in (customer, other))
    begun = write(draft(customer, anna), anna)
    render_due(at=NOW)
    client = sign_in(_user_of(customer, "per@havsbris.example"))
    text = _page(client, "/my/service-reports/")
    shown = [each.number in text for each in (mine, theirs, begun)]
    assert shown == [True, False, False]
    answer = client.get(f"/my/service-reports/{mine.pk}/pdf/")
    assert answer.content.startswith(b"%PDF")
    for each in (theirs, begun):
        assert client.get(f"/my/service-reports/{each.pk}/pdf/").status_code == 404
    for address in ("", f"{mine.pk}/", f"{mine.pk}/pdf/", f"{begun.pk}/write/"):
        assert client.get(f"/service-reports/{address}").status_code == 404
    assert sign_in(anna).get("/my/service-reports/").status_code == 404


def test_a_report_without_its_pdf_is_listed_without_a_link(
    sign_in: SignIn, customer: Customer, anna: Membership
) -> None:
    """SUP-10: what leads nowhere is no link; the page says what is awaited."""
    work = sign(write(draft(customer, anna), anna), anna)
    client = sign_in(_user_of(customer, "per@havsbris.example"))
    address = f"/my/service-reports/{work.pk}/pdf/"
    text = _page(client, "/my/service-reports/")
    assert work.number in text
    assert address not in text
    assert "The PDF is being made." in text
    render_due(at=NOW)
    text = _page(client, "/my/service-reports/")
    assert address in text
    assert "The PDF is being made." not in text


def test_picture_of_a_finished_report_cannot_be_deleted_on_the_customers_page(
    sign_in: SignIn, customer: Customer, anna: Membership
) -> None:
    """SUP-06: the page says so instead of failing."""
    work = start_report(customer, Plan(), by=anna, at=NOW)
    add_picture(work.pk, picture("rack.png"), by=anna, at=NOW)
    work.refresh_from_db()
    work = save_draft(work.pk, FACTS, [], version=work.version, by=anna, at=NOW)
    sign(work, anna, name="Per Strand")
    shot = Attachment.objects.about(work).get()
    client = sign_in(anna)
    page = client.post(f"/customers/{customer.pk}/files/{shot.pk}/delete/", follow=True)
    assert "rack.png is needed elsewhere and stays." in page.content.decode()
    assert Attachment.objects.filter(pk=shot.pk).exists()
