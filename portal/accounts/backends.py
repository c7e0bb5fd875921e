"""Sign-in: a password is right only where the person has a place (QUALITY section 1)."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from portal.accounts.models import Membership, User
from portal.notices.queries import unread_of_membership
from portal.tenancy.context import current_partner


def place_here(user_id: Any) -> Membership | None:
    """The active membership at the partner of this host, its person and role in one query; with
    what the bell says in ``unread``, since every page asks for it."""
    partner = current_partner()
    if partner is None:
        return None
    found = (
        Membership.objects.for_partner(partner)
        .select_related("user", "role")
        .filter(user_id=user_id, state=Membership.State.ACTIVE, user__is_active=True)
        .annotate(unread=unread_of_membership())
        .first()
    )
    if found is not None:
        found.partner = partner
    return found


def admitted(user: User) -> bool:
    """Whether this person may sign in on this host: a membership, or staff on the public one."""
    if current_partner() is None:
        return user.is_staff and user.is_active
    return place_here(user.pk) is not None


class MembershipBackend(AuthenticationBackend):
    """allauth's backend; without a place here the answer is that of a wrong password."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """The person, or None. The demo's password opens nothing outside the embedded run."""
        if credentials.get("password") == settings.DEMO_PASSWORD and not settings.EMBEDDED:
            credentials["password"] = ""
        user = super().authenticate(request, **credentials)
        # allauth would show a deactivated person with the right password a page of its own.
        self.unstash_authenticated_user()
        if not isinstance(user, User) or not admitted(user):
            return None
        return user

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, as long as she has a place on this host."""
        if current_partner() is None:
            return User.objects.filter(pk=user_id, is_staff=True, is_active=True).first()
        membership = place_here(user_id)
        if membership is None:
            return None
        user: User = membership.user
        user.membership = membership
        return user
