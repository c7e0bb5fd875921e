"""Telling somebody that others try passwords for their account (INP-10)."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.backends import admitted
from portal.accounts.emails import GUESSING, send_account_mail
from portal.accounts.models import User
from portal.tenancy.context import current_partner


def warn_of_guessing(email: str, *, at: datetime) -> None:
    """Mail the owner of an account, if there is one who may sign in on this host."""
    user = User.objects.filter(email__iexact=email).first()
    if user is not None and admitted(user):
        send_account_mail(GUESSING, email=user.email, context={}, partner=current_partner(), at=at)
