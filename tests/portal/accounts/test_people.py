"""People of a partner: roles, leaving, and that somebody can always manage them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.accounts.models import Membership, Role, User
from portal.accounts.rights import CUSTOMER_RIGHTS, PRESET_RIGHTS, Preset, Right
from portal.accounts.services import change_role, end_membership
from portal.core.errors import RuleError, TenantLeak
from portal.tenancy.connection import connection
from portal.tenancy.models import Partner
from tests.conftest import NOW, PASSWORD, SignIn
from workspace.partners import add_person

LAST = "Anna Test is the last who can manage people here."


def second_administrator(partner: Partner) -> Membership:
    """Return Karin, an administrator beside Anna."""
    return add_person(
        partner=partner,
        email="karin@nordlys.example",
        name="Karin Test",
        preset=Preset.ADMINISTRATOR,
        password=PASSWORD,
        at=NOW,
    )


def test_presets_are_those_of_the_specification() -> None:
    """RIGHTS-01, RIGHTS-02, D11: the twelve rights and the others, by preset."""
    assert len(Right.values) == 31
    rights = [set(PRESET_RIGHTS[preset]) for preset in Preset]
    administrator, sales, technician, customer_administrator, customer_user = rights
    assert administrator == set(Right.values)
    assert sales < administrator and technician < administrator
    for right in (
        "manage_people change_settings set_credit import_customer assign_customer delete_customer "
        "delete_attachment escalate_report"
    ).split():
        assert right not in sales
    assert technician == {
        "view_assigned_customer",
        "change_assigned_customer",
        "onboard_customer",
        "view_report",
        "add_report",
        "change_report",
        "escalate_report",
        "change_supportcontact",
    }
    assert customer_administrator == set(CUSTOMER_RIGHTS)
    assert customer_user == {"view_order", "view_quote", "view_report"}


def test_last_administrator_stays(sign_in: SignIn, anna: Membership, jonas: Membership) -> None:
    """Neither ended nor given another role, by service and by page."""
    with pytest.raises(RuleError, match=LAST):
        end_membership(anna, at=NOW)
    with pytest.raises(RuleError, match=LAST) as refusal:
        change_role(anna, jonas.role)
    assert refusal.value.field == "role"
    client = sign_in(anna)
    page = client.post(f"/people/{anna.pk}/", {"role": jonas.role_id})
    assert (page.status_code, LAST in page.content.decode()) == (200, True)
    client.post(f"/people/{anna.pk}/end/")
    assert LAST in client.get("/people/").content.decode()
    anna.refresh_from_db()
    assert (anna.state, anna.role.preset) == ("active", Preset.ADMINISTRATOR)


@pytest.mark.parametrize("how", ["ended", "invited", "inactive"])
def test_administrator_who_cannot_act_does_not_count(
    nordlys: Partner, anna: Membership, how: str
) -> None:
    """People who left, have not accepted or were deactivated can manage nobody."""
    karin = second_administrator(nordlys)
    if how == "inactive":
        User.objects.filter(pk=karin.user_id).update(is_active=False)
    else:
        Membership.objects.for_partner(nordlys).filter(pk=karin.pk).update(state=how)
    with pytest.raises(RuleError, match=LAST):
        end_membership(anna, at=NOW)


def test_one_of_two_administrators_may_go(nordlys: Partner, anna: Membership) -> None:
    """Afterwards the other one is the last."""
    karin = second_administrator(nordlys)
    end_membership(anna, at=NOW)
    anna.refresh_from_db()
    assert (anna.state, anna.ended_at) == ("ended", NOW)
    with pytest.raises(RuleError):
        end_membership(karin, at=NOW)


def test_a_stale_page_decides_nothing(
    nordlys: Partner, anna: Membership, jonas: Membership
) -> None:
    """The person's state on the page is read again under the lock."""
    karin = second_administrator(nordlys)
    stale = Membership.objects.for_partner(nordlys).get(pk=karin.pk)
    change_role(karin, jonas.role)
    end_membership(stale, at=NOW)
    with pytest.raises(RuleError, match=LAST):
        end_membership(anna, at=NOW)


def test_role_of_another_partner_is_refused(
    sign_in: SignIn, anna: Membership, jonas: Membership, lena: Membership
) -> None:
    """A crafted POST is bad input; in the service it is a leak."""
    page = sign_in(anna).post(f"/people/{jonas.pk}/", {"role": lena.role_id})
    assert page.status_code == 200
    with pytest.raises(TenantLeak):
        change_role(jonas, lena.role)
    jonas.refresh_from_db()
    assert jonas.role.partner_id == jonas.partner_id


def test_rights_end_with_the_place(jonas: Membership) -> None:
    """A membership that is not active has no rights, whatever its role says."""
    assert jonas.may("add_order")
    jonas.state = Membership.State.ENDED
    assert not any(jonas.may(right) for right in Right.values)


def test_profile_changes_only_name_and_language(sign_in: SignIn, jonas: Membership) -> None:
    """Other fields in the POST are ignored: address, staff, password."""
    form = {
        "name": "Jonas B",
        "language": "sv",
        "email": "chief@kontor.example",
        "is_staff": "on",
        "is_superuser": "on",
        "password": "x",
        "role": "x",
    }
    assert sign_in(jonas).post("/people/me/", form).status_code == 302
    user = User.objects.get(pk=jonas.user_id)
    assert (user.name, user.language, user.email) == ("Jonas B", "sv", "jonas@nordlys.example")
    assert (user.is_staff, user.is_superuser, user.check_password(PASSWORD)) == (False, False, True)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Membership]]:
    """Two committed administrators of a partner; deleted afterwards."""
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        partner = Partner.objects.get(slug="nordlys")
        karin = second_administrator(partner)
        anna = Membership.objects.for_partner(partner).get(user__email="anna@nordlys.example")
        try:
            yield [anna, karin]
        finally:
            role = Role.objects.for_partner(partner).get(preset=Preset.ADMINISTRATOR)
            mine = Membership.objects.for_partner(partner)
            mine.filter(pk=karin.pk).delete()
            mine.filter(pk=anna.pk).update(state="active", role=role, ended_at=None)
            # Past the ORM, which would search the partners' schemas for references too.
            User.objects.filter(pk=karin.user_id)._raw_delete("default")
            connection.close()


Act = Callable[[Membership], None]


def _end(membership: Membership) -> None:
    end_membership(membership, at=NOW)


def _demote(membership: Membership) -> None:
    role = Role.objects.for_partner(membership.partner).get(preset=Preset.SALES)
    change_role(membership, role)


@pytest.mark.parametrize(
    "acts", [(_end, _end), (_demote, _demote), (_end, _demote)], ids=["end", "demote", "both"]
)
def test_two_who_remove_each_other_leave_one(
    committed: list[Membership], acts: tuple[Act, Act]
) -> None:
    """At the same moment, on two connections: one succeeds, one is refused."""
    barrier, outcomes = threading.Barrier(2), []

    def run(act: Act, pk: Any) -> None:
        try:
            connection.set_schema_to_public()
            membership = Membership.objects.across_partners().select_related("role").get(pk=pk)
            barrier.wait(10)
            act(membership)
            outcomes.append("done")
        except RuleError:
            outcomes.append("refused")
        finally:
            connection.close()

    for _round in range(8):
        outcomes.clear()
        pairs = zip(acts, [each.pk for each in committed], strict=True)
        threads = [threading.Thread(target=run, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(outcomes) == ["done", "refused"]
        partner = committed[0].partner
        role = Role.objects.for_partner(partner).get(preset=Preset.ADMINISTRATOR)
        Membership.objects.for_partner(partner).filter(
            pk__in=[each.pk for each in committed]
        ).update(state="active", role=role, ended_at=None)
