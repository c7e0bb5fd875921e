"""The authentication backend: a password is valid only where the person has a place (ISO-10)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.db import models
from django.http import HttpRequest

from portal.accounts.models import Membership, Role, User
from portal.accounts.places import customer_table
from portal.notices.queries import UNREAD_OF_MEMBERSHIP
from portal.tenancy.connection import connection
from portal.tenancy.context import current_partner


def _columns(model: type[models.Model], table: str) -> list[str]:
    return [f'{table}."{field.column}"' for field in model._meta.concrete_fields]


@cache
def _place_sql() -> str:
    """Return the SQL of :func:`active_places`.

    Every page runs it, so it is built once instead of by the ORM on each request.
    """
    columns = [*_columns(Membership, "m"), *_columns(User, "u"), *_columns(Role, "r")]
    customers = customer_table()
    return f"""
        SELECT {", ".join(columns)}, ({UNREAD_OF_MEMBERSHIP}), c.{customers.name}
        FROM {Membership._meta.db_table} m
        JOIN {User._meta.db_table} u ON u.id = m.user_id
        JOIN {Role._meta.db_table} r ON r.id = m.role_id
        LEFT JOIN {customers.table} c ON c.id = m.customer_id
        WHERE m.partner_id = %s AND m.user_id = %s AND m.state = %s AND u.is_active
            AND (m.customer_id IS NULL OR c.{customers.is_active})
        ORDER BY c.{customers.name}, m.id
    """  # noqa: S608  names of our own tables and columns


Row = TypeVar("Row", bound=models.Model)


def active_places(user_id: UUID | str) -> list[Membership]:
    """Return the active places of a person at the partner of this host.

    Only a customer's person has several, one at each customer; those of a deactivated customer are
    left out (ONB-26). Person, role and the customer's name come with them in one query, and the
    number of new notifications as ``unread``, since every page shows them.
    """
    partner = current_partner()
    if partner is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_place_sql(), [partner.pk, user_id, Membership.State.ACTIVE.value])
        rows = cursor.fetchall()
    places = []
    for row in rows:
        values = iter(row)
        found: Membership = _read(Membership, values)
        found.partner, found.user, found.role = partner, _read(User, values), _read(Role, values)
        found.unread, found.customer_name = next(values), next(values) or ""
        places.append(found)
    return places


def _read(model: type[Row], values: Iterator[object]) -> Row:
    """Build a ``model`` from the next columns of a row; its fields need no conversion."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(connection.alias, names, [next(values) for _name in names])


def admitted(user: User) -> bool:
    """Return whether this person may sign in on this host.

    That takes a membership on a partner's host, and staff status on the public one.
    """
    if current_partner() is None:
        return user.is_staff and user.is_active
    return bool(active_places(user.pk))


class MembershipBackend(AuthenticationBackend):
    """allauth's backend; without a place here the result is that of a wrong password."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the person, or None.

        The password of the demo is refused outside the embedded run.
        """
        if credentials.get("password") == settings.DEMO_PASSWORD and not settings.EMBEDDED:
            credentials["password"] = ""
        user = super().authenticate(request, **credentials)
        # allauth would show a page of its own to a deactivated person with the right password.
        self.unstash_authenticated_user()
        if not isinstance(user, User) or not admitted(user):
            return None
        return user

    def get_user(self, user_id: UUID | str) -> User | None:
        """Return the person of a session, as long as they have a place on this host."""
        if current_partner() is None:
            return User.objects.filter(pk=user_id, is_staff=True, is_active=True).first()
        places = active_places(user_id)
        if not places:
            return None
        user: User = places[0].user
        user.places = places
        return user
