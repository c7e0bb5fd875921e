"""The twelve rights of REG-24, each allowed and denied.

"Only assigned" holds everywhere (REG-25); exceptions are for one person and one customer (D12).
"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from guardian.shortcuts import assign_perm, get_objects_for_user, get_user_perms, remove_perm

from customers.models import Customer, CustomerGrant, may_change
from customers.people import access_to, colleagues
from customers.queries import find_customers
from customers.services import assign, set_grant
from orders.models import Order
from portal.accounts.models import Membership, Role
from portal.accounts.services import create_role, save_role
from portal.core.errors import RuleError
from portal.tenancy.context import in_partner
from portal.tenancy.models import Partner
from tests import factories
from tests.conftest import NOW, SignIn


def with_rights(person: Membership, *rights: str) -> Membership:
    """Return the person with a role of exactly these rights."""
    role = Role.objects.for_partner(person.partner).filter(name="Test role").first()
    if role is None:
        role = create_role(partner=person.partner, name="Test role", rights=rights)
    else:
        save_role(role, name=role.name, rights=rights)
    person.role = role
    person.save(update_fields=["role"])
    return person


SEE = "view_customer"
# right -> (what else is needed, address, status with it, status without it); {c} is a customer
# that the person is assigned to.
RIGHTS: dict[str, tuple[tuple[str, ...], str, int, int]] = {
    "view_customer": ((), "/customers/{other}/", 200, 404),
    "view_assigned_customer": ((), "/customers/{c}/", 200, 404),
    "change_customer": ((SEE,), "/customers/{other}/edit/", 200, 403),
    "change_assigned_customer": ((SEE,), "/customers/{c}/edit/", 200, 403),
    "add_customer": ((), "/customers/new/", 200, 403),
    "delete_customer": ((SEE,), "/customers/{c}/delete/", 200, 403),
    "assign_customer": ((SEE,), "/customers/{c}/assign/", 200, 403),
}
# Their pages come with importing, files and customer users: they can be given already.
GIVEN = (
    "import_customer",
    "add_customeruser",
    "change_customeruser_rights",
    "delete_customeruser",
    "delete_attachment",
)


@pytest.mark.parametrize("right", RIGHTS)
def test_right_alone_allows_and_its_absence_denies(
    right: str,
    mikael: Membership,
    havsbris: Customer,
    bjorkvik: Customer,
    sign_in: SignIn,
) -> None:
    """REG-24: this holds for each right by itself."""
    others, url, allowed, denied = RIGHTS[right]
    url = url.format(c=havsbris.pk, other=bjorkvik.pk)
    assign(havsbris, mikael, at=NOW)
    with_rights(mikael, right, *others)
    assert sign_in(mikael).get(url).status_code == allowed
    with_rights(mikael, *others)
    assert sign_in(mikael).get(url).status_code == denied


def test_assigned_only_rights_do_not_reach_other_customers(
    mikael: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """REG-24: View (only) assigned, Change (only) assigned."""
    assign(havsbris, mikael, at=NOW)
    with_rights(mikael, "view_customer", "change_assigned_customer")
    client = sign_in(mikael)
    assert client.get(f"/customers/{bjorkvik.pk}/").status_code == 200
    assert client.get(f"/customers/{bjorkvik.pk}/edit/").status_code == 403
    assert client.get(f"/customers/{havsbris.pk}/edit/").status_code == 200


@pytest.mark.parametrize("right", [*RIGHTS, *GIVEN])
def test_administrator_gives_and_removes_each_right(
    right: str, anna: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """REG-24, D11: on the role's page; it holds from the person's next request."""
    client = sign_in(anna)
    url = f"/people/roles/{mikael.role_id}/"
    for rights in ([right], []):
        assert client.post(url, {"rights": rights}).status_code == 302
        role = Role.objects.for_partner(mikael.partner).get(pk=mikael.role_id)
        assert role.rights == rights
        mikael.role = role
        assert mikael.may(right) is bool(rights)


def test_sales_cannot_give_rights(jonas: Membership, sign_in: SignIn) -> None:
    """REG-24, REG-27: roles and people need the right to manage people."""
    client = sign_in(jonas)
    for url in (f"/people/roles/{jonas.role_id}/", f"/people/{jonas.pk}/", "/people/roles/new/"):
        assert client.get(url).status_code == 403
        assert client.post(url, {"rights": ["manage_people"]}).status_code == 403


def test_settings_need_the_right_to_change_them(
    jonas: Membership, anna: Membership, sign_in: SignIn
) -> None:
    """REG-29: this holds for the settings and their log."""
    for url in ("/customers/settings/", "/customers/settings/log/"):
        assert sign_in(jonas).get(url).status_code == 403
        assert sign_in(anna).get(url).status_code == 200


def test_only_assigned_everywhere(
    anna: Membership,
    mikael: Membership,
    havsbris: Customer,
    bjorkvik: Customer,
    sign_in: SignIn,
) -> None:
    """REG-25: list, its search, global search, suggestions, orders and addresses."""
    assign(havsbris, mikael, at=NOW)
    with_rights(mikael, "view_assigned_customer", "change_assigned_customer", "view_order")
    mine = factories.make_order(havsbris, by=anna, at=NOW)
    theirs = factories.make_order(bjorkvik, by=anna, at=NOW)
    contact = factories.make_contact(bjorkvik, at=NOW)
    client = sign_in(mikael)
    for url in (
        "/customers/",
        "/customers/?q=ab",
        "/customers/?state=all",
        "/search/?q=bj%C3%B6rk",
        "/search/suggest/?q=bj%C3%B6rk",
        "/search/suggest/?q=10017",
        "/orders/",
        "/orders/?q=bj%C3%B6rkvik",
        "/",
    ):
        page = client.get(url).content.decode()
        assert "Björkvik" not in page and theirs.number not in page, url
    assert mine.number in client.get("/orders/").content.decode()
    assert "Havsbris" in client.get("/search/suggest/?q=havs").content.decode()
    base = f"/customers/{bjorkvik.pk}/"
    for url in (
        base,
        f"{base}edit/",
        f"{base}log/",
        f"{base}deactivate/",
        f"{base}contacts/{contact.pk}/",
        f"{base}contacts/{contact.pk}/data/json/",
        f"/orders/{theirs.pk}/",
    ):
        assert client.get(url).status_code == 404, url
    assert client.post("/switch/", {"customer": str(bjorkvik.pk)}).status_code == 404
    assert [match.id for match in find_customers("10017", person=mikael)] == []
    assert list(Order.objects.visible_to(mikael)) == [mine]


def test_exception_to_see_one_customer(
    anna: Membership, mikael: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """D12: it counts in lists, searches and addresses until it is removed."""
    client, admin = sign_in(mikael), sign_in(anna)
    url = f"/customers/{havsbris.pk}/access/{mikael.pk}/"
    assert admin.post(url, {"level": "see"}).status_code == 302
    assert client.get(f"/customers/{havsbris.pk}/").status_code == 200
    assert client.get(f"/customers/{havsbris.pk}/edit/").status_code == 403
    assert "Havsbris" in client.get("/customers/").content.decode()
    assert "Havsbris" in client.get("/search/suggest/?q=havs").content.decode()
    assert client.get(f"/customers/{bjorkvik.pk}/").status_code == 404
    admin.post(url, {"level": "change"})
    assert client.get(f"/customers/{havsbris.pk}/edit/").status_code == 200
    admin.post(url, {"level": "see"})
    assert client.get(f"/customers/{havsbris.pk}/edit/").status_code == 403
    admin.post(url, {"level": ""})
    assert client.get(f"/customers/{havsbris.pk}/").status_code == 404
    assert CustomerGrant.objects.count() == 0
    admin.post(url, {"level": "everything"})
    assert CustomerGrant.objects.count() == 0


def test_exception_counts_for_somebody_who_sees_nothing(
    anna: Membership, mikael: Membership, havsbris: Customer, bjorkvik: Customer, sign_in: SignIn
) -> None:
    """D12: a role that sees no customers needs no other right."""
    with_rights(mikael)
    client = sign_in(mikael)
    assert client.get("/customers/").status_code == 403
    set_grant(havsbris, mikael, "see", by=anna, at=NOW)
    page = client.get("/customers/").content.decode()
    assert "Havsbris" in page and "Björkvik" not in page
    assert not may_change(havsbris, mikael)


def test_sales_cannot_give_exceptions(
    jonas: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D12: they need the right to manage people."""
    client = sign_in(jonas)
    assert client.get(f"/customers/{havsbris.pk}/access/").status_code == 403
    url = f"/customers/{havsbris.pk}/access/{mikael.pk}/"
    assert client.post(url, {"level": "change"}).status_code == 403
    assert CustomerGrant.objects.count() == 0


def test_exception_ends_with_the_place(
    anna: Membership, mikael: Membership, havsbris: Customer
) -> None:
    """D12, D18: an ended membership sees nothing and gets no exception."""
    set_grant(havsbris, mikael, "change", by=anna, at=NOW)
    mikael.state = Membership.State.ENDED
    mikael.save(update_fields=["state"])
    assert not Customer.objects.visible_to(mikael).exists()
    assert not may_change(havsbris, mikael)
    assert find_customers("havsbris", person=mikael) == []
    with pytest.raises(RuleError):
        set_grant(havsbris, mikael, "change", by=anna, at=NOW)


def test_exceptions_are_guardians(anna: Membership, mikael: Membership, havsbris: Customer) -> None:
    """D12: with the direct model guardian's own shortcut gives the same answer."""
    set_grant(havsbris, mikael, "see", by=anna, at=NOW)
    assert list(get_user_perms(mikael.user, havsbris)) == ["view_customer"]
    set_grant(havsbris, mikael, "change", by=anna, at=NOW)
    assert set(get_user_perms(mikael.user, havsbris)) == {"view_customer", "change_customer"}
    grants = CustomerGrant.objects.all()
    assert {(each.granted_by, each.granted_at) for each in grants} == {(anna.shown_name, NOW)}


def test_guardians_own_functions_agree(
    anna: Membership, mikael: Membership, havsbris: Customer, bjorkvik: Customer
) -> None:
    """D12: what guardian gives, removes and lists is what the portal uses.

    A grant without who gave it is refused.
    """
    set_grant(havsbris, mikael, "see", by=anna, at=NOW)
    CustomerGrant.objects.given(at=NOW, by="Anna").assign_perm(
        "change_customer", mikael.user, havsbris
    )
    mikael.refresh_from_db()
    assert may_change(havsbris, mikael) and not may_change(bjorkvik, mikael)
    granted: QuerySet[Customer] = get_objects_for_user(
        mikael.user, "customers.change_customer", use_groups=False, accept_global_perms=False
    )
    assert list(granted) == [havsbris]
    remove_perm("change_customer", mikael.user, havsbris)
    assert not may_change(havsbris, mikael)
    with pytest.raises(IntegrityError), transaction.atomic():
        assign_perm("change_customer", mikael.user, havsbris)


def test_exception_is_one_partners(
    nordlys: Partner,
    brueckner: Partner,
    anna: Membership,
    mikael: Membership,
    havsbris: Customer,
) -> None:
    """ISO-03: the row is in this partner's schema; another partner has none."""
    set_grant(havsbris, mikael, "see", by=anna, at=NOW)
    assert CustomerGrant.objects.get().partner_id == nordlys.pk
    with in_partner(brueckner):
        assert not CustomerGrant.objects.exists()
    assert Permission.objects.filter(codename="view_customer").count() == 1


CASES: dict[str, tuple[tuple[str, ...], bool, str, bool, str]] = {
    "all": (("view_customer",), False, "", True, "The role Test role sees all customers."),
    "assigned": (
        ("view_assigned_customer",),
        True,
        "",
        True,
        "Is responsible for this customer.",
    ),
    "not assigned": (
        ("view_assigned_customer",),
        False,
        "",
        False,
        "The role Test role sees assigned customers only, and this is not one.",
    ),
    "nothing": ((), False, "", False, "The role Test role sees no customers."),
    "assigned without the right": (
        (),
        True,
        "",
        False,
        "Is responsible, but the role Test role sees no customers.",
    ),
    "exception": ((), False, "see", True, "Exception: may see it, given by Anna Test on"),
}


@pytest.mark.parametrize("case", CASES)
def test_page_says_why_and_is_right(
    case: str, anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """D12: the explanation agrees with what the person sees."""
    rights, assigned, level, sees, reason = CASES[case]
    with_rights(mikael, *rights)
    if assigned:
        assign(havsbris, mikael, at=NOW)
    set_grant(havsbris, mikael, level, by=anna, at=NOW)
    (row,) = [r for r in access_to(havsbris, colleagues(anna.partner)) if r.person == mikael]
    assert row.sees is sees is (havsbris in Customer.objects.visible_to(row.person))
    assert any(text.startswith(reason) for text in row.reasons), row.reasons
    page = sign_in(anna).get(f"/customers/{havsbris.pk}/access/?person={mikael.pk}")
    assert reason in page.content.decode()
    assert sign_in(mikael).get(f"/customers/{havsbris.pk}/").status_code == (200 if sees else 404)


def test_explanation_of_changing_agrees(
    anna: Membership, jonas: Membership, mikael: Membership, havsbris: Customer
) -> None:
    """D12: for everybody, the page says correctly who may change the customer."""
    assign(havsbris, mikael, at=NOW)
    set_grant(havsbris, jonas, "change", by=anna, at=NOW)
    for row in access_to(havsbris, colleagues(anna.partner)):
        assert row.changes is may_change(havsbris, row.person), row.person
