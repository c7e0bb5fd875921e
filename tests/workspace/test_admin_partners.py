"""Partners and people in channel sales' admin, and the command that creates a partner."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string

from customers.models import Customer
from portal.accounts.models import Membership, User
from portal.channel.models import DirectoryEntry
from portal.outbox.models import OutboundEmail
from portal.outbox.rendering import render
from portal.tenancy.connection import connection
from portal.tenancy.context import in_partner, in_public
from portal.tenancy.models import Partner, PartnerCreation
from tests.admin_helpers import LATER, statements, text
from tests.conftest import NOW, HostClient, SignIn
from tests.factories import make_customer
from tests.support.work_helpers import picture
from workspace.admin_forms import PartnerForm
from workspace.creating import make_partner

LIST = "/admin/tenancy/partner/"
CREATIONS = "/admin/tenancy/partnercreation/"
PEOPLE = "/admin/accounts/user/"
NEW = {
    "name": "Harbour Networks Ltd",
    "slug": "harbour",
    "country": "GB",
    "currency": "GBP",
    "language": "en",
    "time_zone": "Europe/London",
    "uses_one_stop_shop": "on",
    "notification_email": "orders@harbour.example",
    "brand_colour": "#0b5d3b",
    "admin_name": "Oliver Marsh",
    "admin_email": "oliver@harbour.example",
}


@pytest.fixture(autouse=True)
def _staff_world(settings: Any) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = False
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def client(sign_in: SignIn, staff: User) -> HostClient:
    """Channel sales on the public host."""
    return sign_in(staff)


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'p!_%%' ESCAPE '!'")
        return {row[0] for row in cursor.fetchall()}


def test_a_partner_is_created_completely(client: HostClient) -> None:
    """ORD-08, D3: schema, own company, host, first administrator with an invitation."""
    response = client.post(LIST + "add/", NEW)
    job = PartnerCreation.objects.get()
    assert response["Location"] == f"{CREATIONS}{job.pk}/change/"
    make_partner(job.pk, at=LATER)
    partner = Partner.objects.get(slug="harbour")
    assert f"{LIST}{partner.pk}/change/" in text(client.get(response["Location"]))
    assert partner.schema_name in schemas()
    with in_partner(partner):
        assert Customer.objects.own_company().get().name == "Harbour Networks Ltd"
    mail = OutboundEmail.objects.for_partner(partner).get()
    assert mail.to_address == "oliver@harbour.example"
    place = Membership.objects.for_partner(partner).get()
    assert (place.state, place.user.has_usable_password()) == (Membership.State.INVITED, False)


def test_a_name_that_a_customer_holds_leaves_nothing(
    client: HostClient, brueckner: Partner
) -> None:
    """D3: staff see who holds it; nothing is left behind."""
    with in_partner(brueckner):
        make_customer("Harbour Networks Ltd", "20050", at=NOW)
    before = schemas()
    response = client.post(LIST + "add/", NEW)
    assert response.status_code == 200
    assert "The name is taken by a customer of Brückner IT GmbH" in text(response)
    assert "name" in response.context["form"].errors
    assert not Partner.objects.filter(slug="harbour").exists()
    assert schemas() == before
    assert not User.objects.filter(email="oliver@harbour.example").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "nordlys"),
        ("slug", "admin"),
        ("host", "nordlys.localhost"),
        ("country", "XX"),
        ("time_zone", "Europe/Atlantis"),
        ("brand_colour", "red; }"),
        ("notification_email", "orders"),
        ("admin_email", ""),
    ],
)
def test_bad_input_is_said_and_makes_nothing(client: HostClient, field: str, value: str) -> None:
    response = client.post(LIST + "add/", {**NEW, field: value})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert set(Partner.objects.values_list("slug", flat=True)) == {"nordlys", "brueckner"}


def test_renaming_takes_the_own_company_along(
    client: HostClient, nordlys: Partner, brueckner: Partner
) -> None:
    """D3."""
    url = f"{LIST}{nordlys.pk}/do/rename/"
    taken = client.post(url, {"name": "brückner it GMBH"})
    assert taken.status_code == 200
    assert "The name is taken by a customer of Brückner IT GmbH" in text(taken)
    assert client.post(url, {"name": "Norrsken Telekom AB"}).status_code == 302
    renamed = Partner.objects.get(pk=nordlys.pk)
    assert renamed.name == "Norrsken Telekom AB"
    with in_partner(renamed):
        assert Customer.objects.own_company().get().name == "Norrsken Telekom AB"
    claim = DirectoryEntry.objects.for_partner(nordlys).get(is_own_company=True)
    assert claim.name_key == "norrsken telekom ab"


def test_suspending_closes_the_hosts(
    client: HostClient, sign_in: SignIn, nordlys: Partner, anna: Membership
) -> None:
    """CHAN-21: with a reason, which the partner's page shows; sessions end."""
    partner_page = sign_in(anna)
    assert partner_page.get("/").status_code == 200
    url = f"{LIST}{nordlys.pk}/do/"
    asked = client.post(f"{url}suspend/", {"reason": " "})
    assert "reason" in asked.context["form"].errors
    assert partner_page.get("/").status_code == 200
    done = client.post(f"{url}suspend/", {"reason": "Bills <unpaid>"}, follow=True)
    assert done.redirect_chain[-1][1] == 302
    assert "Suspended, Sam Whitlock" in text(done)
    assert "Bills &lt;unpaid&gt;" in text(done)
    assert partner_page.get("/").status_code == 503
    assert client.get("/admin/p/nordlys/").status_code == 200
    twice = client.post(f"{url}suspend/", {"reason": "x"}, follow=True)
    assert "Nordlys Telekom AB is suspended already." in text(twice)
    client.post(f"{url}resume/", {"reason": "Paid"})
    assert partner_page.get("/")["Location"].startswith("/accounts/login/")
    assert "Reopened, Sam Whitlock" in text(client.get(f"{LIST}{nordlys.pk}/change/"))


def test_details_and_hosts_are_changed_on_the_page(
    client: HostClient, nordlys: Partner, brueckner: Partner
) -> None:
    url = f"{LIST}{nordlys.pk}/change/"
    with in_public():
        host = nordlys.domains.get()
    data = {
        "name": "Crafted AB",
        "slug": "crafted",
        "currency": "EUR",
        "country": "SE",
        "language": "sv",
        "time_zone": "Europe/Stockholm",
        "uses_one_stop_shop": "on",
        "notification_email": "new@nordlys.example",
        "brand_colour": "#000000",
        "vat_number": "se 5560 1606 8001",
        "domains-TOTAL_FORMS": "2",
        "domains-INITIAL_FORMS": "1",
        "domains-MIN_NUM_FORMS": "1",
        "domains-MAX_NUM_FORMS": "1000",
        "domains-0-id": host.pk,
        "domains-0-tenant": nordlys.pk,
        "domains-0-domain": host.domain,
        "domains-0-is_primary": "on",
        "domains-1-tenant": nordlys.pk,
        "domains-1-domain": "Portal.Nordlys.example",
    }
    for wrong in (
        {"domains-1-domain": "localhost"},
        {"domains-1-domain": "brueckner.localhost"},
        {"domains-1-domain": "no host"},
        {"domains-1-is_primary": "on"},
        {"domains-0-is_primary": ""},
        {"vat_number": "SE1"},
    ):
        assert client.post(url, {**data, **wrong}).status_code == 200, wrong
    assert client.post(url, data).status_code == 302
    changed = Partner.objects.get(pk=nordlys.pk)
    assert (changed.uses_one_stop_shop, changed.notification_email) == (True, "new@nordlys.example")
    assert changed.vat_number == "SE556016068001"  # VAT-06
    assert (changed.name, changed.slug, changed.currency) == (
        "Nordlys Telekom AB",
        "nordlys",
        "SEK",
    )
    assert set(changed.domains.values_list("domain", flat=True)) == {
        "nordlys.localhost",
        "portal.nordlys.example",
    }


def test_a_partner_is_never_deleted(client: HostClient, nordlys: Partner) -> None:
    assert client.post(f"{LIST}{nordlys.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_partners_own_index_names_it_and_leads_back(
    client: HostClient, nordlys: Partner
) -> None:
    page = text(client.get("/admin/p/nordlys/"))
    assert "<h1>Nordlys Telekom AB</h1>" in page
    assert 'href="/admin/tenancy/partner/"' in page
    assert "/admin/p/nordlys/orders/order/" in page
    assert "Brückner" not in page


def test_staff_are_made_with_a_link_and_no_password(client: HostClient) -> None:
    data = {"name": "Nora Quist", "email": "Nora@Kontor.example", "language": "en"}
    assert client.post(PEOPLE + "add/", data).status_code == 302
    nora = User.objects.get(email="nora@kontor.example")
    assert (nora.is_staff, nora.is_superuser, nora.has_usable_password()) == (True, False, False)
    mail = OutboundEmail.objects.across_partners().get(to_address="nora@kontor.example")
    assert mail.has_secrets
    again = client.post(PEOPLE + "add/", data)
    assert "There is a person with this address already." in text(again)


def test_people_are_deactivated_never_deleted(
    client: HostClient, sign_in: SignIn, staff: User, anna: Membership
) -> None:
    session = sign_in(anna)
    url = f"{PEOPLE}{anna.user_id}/"
    assert client.post(url + "delete/", {"post": "yes"}).status_code == 403
    assert client.post(url + "do/deactivate/").status_code == 302
    assert session.get("/").status_code == 302
    client.post(url + "do/activate/")
    assert session.get("/").status_code == 200
    client.post(f"{PEOPLE}{staff.pk}/do/deactivate/")
    staff.refresh_from_db()
    assert staff.is_active


def test_no_password_and_no_right_is_seen_or_set(client: HostClient, anna: Membership) -> None:
    url = f"{PEOPLE}{anna.user_id}/change/"
    page = text(client.get(url))
    assert anna.user.password not in page
    assert 'name="password"' not in page
    crafted = {
        "name": "Anna B",
        "language": "sv",
        "is_staff": "on",
        "is_superuser": "on",
        "password": "x",
        "email": "evil@x.example",
    }
    assert client.post(url, crafted).status_code == 302
    anna.user.refresh_from_db()
    assert (anna.user.name, anna.user.is_staff, anna.user.is_superuser) == ("Anna B", False, False)
    assert anna.user.email == "anna@nordlys.example"


def test_raw_credentials_are_not_in_the_admin() -> None:
    names = {model._meta.label for model in admin.site._registry}
    assert not names & {
        "account.EmailAddress",
        "mfa.Authenticator",
        "usersessions.UserSession",
        "auth.Group",
        "history.Entry",
    }


@pytest.mark.parametrize("model", ["membership", "role"])
def test_places_and_roles_are_read_by_partner(
    client: HostClient, nordlys: Partner, model: str
) -> None:
    url = f"/admin/accounts/{model}/"
    response = client.get(f"{url}?partner__id__exact={nordlys.pk}")
    assert {row.partner_id for row in response.context["cl"].result_list} == {nordlys.pk}
    assert client.get(url + "add/").status_code == 403


@pytest.mark.parametrize(
    "url", [LIST, PEOPLE, "/admin/accounts/membership/", "/admin/accounts/role/"]
)
def test_lists_take_no_statement_for_each_row(
    url: str, client: HostClient, nordlys: Partner
) -> None:
    client.get(url)
    count = statements(client, url)
    assert statements(client, f"{url}?q=nordlys" if "role" not in url else url) <= count
    assert count <= 12


def test_signed_in_staff_are_not_sent_round_in_circles(client: HostClient, sign_in: SignIn) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/admin/"
    assert client.get("/admin/login/?next=//evil.example/")["Location"] == "/admin/"
    stranger = sign_in(None, "localhost").get("/admin/p/nordlys/", follow=True)
    assert stranger.redirect_chain[-1][0] == "/accounts/login/?next=/admin/p/nordlys/"


# The command


def command(**changed: str | None) -> str:
    details = {key: value for key, value in {**NEW, **changed}.items() if value is not None}
    del details["uses_one_stop_shop"]
    out = io.StringIO()
    arguments = [f"--{key.replace('_', '-')}={value}" for key, value in details.items()]
    arguments.append("--one-stop-shop")
    with in_public():
        call_command("create_partner", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_makes_a_partner(nordlys: Partner) -> None:
    said = command()
    assert "Harbour Networks Ltd: http://harbour.localhost" in said
    assert "oliver@harbour.example" in said
    assert Partner.objects.get(slug="harbour").uses_one_stop_shop


def test_the_command_checks_the_vat_number(nordlys: Partner) -> None:
    """VAT-06: by the partner's country."""
    with pytest.raises(CommandError, match='--vat-number: "GB1" is not a VAT number'):
        command(vat_number="GB1")
    command(vat_number="GB 980 780 684")
    assert Partner.objects.get(slug="harbour").vat_number == "GB980780684"


def test_the_command_says_all_that_is_wrong_at_once(nordlys: Partner) -> None:
    with pytest.raises(CommandError) as refused:
        command(country="ZZ", currency="XXX", time_zone="Mars/Base", notification_email="x")
    for part in ("--country", "--currency", "--time-zone", "--notification-email", "Nothing"):
        assert part in str(refused.value)
    with pytest.raises(CommandError, match="--slug"):
        command(slug="nordlys")
    assert set(Partner.objects.values_list("slug", flat=True)) == {"nordlys", "brueckner"}


def test_the_footer_stands_in_mails_and_documents(nordlys: Partner) -> None:
    """CHAN-23: in both parts of each mail and at the foot of documents, on one line."""
    form = PartnerForm({"mail_footer": "Board in Uppsala\r\nF-tax <ok>"}, instance=nordlys)
    form.is_valid()
    nordlys.mail_footer = form.cleaned_data["mail_footer"]
    assert nordlys.mail_footer == "Board in Uppsala F-tax <ok>"
    context = {"name": "Kim", "left": "Jo", "summary": []}
    mail = render("workspace/email/handed_over", context, language="en", partner=nordlys)
    assert mail.text.rstrip().endswith("Board in Uppsala F-tax <ok>")
    assert "Board in Uppsala F-tax &lt;ok&gt;" in mail.html
    page = render_to_string("pdf/base.html", {"partner": nordlys, "title": "x"})
    assert "Board in Uppsala F-tax &lt;ok&gt;" in page
    nordlys.mail_footer = ""
    mail = render("workspace/email/handed_over", context, language="en", partner=nordlys)
    assert "Board" not in mail.text + mail.html


def test_a_new_host_is_not_a_second_primary_one(client: HostClient, nordlys: Partner) -> None:
    """CHAN-22: the row that is added is not ticked beforehand."""
    page = client.get(f"{LIST}{nordlys.pk}/change/")
    formset = page.context["inline_admin_formsets"][0].formset
    assert formset.empty_form["is_primary"].value() is False


def test_the_brand_is_previewed_before_it_is_saved(client: HostClient, nordlys: Partner) -> None:
    """CHAN-23: the head of a page and a mail with what was typed; nothing is saved."""
    url = f"{LIST}{nordlys.pk}/"
    assert "Preview the brand" in text(client.get(f"{url}change/"))
    data = {
        "country": "SE",
        "language": "sv",
        "time_zone": "Europe/Stockholm",
        "notification_email": "new@nordlys.example",
        "brand_colour": "#123456",
        "mail_footer": "Board in Uppsala",
        "logo": picture("logo.png"),
    }
    response = client.post(f"{url}preview/", data)
    assert response.status_code == 200
    shown = response.context
    assert "Board in Uppsala" in shown["mail"] and "#123456" in shown["head"]
    for html in (shown["mail"], shown["head"]):
        assert "data:image/png;base64," in html and "/logo/" not in html
    page = text(response)
    assert page.count("<iframe") == page.count(" sandbox") == 2
    assert page.lower().count('srcdoc="') == page.lower().count("&lt;!doctype html") == 2
    unchanged = Partner.objects.get(pk=nordlys.pk)
    assert (unchanged.mail_footer, unchanged.logo_sha) == ("", "")
    wrong = client.post(f"{url}preview/", {**data, "brand_colour": "red", "logo": ""})
    assert "brand_colour" in wrong.context["form"].errors
    assert client.get(f"{url}preview/").status_code == 405


def test_a_strangers_answer_does_not_tell_which_partners_exist(
    anna: Membership, sign_in: SignIn
) -> None:
    """INP-21: the sign-in page for each, also for a person of a partner without staff status."""
    strangers = [sign_in(None, "localhost"), HostClient("localhost")]
    for client in strangers:
        there, nowhere = (client.get(f"/admin/p/{slug}/") for slug in ("nordlys", "nowhere"))
        assert there.status_code == nowhere.status_code == 302
        assert there["Location"].replace("nordlys", "nowhere") == nowhere["Location"]
