"""Platforms in the admin: channel sales keeps them, and sees the form as the partner does."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from dev.demo.platforms import load_platforms
from portal.accounts.models import User
from portal.catalog.models import Platform, PlatformStep, StepField
from tests.conftest import SignIn


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def step(db: None) -> PlatformStep:
    """The gateway's step of the first platform."""
    load_platforms()
    return PlatformStep._default_manager.get(platform__code="mivo400", code="gateway")


def test_preview_shows_the_form_of_the_partner(
    step: PlatformStep, staff: User, sign_in: SignIn
) -> None:
    """ONB-01: fields, choices and the parts of a new site."""
    page = sign_in(staff).get(f"/admin/catalog/platformstep/{step.pk}/preview/")
    assert page.status_code == 200
    text = page.content.decode()
    for label in ("MAC address", "Automatic (DHCP)", "Name of the site"):
        assert label in text


def test_pages_of_platforms_open(step: PlatformStep, staff: User, sign_in: SignIn) -> None:
    """ONB-01."""
    client = sign_in(staff)
    for address in (
        "platform/",
        f"platform/{step.platform_id}/change/",
        "platformstep/",
        f"platformstep/{step.pk}/change/",
        "allowednetwork/add/",
    ):
        assert client.get(f"/admin/catalog/{address}").status_code == 200


def test_change_of_a_step_makes_another_version(
    step: PlatformStep, staff: User, sign_in: SignIn
) -> None:
    """ONB-01: for the onboardings that begin from then on."""
    fields = list(step.fields.order_by("position", "pk"))
    data = {
        "platform": str(step.platform_id),
        "code": step.code,
        "title": "Access device",
        "test": "",
        "position": "0",
        "fields-TOTAL_FORMS": str(len(fields)),
        "fields-INITIAL_FORMS": str(len(fields)),
    }
    for at, row in enumerate(fields):
        data |= {
            f"fields-{at}-id": str(row.pk),
            f"fields-{at}-step": str(step.pk),
            f"fields-{at}-code": row.code,
            f"fields-{at}-kind": row.kind,
            f"fields-{at}-label": row.label,
            f"fields-{at}-choices": row.choices,
            f"fields-{at}-position": str(at),
        }
    answer = sign_in(staff).post(f"/admin/catalog/platformstep/{step.pk}/change/", data)
    assert answer.status_code == 302, answer.content.decode()
    assert Platform._default_manager.get(pk=step.platform_id).version == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "choice", "choices": "one"}, "choices"),
        ({"pattern": "("}, "pattern"),
        ({"only_if": "mode"}, "only_if"),
        ({"minimum": 5, "maximum": 1}, "maximum"),
    ],
)
def test_field_of_which_no_form_can_be_made_is_refused(
    step: PlatformStep, changes: dict[str, object], field: str
) -> None:
    """ONB-01."""
    row = StepField(step=step, code="x", label="X", **changes)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert field in refused.value.message_dict


def test_step_has_no_name_of_our_own_pages(step: PlatformStep) -> None:
    """ONB-01."""
    row = PlatformStep(platform=step.platform, code="summary", title="X")
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert "code" in refused.value.message_dict
