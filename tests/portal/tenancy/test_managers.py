"""Public models that belong to a partner can only be queried for a partner (ISO-21)."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from portal.accounts.models import Role, Session
from portal.core.errors import UnscopedQuery
from portal.tenancy.connection import connection
from portal.tenancy.managers import PartnerOwnedManager
from portal.tenancy.models import Domain, Partner, PartnerLogo
from tests.isolation.world import World, build_world

# Exceptions: sessions are looked up by key and host (portal.accounts.sessions), hosts lead to the
# partner, and a logo is shown to anybody who opens the partner's sign-in page.
EXCEPTIONS = {Session, Domain, PartnerLogo}


def _models_of_partners() -> list[type[models.Model]]:
    labels = {name.rsplit(".", 1)[-1] for name in settings.TENANT_APPS}
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label not in labels
        and any(field.related_model is Partner for field in model._meta.concrete_fields)
    ]


OWNED = [model for model in _models_of_partners() if model not in EXCEPTIONS]


@pytest.fixture
def world(db: None) -> World:
    """Both partners with rows in most of these models."""
    return build_world()


def test_there_are_models_of_partners() -> None:
    """The tests below test something."""
    assert {model.__name__ for model in OWNED} >= {
        "Role",
        "Team",
        "Membership",
        "Invitation",
        "OutboundEmail",
        "DirectoryEntry",
        "SubmittedOrder",
        "StaffAccess",
    }


@pytest.mark.parametrize("model", OWNED, ids=lambda model: str(model.__name__))
def test_manager_raises_without_a_partner(model: Any, db: None) -> None:
    """ISO-21: ``.for_partner(partner)`` or ``.across_partners()``, nothing else."""
    connection.set_schema_to_public()
    assert isinstance(model.objects, PartnerOwnedManager)
    assert model._meta.default_manager_name == "unscoped"
    assert model._base_manager.__class__ is models.Manager
    for ask in (
        lambda: model.objects.all(),
        lambda: model.objects.filter(pk=None),
        lambda: model.objects.get(pk=None),
        lambda: model.objects.count(),
        lambda: model.objects.first(),
        lambda: model.objects.exists(),
        lambda: model.objects.values_list("pk"),
        lambda: model.objects.update(pk=None),
        lambda: model.objects.in_bulk([]),
        lambda: model.objects.get_or_create(pk=None),
        lambda: model.objects.bulk_create([model()]),
        lambda: model.objects.create(),
    ):
        with pytest.raises(UnscopedQuery):
            ask()


def test_for_partner_returns_only_that_partner(world: World) -> None:
    """ISO-21: the rows of one partner, of which both have some."""
    connection.set_schema_to_public()
    full = 0
    for model in OWNED:
        manager: Any = model._meta.managers_map["objects"]
        both: dict[Any, set[Any]] = {}
        for partner in (world.nordlys.partner, world.brueckner.partner):
            rows = list(manager.for_partner(partner))
            assert {row.partner_id for row in rows} <= {partner.pk}
            both[partner.pk] = {row.pk for row in rows}
        one, other = both.values()
        assert not one & other
        assert {row.pk for row in manager.across_partners()} >= one | other
        full += bool(one and other)
    assert full >= 6


def test_public_models_without_a_partner_are_known() -> None:
    """No public model refers to a partner by a field of another name.

    Such a model would not be covered by the tests above.
    """
    names = {
        (model.__name__, field.name)
        for model in _models_of_partners()
        for field in model._meta.concrete_fields
        if field.related_model is Partner
    }
    assert {name for _model, name in names} == {"partner", "tenant"}
    assert {model for model, name in names if name == "tenant"} == {"Domain"}


def test_create_needs_an_explicit_partner(db: None) -> None:
    """None is given explicitly: the vendor's own e-mail has no partner."""
    connection.set_schema_to_public()
    with pytest.raises(UnscopedQuery):
        Role.objects.create(name="Nobody's")
