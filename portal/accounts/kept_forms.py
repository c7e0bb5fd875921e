"""What somebody typed into a form whose session had ended: kept, and shown again after sign-in.

It is bound to the place of the person who was signed in last in this browser, so that nobody else
sees it; to the address of the form; and to an hour. Passwords and files are never kept.
"""

from __future__ import annotations

import base64
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from portal.core.encryption import Unreadable, decrypt, encrypt
from portal.core.referrer import came_from

KEY = "kept_form"
SALT = "kept_forms.person"
LARGEST = 200_000
SECONDS = 3600
PERSON_COOKIE_SECONDS = 30 * 24 * 3600
NEVER_KEPT = ("csrfmiddlewaretoken", "password")


def note_person(request: HttpRequest, response: HttpResponse) -> None:
    """Note in a signed cookie who is signed in, for the day when their session has ended.

    It is their place, so that what was typed for one customer is not shown at another; of staff it
    is the person.
    """
    person = _place(request)
    if _person(request) == person:
        return
    response.set_cookie(
        settings.PERSON_COOKIE_NAME,
        signing.dumps(person, salt=SALT),
        max_age=PERSON_COOKIE_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _place(request: HttpRequest) -> str:
    user = request.user
    if getattr(request, "partner", None) is None and user.is_authenticated:
        return f"staff {user.pk}"
    return str(getattr(getattr(request, "membership", None), "pk", ""))


def _person(request: HttpRequest) -> str:
    raw = request.COOKIES.get(settings.PERSON_COOKIE_NAME, "")
    try:
        return str(signing.loads(raw, salt=SALT, max_age=PERSON_COOKIE_SECONDS))
    except signing.BadSignature:
        return ""


def keep_form(request: HttpRequest) -> str:
    """Keep a posted form of somebody whose session has ended; return where to go after sign-in.

    A button of another page leads back there, since it has nothing to fill in. What is too large
    or nobody's is not kept, and said so.
    """
    here = request.get_full_path()
    if request.method != "POST":
        return here
    origin = came_from(request)
    if origin and urlsplit(origin).path != request.path:
        messages.info(request, _("You had been signed out, so nothing was done. Sign in again."))
        return origin
    data = request.POST.copy()
    for name in list(data):
        if any(word in name for word in NEVER_KEPT):
            del data[name]
    text, person = data.urlencode(), _person(request)
    if not person or len(text) > LARGEST:
        messages.info(request, _("You had been signed out, so nothing was saved. Sign in again."))
        return here
    request.session[KEY] = _kept(here, person, text)
    messages.info(
        request,
        _("You had been signed out, so nothing was saved. What you typed is kept: sign in again."),
    )
    return here


def typed_text(posted: QueryDict) -> str:
    """Return a posted form as text, without the fields that belong to its own page only."""
    data = posted.copy()
    for name in list(data):
        if name in ("form_token", "then", "seen", "seen_delivery") or any(
            word in name for word in NEVER_KEPT
        ):
            del data[name]
    return data.urlencode()


def keep_typed(request: HttpRequest, path: str, text: str) -> None:
    """Keep a form of :func:`typed_text` for the page at ``path``, which shows it as typed."""
    if text and len(text) <= LARGEST:
        request.session[KEY] = _kept(path, _place(request), text)


def _kept(path: str, person: str, text: str) -> dict[str, object]:
    return {
        "path": path,
        "person": person,
        "until": time.time() + SECONDS,
        "data": base64.b64encode(encrypt(text.encode())).decode(),
    }


def take_kept(request: HttpRequest) -> QueryDict | None:
    """Return a kept form of this address, once, to the person who typed it, or None."""
    kept = request.session.get(KEY)
    if kept is None or kept["path"] != request.get_full_path():
        return None
    del request.session[KEY]
    if kept["person"] != _place(request) or kept["until"] < time.time():
        return None
    try:
        return QueryDict(decrypt(base64.b64decode(kept["data"])).decode())
    except Unreadable:
        return None


def restore_form(request: HttpRequest) -> None:
    """Put a kept form of this address into ``request.POST``, once, for the person who typed it.

    The request stays a GET: a view shows the form as it was filled and saves nothing.
    """
    found = take_kept(request)
    if found is None:
        return
    request.__dict__["has_kept_form"] = True
    request.POST = QueryDict(found.urlencode())
    messages.info(request, _("This is what you had typed. It is not saved yet."))
