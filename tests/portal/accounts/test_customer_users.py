"""Customers' users: invited, given roles and ended by those who have the right."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation

from customers.models import Customer
from customers.services import deactivate_customer, delete_customer, reactivate_customer
from portal.accounts.models import Invitation, Membership, Role, User
from portal.accounts.rights import CUSTOMER_RIGHTS, Preset, Right
from portal.accounts.services import (
    accept_invitation,
    change_customer_user,
    change_role,
    create_role,
    end_customer_user,
    end_membership,
    find_invitation,
    invite,
    invite_customer_user,
    invite_customer_user_again,
    offered_roles,
    save_role,
)
from portal.core.errors import RuleError
from portal.core.links import secret_hash
from portal.history.models import Entry
from portal.notices.models import Notice
from portal.notices.services import notify
from portal.outbox.models import OutboundEmail
from portal.outbox.secrets import decrypt
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, PASSWORD, HostClient, SignIn

State = Membership.State
NEW = {"name": "Eva Lind", "email": "eva@havsbris.example", "language": "sv"}


def role_of(partner: Partner, preset: str) -> Role:
    found: Role = Role.objects.for_partner(partner).get(preset=preset)
    return found


def invited(customer: Customer, by: Membership, email: str = "eva@havsbris.example") -> Membership:
    return invite_customer_user(
        partner=by.partner,
        customer_id=customer.pk,
        email=email,
        name="Eva Lind",
        role=role_of(by.partner, Preset.CUSTOMER_USER),
        language="en",
        by=by,
        at=NOW,
    )


def mail_to(partner: Partner, email: str) -> OutboundEmail:
    found = OutboundEmail.objects.for_partner(partner).filter(to_address=email)
    newest = found.order_by("-created_at", "-pk").first()
    assert newest is not None
    return newest


def secret_of(mail: OutboundEmail) -> str:
    assert mail.secrets_encrypted is not None
    return str(decrypt(mail.secrets_encrypted)["link"]).rstrip("/").rpartition("/")[2]


def verbs(customer: Customer) -> list[tuple[str, str, str]]:
    """Return what the customer's log says about its users: verb, whom, who did it."""
    entries = Entry.objects.filter(customer_id=customer.pk, verb__startswith="customer_user")
    return [(row.verb, row.object_repr, row.actor_name) for row in entries.order_by("id")]


def test_partner_invites_and_the_person_accepts(
    anna: Membership, havsbris: Customer, sign_in: SignIn, nordlys: Partner
) -> None:
    """ONB-10: from the customer's page; the mail says by whom, for which customer, where."""
    client = sign_in(anna)
    page = f"/customers/{havsbris.pk}/users/invite/"
    role = role_of(nordlys, Preset.CUSTOMER_USER)
    answer = client.post(page, {**NEW, "role": str(role.pk)})
    assert answer["Location"] == f"/customers/{havsbris.pk}/#c-users"
    place = Membership.objects.users_of(nordlys, havsbris.pk).get()
    assert (place.state, place.role, place.user.language) == (State.INVITED, role, "sv")
    mail = mail_to(nordlys, "eva@havsbris.example")
    assert mail.customer_id == havsbris.pk
    with translation.override("sv"):
        assert all(
            word in mail.subject for word in ("Anna Test", nordlys.name, "Havsbris Konsult AB")
        )
    assert "Havsbris Konsult AB" in mail.text and "Havsbris Konsult AB" in mail.html

    stranger = HostClient("nordlys.localhost")
    stranger.get(f"/invitation/{secret_of(mail)}/")
    assert "Havsbris Konsult AB" in stranger.get("/invitation/").content.decode()
    words = {"password": PASSWORD, "repeat": PASSWORD}
    assert stranger.post("/invitation/", words)["Location"] == "/accounts/login/"
    login = {"login": "eva@havsbris.example", "password": PASSWORD}
    assert stranger.post("/accounts/login/", login)["Location"] == "/"
    assert stranger.get("/")["Location"] == "/my/"
    home = stranger.get("/my/")
    assert home.status_code == 200 and "Havsbris Konsult AB" in home.content.decode()
    with in_partner(nordlys):
        assert verbs(havsbris) == [
            ("customer_user_invited", "Eva Lind", "Anna Test"),
            ("customer_user_accepted", "Eva Lind", "Eva Lind"),
        ]
        place.refresh_from_db()
        assert place.last_sign_in_at is not None


def test_section_lists_the_users_with_what_may_be_done(
    anna: Membership, jonas: Membership, havsbris: Customer, karin: Membership, sign_in: SignIn
) -> None:
    """ONB-10: everybody who sees the customer sees its users; acts follow the rights."""
    invited(havsbris, anna)
    page = sign_in(anna).get(f"/customers/{havsbris.pk}/").content.decode().replace("<wbr>", "")
    section = page[page.index('aria-labelledby="c-users"') : page.index('id="c-contacts"')]
    for word in ("Karin Test", karin.user.email, "Customer administrator", "Eva Lind", "Invited"):
        assert word in section
    assert section.count("/end/") == 2 and section.count("/invite/") == 2
    sales = sign_in(jonas).get(f"/customers/{havsbris.pk}/").content.decode()
    assert "Karin Test" in sales and f"/users/{karin.pk}/" not in sales


def test_inactive_customer_and_own_company_get_no_users(
    anna: Membership, havsbris: Customer, own: Customer, sign_in: SignIn
) -> None:
    """ONB-10: the customer has to be active; the own company's people are the partner's own."""
    assert sign_in(anna).get(f"/customers/{own.pk}/users/invite/").status_code == 404
    assert "c-users" not in sign_in(anna).get(f"/customers/{own.pk}/").content.decode()
    deactivate_customer(havsbris, at=NOW)
    with pytest.raises(RuleError, match="inactive"):
        invited(havsbris, anna)


def test_nobody_is_on_both_sides(
    anna: Membership, jonas: Membership, karin: Membership, havsbris: Customer, nordlys: Partner
) -> None:
    """ONB-10: an address of the partner's people is refused, and the other way round."""
    with pytest.raises(RuleError, match="one of the people of Nordlys") as refused:
        invited(havsbris, anna, email=jonas.user.email.upper())
    assert refused.value.field == "email"
    own = {"partner": nordlys, "name": "K", "language": "en", "by": anna.user, "at": NOW}
    technician = role_of(nordlys, Preset.TECHNICIAN)
    with pytest.raises(RuleError, match="customer's user"):
        invite(email=karin.user.email, role=technician, **own)  # type: ignore[arg-type]
    end_membership(jonas, at=NOW)
    assert invited(havsbris, anna, email=jonas.user.email).user == jonas.user
    end_customer_user(karin, by=anna, at=NOW)
    assert invite(email=karin.user.email, role=technician, **own).user == karin.user  # type: ignore[arg-type]


def test_several_customers_and_again_after_the_end(
    anna: Membership, havsbris: Customer, bjorkvik: Customer, karin: Membership
) -> None:
    """ONB-10: one person may have places at several customers; not twice at one."""
    other = invited(bjorkvik, anna, email=karin.user.email)
    assert other.user == karin.user and other.pk != karin.pk
    with pytest.raises(RuleError, match="already has a place at Havsbris") as refused:
        invited(havsbris, anna, email=karin.user.email)
    assert refused.value.field == "email"
    end_customer_user(karin, by=anna, at=NOW)
    again = invited(havsbris, anna, email=karin.user.email)
    assert again.pk == karin.pk and again.state == State.INVITED
    invite_customer_user_again(again, by=anna, at=NOW)
    assert [verb for verb, _name, _by in verbs(havsbris)] == [
        "customer_user_ended",
        "customer_user_invited",
        "customer_user_invited_again",
    ]


def test_roles_are_not_mixed(
    anna: Membership, karin: Membership, havsbris: Customer, nordlys: Partner, sign_in: SignIn
) -> None:
    """REG-47: also by a crafted POST."""
    ours, theirs = role_of(nordlys, Preset.SALES), role_of(nordlys, Preset.CUSTOMER_USER)
    with pytest.raises(RuleError, match="partner's own people only"):
        change_customer_user(karin, ours, by=anna)
    with pytest.raises(RuleError, match="customers' people only"):
        change_role(anna, theirs)
    client = sign_in(anna)
    page = f"/customers/{havsbris.pk}/users/{karin.pk}/"
    assert client.post(page, {"role": str(ours.pk)}).status_code == 200
    assert client.post(f"/people/{anna.pk}/", {"role": str(theirs.pk)}).status_code == 200
    for address, wrong in (
        ("/people/invite/", theirs),
        (f"/customers/{havsbris.pk}/users/invite/", ours),
    ):
        answer = client.post(address, {**NEW, "role": str(wrong.pk)})
        assert answer.status_code == 200 and 'id="errors"' in answer.content.decode()
    assert not User.objects.filter(email=NEW["email"]).exists()
    karin.refresh_from_db()
    assert karin.role.preset == Preset.CUSTOMER_ADMINISTRATOR


def test_right_decides_and_not_the_administrator(
    anna: Membership, jonas: Membership, karin: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """REG-27: an administrator without the right is refused, sales with the right is not."""
    lower = role_of(anna.partner, Preset.CUSTOMER_USER)
    page = f"/customers/{havsbris.pk}/users/{karin.pk}/"
    rights = {Right.CHANGE_CUSTOMERUSER_RIGHTS.value}
    save_role(anna.role, name="", rights=set(anna.role.rights) - rights)
    assert sign_in(anna).post(page, {"role": str(lower.pk)}).status_code == 403
    assert sign_in(jonas).post(page, {"role": str(lower.pk)}).status_code == 403
    save_role(jonas.role, name="", rights={*jonas.role.rights, *rights})
    assert sign_in(jonas).post(page, {"role": str(lower.pk)}).status_code == 302
    karin.refresh_from_db()
    assert karin.role == lower
    assert verbs(havsbris) == [("customer_user_role_changed", "Karin Test", "Jonas Test")]


@pytest.mark.parametrize(
    ("right", "tail", "method"),
    [
        ("add_customeruser", "invite/", "get"),
        ("add_customeruser", "{pk}/invite/", "post"),
        ("change_customeruser_rights", "{pk}/", "get"),
        ("delete_customeruser", "{pk}/end/", "get"),
    ],
)
def test_each_act_takes_its_own_right(
    right: str,
    tail: str,
    method: str,
    anna: Membership,
    karin: Membership,
    havsbris: Customer,
    sign_in: SignIn,
) -> None:
    """RIGHTS-02: create, change rights and delete are three rights; both sides follow them."""
    per = factories.make_customer_user(havsbris, "per", Preset.CUSTOMER_USER, at=NOW)
    for person, page in ((anna, f"/customers/{havsbris.pk}/users/"), (karin, "/my/users/")):
        address = page + tail.format(pk=per.pk)
        client = sign_in(person)
        assert getattr(client, method)(address).status_code in (200, 302)
        save_role(person.role, name="", rights=set(person.role.rights) - {right})
        assert getattr(client, method)(address).status_code == 403, address


def test_customers_administrator_manages_the_own_company_only(
    karin: Membership, ulla: Membership, per: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ONB-10: another customer's user, one of the partner's people, one who left: 404."""
    client = sign_in(karin)
    gone = factories.make_customer_user(havsbris, "gone", Preset.CUSTOMER_USER, at=NOW)
    end_customer_user(gone, by=karin, at=NOW)
    partner_own = Membership.objects.own_people(karin.partner).first()
    assert partner_own is not None
    for pk in (ulla.pk, partner_own.pk, gone.pk):
        for tail in ("", "end/"):
            assert client.get(f"/my/users/{pk}/{tail}").status_code == 404
            assert client.post(f"/my/users/{pk}/{tail}").status_code == 404
        assert client.post(f"/my/users/{pk}/invite/").status_code == 404
    page = client.get("/my/users/").content.decode().replace("<wbr>", "")
    assert per.user.email in page and ulla.user.email not in page and "Gone Test" not in page
    assert client.post(f"/my/users/{per.pk}/end/").status_code == 302
    per.refresh_from_db()
    assert per.state == State.ENDED


def test_customers_administrator_invites_for_the_own_company(
    karin: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ONB-10: the customer is the person's own, whatever is posted."""
    other = factories.make_customer("Zander AB", "10099", at=NOW)
    role = role_of(karin.partner, Preset.CUSTOMER_USER)
    data = {**NEW, "role": str(role.pk), "customer": str(other.pk), "customer_id": str(other.pk)}
    assert sign_in(karin).post("/my/users/invite/", data)["Location"] == "/my/users/"
    made = Membership.objects.for_partner(karin.partner).get(user__email=NEW["email"])
    assert made.customer_id == havsbris.pk
    assert verbs(havsbris) == [("customer_user_invited", "Eva Lind", "Karin Test")]


def test_nobody_gives_rights_they_lack(karin: Membership, per: Membership, sign_in: SignIn) -> None:
    """REG-48: neither offered, nor taken from a crafted POST or by the service."""
    more = create_role(
        partner=karin.partner, name="Boss", rights=CUSTOMER_RIGHTS, for_customers=True
    )
    less = set(karin.role.rights) - {Right.ADD_REPORT.value}
    save_role(karin.role, name="", rights=less)
    karin.refresh_from_db()
    assert more not in offered_roles(karin)
    assert karin.role in offered_roles(karin)
    page = f"/my/users/{per.pk}/"
    assert sign_in(karin).post(page, {"role": str(more.pk)}).status_code == 200
    with pytest.raises(RuleError, match="don't have yourself"):
        change_customer_user(per, more, by=karin)
    per.refresh_from_db()
    assert per.role.preset == Preset.CUSTOMER_USER


def test_last_administrator_stays_unless_the_partner_removes_them(
    anna: Membership, karin: Membership, per: Membership, sign_in: SignIn, nordlys: Partner
) -> None:
    """REG-48: not by themselves, neither by ending their place nor by another role."""
    client = sign_in(karin)
    lower = role_of(nordlys, Preset.CUSTOMER_USER)
    answer = client.post(f"/my/users/{karin.pk}/", {"role": str(lower.pk)})
    assert "is the last who can invite people here" in answer.content.decode()
    answer = client.post(f"/my/users/{karin.pk}/end/", follow=True)
    assert "is the last who can invite people here" in answer.content.decode()
    karin.refresh_from_db()
    assert (karin.state, karin.role.preset) == (State.ACTIVE, Preset.CUSTOMER_ADMINISTRATOR)
    change_customer_user(per, role_of(nordlys, Preset.CUSTOMER_ADMINISTRATOR), by=anna)
    end_customer_user(karin, by=karin, at=NOW)
    end_customer_user(per, by=anna, at=NOW)
    assert per.state == State.ENDED


def test_end_takes_links_sessions_and_notices(
    anna: Membership, karin: Membership, havsbris: Customer, sign_in: SignIn, nordlys: Partner
) -> None:
    """ISO-09: from the next request on; an open link no longer works."""
    client = sign_in(karin)
    assert client.get("/my/").status_code == 200
    notify(karin, "assigned", at=NOW, customer="x")
    place = invited(havsbris, anna)
    secret = secret_of(mail_to(nordlys, place.user.email))
    for each in (karin, place):
        end_customer_user(each, by=anna, at=NOW)
    assert client.get("/my/")["Location"] == "/accounts/login/?next=/my/"
    assert find_invitation(nordlys, secret_hash(secret), at=NOW) is None
    assert not Notice.objects.filter(membership=karin).exists()
    log = sign_in(anna).get(f"/customers/{havsbris.pk}/log/").content.decode()
    assert "Sign-in of the customer user ended." in log


def test_invitation_waits_while_the_customer_is_inactive(
    anna: Membership, havsbris: Customer, nordlys: Partner
) -> None:
    """ONB-26: an invitation can't be accepted then, and can afterwards."""
    place = invited(havsbris, anna)
    secret = secret_hash(secret_of(mail_to(nordlys, place.user.email)))
    deactivate_customer(havsbris, at=NOW)
    assert find_invitation(nordlys, secret, at=NOW) is None
    with pytest.raises(RuleError, match="inactive"):
        invite_customer_user_again(place, by=anna, at=NOW)
    reactivate_customer(havsbris, at=NOW)
    found = find_invitation(nordlys, secret, at=NOW)
    assert isinstance(found, Invitation)
    assert accept_invitation(found, password=PASSWORD, at=NOW).state == State.ACTIVE


def test_deleted_customer_leaves_no_place(
    anna: Membership, karin: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ACC-11: its users can no longer sign in; the page that asks says so."""
    page = sign_in(anna).get(f"/customers/{havsbris.pk}/delete/").content.decode()
    assert re.search(r"Customer users</dt>\s*<dd>\s*1", page)
    delete_customer(havsbris, at=NOW)
    karin.refresh_from_db()
    assert karin.state == State.ENDED


def test_role_of_customers_has_their_rights_only(
    anna: Membership, sign_in: SignIn, nordlys: Partner
) -> None:
    """REG-47: the page lists both kinds apart and offers no right of the partner's people."""
    client = sign_in(anna)
    page = client.get("/people/roles/").content.decode()
    own, theirs = page[page.index('id="r-own"') :].split('id="r-customers"')
    assert "Technician" in own and "Customer user" not in own
    assert "Customer administrator" in theirs and "Technician" not in theirs
    form = client.get("/people/roles/new/?for=customers").content.decode()
    assert set(re.findall(r'name="rights" id="r_(\w+)"', form)) == set(CUSTOMER_RIGHTS)
    data: dict[str, Any] = {"name": "Buyer", "rights": ["view_order", "view_customer"]}
    assert client.post("/people/roles/new/?for=customers", data).status_code == 200
    data["rights"] = ["view_order"]
    assert client.post("/people/roles/new/?for=customers", data).status_code == 302
    made = Role.objects.for_partner(nordlys).get(name="Buyer")
    assert made.for_customers and made.rights == ["view_order"]
    with pytest.raises(RuleError, match="own company"):
        save_role(made, name="Buyer", rights=["manage_people"])
    assert client.post(f"/people/roles/{made.pk}/", {"rights": "view_prices"}).status_code == 200
