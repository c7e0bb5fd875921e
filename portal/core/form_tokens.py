"""Signed tokens in forms: which object, of which customer and in which version, it was made for."""

from __future__ import annotations

from typing import Any, Protocol

from django.core import signing
from django.http import HttpRequest

SALT = "form"


class Versioned(Protocol):
    """An object of a customer with a version that each change raises."""

    @property
    def pk(self) -> Any: ...

    @property
    def customer_id(self) -> Any: ...

    @property
    def version(self) -> Any: ...


def _of(subject: Versioned) -> dict[str, str]:
    kind = type(subject).__name__
    return {"kind": kind, "id": str(subject.pk), "customer": str(subject.customer_id)}


def form_token(subject: Versioned) -> str:
    """Return the token for the field ``form_token`` of a form about ``subject``."""
    return signing.dumps({**_of(subject), "version": subject.version}, salt=SALT)


def token_version(subject: Versioned, posted: str) -> int | None:
    """Return the version that a posted form was made for.

    Return None for a token that is forged or was made for another object or customer: the form then
    does not belong to its address, and nothing of it may be written.
    """
    try:
        data = signing.loads(posted, salt=SALT)
    except signing.BadSignature:
        return None
    version = data.pop("version", None)
    return version if data == _of(subject) and isinstance(version, int) else None


def shown_token(request: HttpRequest, subject: Versioned) -> str:
    """Return the token of the form that a page shows.

    A form that was kept over a sign-in keeps its own: what somebody else saved meanwhile is
    noticed.
    """
    kept = request.POST.get("form_token", "") if request.method == "GET" else ""
    return kept or form_token(subject)
