"""Rights of channel sales come in groups (CHAN-31)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission

from customers.models import Customer
from orders.models import Order
from orders.seen import seen_of
from portal.accounts.models import Membership, User
from portal.accounts.services import groups_of
from portal.catalog.models import BusinessType
from portal.channel.models import SubmittedOrder
from portal.core.admin_actions import ReadOnlyAdmin
from portal.core.admin_sites import partner_site
from portal.core.staff_rights import StaffGroup
from portal.tenancy.context import in_public
from portal.tenancy.models import Partner
from tests.admin_helpers import member_of_staff, order_url, text
from tests.conftest import NOW, SignIn
from tests.factories import make_order

PEOPLE = "/admin/accounts/user/"
# Something that each group writes, and nobody else but superusers.
PAGES = {
    StaffGroup.ORDERS: ["/admin/p/nordlys/customers/customer/add/"],
    StaffGroup.CATALOGUE: ["/admin/catalog/product/add/", "/admin/catalog/platform/add/"],
    StaffGroup.PARTNERS: ["/admin/tenancy/partner/add/"],
    StaffGroup.STAFF: ["/admin/accounts/user/add/"],
}
READ = [
    "/admin/catalog/product/",
    "/admin/tenancy/partner/",
    "/admin/accounts/user/",
    "/admin/channel/submittedorder/",
    "/admin/channel/staffaccess/",
    "/admin/outbox/outboundemail/",
    "/admin/outbox/document/",
    "/admin/p/nordlys/orders/order/",
]


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def order(havsbris: Customer, jonas: Membership) -> Order:
    """An order that was placed."""
    return make_order(havsbris, by=jonas, at=NOW)


@pytest.mark.parametrize("group", StaffGroup)
def test_each_group_reads_all_and_writes_its_own(
    group: StaffGroup, sign_in: SignIn, nordlys: Partner
) -> None:
    """CHAN-31: a page that writes answers 403 to every other group."""
    client = sign_in(member_of_staff(group))
    assert {url: client.get(url).status_code for url in READ} == dict.fromkeys(READ, 200)
    for owner, urls in PAGES.items():
        for url in urls:
            assert client.get(url).status_code == (200 if owner == group else 403), url
            assert client.post(url, {}).status_code == (200 if owner == group else 403), url


def test_without_a_group_nothing_is_read(sign_in: SignIn, order: Order) -> None:
    """CHAN-31: every list and every page answers 403; the front page says whom to ask."""
    client = sign_in(member_of_staff())
    front = client.get("/admin/")
    assert front.status_code == 200
    assert "You have no rights yet." in text(front)
    for site, prefix in ((admin.site, "/admin/"), (partner_site, "/admin/p/nordlys/")):
        for model in site._registry:
            url = f"{prefix}{model._meta.app_label}/{model._meta.model_name}/"
            assert client.get(url).status_code == 403, url
            assert client.get(f"{url}add/").status_code == 403, url
    assert client.get(order_url(order)).status_code == 403
    assert client.get(order_url(order, "do/accept/")).status_code == 403
    row = f"/admin/channel/submittedorder/{order.pk}/change/"
    assert client.get(row).status_code == 403


def test_who_only_reads_sees_no_button_and_is_refused(
    sign_in: SignIn, order: Order, nordlys: Partner
) -> None:
    """CHAN-31: neither on the order's page nor in the list; a crafted request changes nothing."""
    reader = sign_in(member_of_staff(StaffGroup.READ))
    assert "do/accept/" not in text(reader.get(order_url(order)))
    assert reader.get(order_url(order, "do/accept/")).status_code == 403
    assert reader.post(order_url(order, "do/accept/")).status_code == 403
    listed = text(reader.get("/admin/channel/submittedorder/"))
    assert order.number in listed
    assert 'name="action"' not in listed
    chosen = {"action": "accept", "_selected_action": str(order.pk)}
    reader.post("/admin/channel/submittedorder/", chosen)
    order.refresh_from_db()
    assert order.state == "submitted"
    worker = sign_in(member_of_staff(StaffGroup.ORDERS, email="eirik@kontor.example"))
    assert "do/accept/" in text(worker.get(order_url(order)))
    assert (
        worker.post(order_url(order, "do/accept/"), {"seen": seen_of(order).sealed()}).status_code
        == 302
    )
    assert SubmittedOrder.objects.for_partner(nordlys).get(order_id=order.pk).state == "accepted"


def test_groups_are_given_on_a_page(sign_in: SignIn, staff: User, jonas: Membership) -> None:
    """CHAN-31: by whoever manages staff, from the person's next request on; with a message."""
    worker = member_of_staff()
    client = sign_in(worker)
    page = f"{PEOPLE}{worker.pk}/do/rights/"
    manager = sign_in(member_of_staff(StaffGroup.STAFF, email="maja@kontor.example"))
    assert "Change products, prices, taxes" in text(manager.get(page))
    done = manager.post(page, {"groups": ["read", "catalogue"]}, follow=True)
    assert "Ingrid Solheim has these rights now: Read only, Catalogue." in text(done)
    assert client.get("/admin/catalog/product/add/").status_code == 200
    assert client.get(page).status_code == 403
    manager.post(page, {"groups": ["nonsense"]})
    assert groups_of(User.objects.get(pk=worker.pk)) == ["read", "catalogue"]
    manager.post(page, {})
    assert groups_of(User.objects.get(pk=worker.pk)) == []
    # The people of partners have roles and no groups.
    refused = manager.get(f"{PEOPLE}{jonas.user_id}/do/rights/", follow=True)
    assert refused.status_code == 403 or "does not belong to Channel Sales" in text(refused)


def test_new_people_get_groups_at_once(sign_in: SignIn, staff: User) -> None:
    """CHAN-31: they are chosen on the page that adds a person."""
    posted = {"name": "Siri Dahl", "email": "siri@kontor.example", "language": "sv"}
    sign_in(staff).post(f"{PEOPLE}add/", {**posted, "groups": ["orders"]})
    assert groups_of(User.objects.get(email="siri@kontor.example")) == ["orders"]


def test_nobody_locks_themselves_out_or_rises_above(sign_in: SignIn, staff: User) -> None:
    """CHAN-31: managers of staff keep their right, and superusers are changed by superusers."""
    manager = member_of_staff(StaffGroup.STAFF)
    client = sign_in(manager)
    kept = client.post(f"{PEOPLE}{manager.pk}/do/rights/", {"groups": ["read"]})
    assert "You can&#x27;t take the right" in text(kept)
    assert groups_of(User.objects.get(pk=manager.pk)) == ["staff"]
    for action in ("rights", "deactivate", "reset"):
        assert client.post(f"{PEOPLE}{staff.pk}/do/{action}/", {}).status_code == 403
    assert User.objects.get(pk=staff.pk).is_active


def test_partners_people_are_not_changed_by_who_manages_staff(
    sign_in: SignIn, jonas: Membership
) -> None:
    """CHAN-31: their sign-in belongs to who manages partners; a password to nobody here."""
    client = sign_in(member_of_staff(StaffGroup.STAFF))
    assert client.post(f"{PEOPLE}{jonas.user_id}/do/deactivate/").status_code == 403
    partners = sign_in(member_of_staff(StaffGroup.PARTNERS, email="maja@kontor.example"))
    partners.post(f"{PEOPLE}{jonas.user_id}/do/reset/")
    assert partners.post(f"{PEOPLE}{jonas.user_id}/do/deactivate/").status_code == 302
    assert not User.objects.get(pk=jonas.user_id).is_active


def test_every_page_that_writes_says_whose_it_is() -> None:
    """CHAN-31: a model of the admin is read-only, or names the group that changes it."""
    for site in (admin.site, partner_site):
        for model, page in site._registry.items():
            writes = (
                not isinstance(page, ReadOnlyAdmin)
                or page.actions
                or (getattr(page, "object_actions", {}))
            )
            group = getattr(page, "group", "")
            own = "has_change_permission" in vars(type(page))
            assert not writes or own or group in StaffGroup.values, model


def test_groups_have_their_permissions(db: None) -> None:
    """CHAN-31: each group reads, and adds its own right."""
    with in_public():
        found = {
            group.value: set(
                Permission.objects.filter(group__name=group).values_list("codename", flat=True)
            )
            for group in StaffGroup
        }
    assert found == {group.value: {"staff_read", f"staff_{group}"} for group in StaffGroup}


def test_a_business_type_is_not_changed_with_another_right(sign_in: SignIn) -> None:
    """CHAN-31: the form is shown without fields to fill in, and a crafted one is refused."""
    with in_public():
        kind = BusinessType.objects.create(name="Fishery", position=9)
    client = sign_in(member_of_staff(StaffGroup.ORDERS))
    url = f"/admin/catalog/businesstype/{kind.pk}/change/"
    assert 'name="_save"' not in text(client.get(url))
    assert client.post(url, {"name": "Shipping", "position": 1}).status_code == 403


def test_who_was_here_before_keeps_all_rights(db: None) -> None:
    """CHAN-31: the migration gives every group to staff who had all rights so far."""
    clerk = member_of_staff()
    migration = import_module("portal.accounts.migrations.0030_staff_groups")
    with in_public():
        migration.make_groups(apps, None)
        assert groups_of(User.objects.get(pk=clerk.pk)) == StaffGroup.values
        assert not User.objects.get(email="staff@kontor.example").groups.exists()
