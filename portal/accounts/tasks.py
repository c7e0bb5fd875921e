"""The tasks of the accounts."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.warning import warn_of_guessing
from portal.tenancy.queueing import task


@task("accounts.warn_of_guessing", shared=True, expires=3600)
def warn(email: str) -> None:
    """Tell the owner of an account of wrong passwords. Called at the first refusal in a day."""
    warn_of_guessing(email, at=timezone.now())
