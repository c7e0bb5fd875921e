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
from portal.notices.queries import UNREAD_OF_MEMBERSHIP
from portal.tenancy.connection import connection
from portal.tenancy.context import current_partner


def _columns(model: type[models.Model], table: str) -> list[str]:
    return [f'{table}."{field.column}"' for field in model._meta.concrete_fields]


@cache
def _place_sql() -> str:
    """Return the SQL of :func:`active_membership`.

    Every page runs it, so it is built once instead of by the ORM on each request.
    """
    columns = [*_columns(Membership, "m"), *_columns(User, "u"), *_columns(Role, "r")]
    return f"""
        SELECT {", ".join(columns)}, ({UNREAD_OF_MEMBERSHIP})
        FROM {Membership._meta.db_table} m
        JOIN {User._meta.db_table} u ON u.id = m.user_id
        JOIN {Role._meta.db_table} r ON r.id = m.role_id
        WHERE m.partner_id = %s AND m.user_id = %s AND m.state = %s AND u.is_active
    """  # noqa: S608  names of our own tables and columns


Row = TypeVar("Row", bound=models.Model)


def active_membership(user_id: UUID | str) -> Membership | None:
    """The active membership at the partner of this host, its person and role in one query; with
    what the bell says in ``unread``, since every page asks for it."""
    partner = current_partner()
    if partner is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_place_sql(), [partner.pk, user_id, Membership.State.ACTIVE.value])
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    found: Membership = _read(Membership, values)
    found.partner, found.user, found.role = partner, _read(User, values), _read(Role, values)
    found.unread = next(values)
    return found


def _read(model: type[Row], values: Iterator[object]) -> Row:
    """The next columns of a row as ``model``; its fields need no conversion."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(connection.alias, names, [next(values) for _name in names])


def admitted(user: User) -> bool:
    """Return whether this person may sign in on this host.

    That takes a membership on a partner's host, and staff status on the public one.
    """
    if current_partner() is None:
        return user.is_staff and user.is_active
    return active_membership(user.pk) is not None


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
        """The person of a session, as long as she has a place on this host."""
        if current_partner() is None:
            return User.objects.filter(pk=user_id, is_staff=True, is_active=True).first()
        membership = active_membership(user_id)
        if membership is None:
            return None
        user: User = membership.user
        user.membership = membership
        return user
