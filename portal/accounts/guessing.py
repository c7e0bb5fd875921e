"""Whose wrong passwords are counted together (INP-10).

An account and an address together have five in five minutes, so that nobody elsewhere keeps its
owner out. Thirty from all unknown browsers together close the account for these for that time:
guessing from many addresses gains nothing. A browser that signed in to the account before is known
by a signed cookie and has a count of its own; so has an address from which the password was just
set anew by an e-mailed link.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.core.limits import counted, exceeded
from portal.logs import address_of

SALT = "accounts.device"
DEVICE_SECONDS = 180 * 24 * 3600
ALL_TOGETHER, SECONDS = 30, 300
PASS_SECONDS = 900
TELL_AGAIN_SECONDS = 24 * 3600


def _account(email: str) -> str:
    """Return an account's name in keys and cookies, which does not say whose it is."""
    return sha256(email.strip().lower().encode()).hexdigest()[:32]


def _address(request: HttpRequest) -> str:
    return address_of(request, proxies=settings.ALLAUTH_TRUSTED_PROXY_COUNT)


def _device(request: HttpRequest, email: str) -> str:
    """Return the id of a browser that signed in to this account before, or an empty text."""
    raw = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        held = signing.loads(raw, salt=SALT, max_age=DEVICE_SECONDS)
    except signing.BadSignature:
        return ""
    account, _dash, device = str(held).partition("-")
    return device if account == _account(email) else ""


def is_known(request: HttpRequest, email: str) -> bool:
    """Return whether this browser, or this address for the moment, is the owner's."""
    passes = cache.get(f"passes:{_account(email)}:{_address(request)}") is not None
    return passes or bool(_device(request, email))


def key_of(request: HttpRequest, email: str) -> str:
    """Return what wrong passwords for an account are counted by."""
    device = _device(request, email)
    return f"{_account(email)}:{device or _address(request)}"


def is_closed(request: HttpRequest, email: str) -> bool:
    """Return whether an account is closed for browsers that nobody knows."""
    if is_known(request, email):
        return False
    return counted("sign_in_account", _account(email), seconds=SECONDS) >= ALL_TOGETHER


def count_failure(request: HttpRequest, email: str) -> None:
    """Count a wrong password of a browser that nobody knows."""
    if not is_known(request, email):
        exceeded("sign_in_account", _account(email), allowed=ALL_TOGETHER, seconds=SECONDS)


def let_pass(request: HttpRequest, email: str) -> None:
    """Let the address from which a password was set anew sign in, whatever others tried."""
    cache.set(f"passes:{_account(email)}:{_address(request)}", 1, PASS_SECONDS)


def is_first_in_a_day(email: str) -> bool:
    """Return whether the owner is to be told now; once a day."""
    return bool(cache.add(f"told:{_account(email)}", 1, TELL_AGAIN_SECONDS))


def note_device(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """Remember in a signed cookie that this browser signed in to the account."""
    device = _device(request, email) or secrets.token_hex(8)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(f"{_account(email)}-{device}", salt=SALT),
        max_age=DEVICE_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
