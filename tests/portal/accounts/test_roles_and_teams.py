"""Roles that the administrator edits, and teams (D11, REG-18, REG-24)."""

from __future__ import annotations

import pytest

from portal.accounts.models import Membership, Role, Team
from portal.accounts.rights import GROUPS, PRESET_RIGHTS, Right
from portal.accounts.services import (
    change_role,
    create_role,
    delete_role,
    end_membership,
    reset_role,
    save_role,
)
from portal.core.errors import RuleError
from portal.history.models import Entry
from portal.tenancy.models import Partner
from tests.conftest import NOW, SignIn


def test_every_right_is_explained_once() -> None:
    """D11: the page of a role lists all rights, each in one group."""
    listed = [right for _title, rights in GROUPS for right, _why in rights]
    assert sorted(listed) == sorted(Right.values)


def test_own_role_is_made_given_changed_and_deleted(
    anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """D11: only a role that nobody has is deleted."""
    client = sign_in(anna)
    posted = {"name": "Back office", "rights": ["view_customer", "view_order"]}
    assert client.post("/people/roles/new/", posted).status_code == 302
    role = Role.objects.for_partner(anna.partner).get(name="Back office")
    client.post(f"/people/{jonas.pk}/", {"role": str(role.pk), "team": ""})
    mine = sign_in(jonas)
    assert mine.get("/customers/").status_code == 200
    assert mine.get("/customers/new/").status_code == 403
    url = f"/people/roles/{role.pk}/"
    client.post(url, {"name": "Office", "rights": ["view_customer", "add_customer"]})
    assert mine.get("/customers/new/").status_code == 200
    client.post(f"{url}delete/")
    assert Role.objects.for_partner(anna.partner).filter(pk=role.pk).exists()
    page = client.get(url).content.decode()
    assert "1 person has this role." in page
    technician = Role.objects.for_partner(anna.partner).get(preset="PT")
    change_role(jonas, technician)
    client.post(f"{url}delete/")
    assert not Role.objects.for_partner(anna.partner).filter(pk=role.pk).exists()


@pytest.mark.parametrize("name", ["Office", " office ", "SALES", ""])
def test_role_name_is_needed_and_free(name: str, anna: Membership, sign_in: SignIn) -> None:
    """D11: a preset's name is taken too; refused at the field, nothing saved."""
    create_role(partner=anna.partner, name="Office", rights=[])
    answer = sign_in(anna).post("/people/roles/new/", {"name": name})
    assert (answer.status_code, 'id="id_name_error"' in answer.content.decode()) == (200, True)
    assert Role.objects.for_partner(anna.partner).filter(preset="").count() == 1


def test_unknown_right_is_refused(anna: Membership, sign_in: SignIn) -> None:
    """D11: a crafted POST."""
    role = create_role(partner=anna.partner, name="Office", rights=[])
    answer = sign_in(anna).post(
        f"/people/roles/{role.pk}/", {"name": "Office", "rights": ["is_superuser"]}
    )
    assert answer.status_code == 200
    with pytest.raises(RuleError):
        save_role(role, name="Office", rights=["is_superuser"])
    role.refresh_from_db()
    assert role.rights == []


def test_preset_is_changed_and_reset(anna: Membership, jonas: Membership, sign_in: SignIn) -> None:
    """D11: presets keep their name, and can be reset."""
    client = sign_in(anna)
    url = f"/people/roles/{jonas.role_id}/"
    client.post(url, {"name": "Boss", "rights": ["view_customer"]})
    role = Role.objects.for_partner(anna.partner).get(pk=jonas.role_id)
    assert (role.label, role.rights) == ("Sales", ["view_customer"])
    client.post(f"{url}reset/")
    role.refresh_from_db()
    assert role.rights == PRESET_RIGHTS["PS"]
    with pytest.raises(RuleError):
        delete_role(role)
    with pytest.raises(RuleError):
        reset_role(create_role(partner=anna.partner, name="Office", rights=[]))


def test_last_right_to_manage_people_stays(
    anna: Membership, jonas: Membership, sign_in: SignIn
) -> None:
    """REG-24: a right can't be taken from a role if nobody else could manage people."""
    rights = sorted(set(Right.values) - {"manage_people"})
    client = sign_in(anna)
    url = f"/people/roles/{anna.role_id}/"
    answer = client.post(url, {"rights": rights})
    assert "Then nobody could manage people any more." in answer.content.decode()
    role = Role.objects.for_partner(anna.partner).get(pk=anna.role_id)
    assert "manage_people" in role.rights
    chief = create_role(partner=anna.partner, name="Chief", rights=["manage_people"])
    change_role(jonas, chief)
    assert client.post(url, {"rights": rights}).status_code == 302
    assert client.get("/people/").status_code == 403
    with pytest.raises(RuleError, match="Jonas Test is the last who can manage people here"):
        end_membership(jonas, at=NOW)


def test_changes_of_roles_are_logged(anna: Membership, jonas: Membership, sign_in: SignIn) -> None:
    """REG-15, REG-24: who gave what, in the reader's language."""
    client = sign_in(anna)
    rights = [right for right in jonas.role.rights if right != "view_prices"]
    client.post(f"/people/roles/{jonas.role_id}/", {"rights": [*rights, "set_credit"]})
    entry = Entry.objects.get(verb="role_changed")
    assert (entry.actor_name, entry.additional_data) == (
        "Anna Test",
        {"added": ["set_credit"], "removed": ["view_prices"]},
    )
    client.post(f"/people/{jonas.pk}/", {"role": str(anna.role_id), "team": ""})
    page = client.get("/people/log/").content.decode()
    assert "May now: Set credit limits and rate plans. No longer: See prices." in page
    assert "Role changed from Sales to Administrator." in page


def test_teams_are_made_filled_renamed_and_deleted(
    anna: Membership, jonas: Membership, mikael: Membership, sign_in: SignIn
) -> None:
    """REG-18: by the administrator; the people stay when the team is deleted."""
    client = sign_in(anna)
    client.post("/people/teams/", {"name": "Field service"})
    team = Team.objects.for_partner(anna.partner).get()
    url = f"/people/teams/{team.pk}/"
    client.post(url, {"name": "Field", "people": [str(mikael.pk), str(jonas.pk), "x"]})
    members = Membership.objects.for_partner(anna.partner).filter(team=team)
    assert set(members) == {mikael, jonas}
    client.post(url, {"name": "Field", "people": [str(mikael.pk)], "had": [str(jonas.pk)]})
    assert list(members.all()) == [mikael]
    assert "Field" in client.get("/people/").content.decode()
    again = client.post("/people/teams/", {"name": "FIELD"}).content.decode()
    assert "There is already a team with this name." in again
    client.post(f"{url}delete/")
    mikael.refresh_from_db()
    assert (mikael.team, mikael.state) == (None, "active")


def test_teams_are_not_sales_to_make(nordlys: Partner, jonas: Membership, sign_in: SignIn) -> None:
    """REG-18: 403, and nothing is created."""
    client = sign_in(jonas)
    assert client.get("/people/teams/").status_code == 403
    assert client.post("/people/teams/", {"name": "Mine"}).status_code == 403
    assert not Team.objects.for_partner(nordlys).exists()


def test_log_uses_the_invited_name(anna: Membership, lena: Membership, sign_in: SignIn) -> None:
    """ISO-22: the name of an account elsewhere is not revealed, also if it never accepts."""
    client = sign_in(anna)
    posted = {
        "name": "L. from the fair",
        "email": lena.user.email,
        "role": str(anna.role_id),
        "language": "en",
    }
    assert client.post("/people/invite/", posted).status_code == 302
    place = Membership.objects.for_partner(anna.partner).get(user=lena.user)
    client.post(f"/people/{place.pk}/end/")
    for url in ("/people/log/", "/people/?state=ended", "/people/"):
        assert "Lena Test" not in client.get(url).content.decode()
    assert "L. from the fair" in client.get("/people/log/").content.decode()
