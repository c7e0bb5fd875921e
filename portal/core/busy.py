"""What somebody sees whose form met a lock, or a statement that took too long (AVAIL-04).

Nothing was saved then, and what was typed is on the page: to read, to copy, and to send again with
one button. Passwords and other secrets never are, and files can't be: then there is no button.
"""

from __future__ import annotations

import logging
import re

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext

from portal.core.referrer import try_again
from portal.core.text import INVISIBLE_OR_JOINER

log = logging.getLogger(__name__)

# lock_timeout, a deadlock, two transactions that can't both hold.
LOCKED = ("55P03", "40P01", "40001")
TOO_LONG = ("57014",)

SECRET = re.compile(
    r"pass(?:word|wd|phrase)|secret|token|credential|recovery|api_?key|^(?:mfa_)?code$|(?:^|[-_])t?otp$",
    re.IGNORECASE,
)
# Fields of ours that a page needs to be sent again, and that nobody typed.
OWN = ("csrfmiddlewaretoken", "form_token", "then", "next", "seen", "seen_delivery", "version")
# Ids, signed values and what formsets count: of no use to a reader.
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
NOT_TYPED = re.compile(rf"{ID.pattern}|\S{{40,}}|on", re.IGNORECASE)
COUNTS = re.compile(r"-(?:TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$")
MOST = 300


def code_of(error: BaseException | None) -> str:
    """Return PostgreSQL's code of an error of the database, empty where it gave none."""
    return str(getattr(error.__cause__, "sqlstate", None) or "") if error is not None else ""


def is_busy(error: BaseException | None) -> bool:
    """Return whether the database works, but did not get to this in time."""
    return isinstance(error, Error) and code_of(error) in LOCKED + TOO_LONG


def busy(request: HttpRequest, error: BaseException | None, *, after: bool = False) -> HttpResponse:
    """Return the page that says so, with what was typed.

    ``after``: it was met behind the view, as while the session is saved. The step may be done then,
    and nothing is offered to be sent again.
    """
    log.warning("database busy (%s) at %s", code_of(error), request.path)
    context: dict[str, object] = {
        "locked": code_of(error) in LOCKED,
        "again": request.get_full_path(),
        "back": try_again(request),
        "after": after and request.method == "POST",
    }
    # Only what has passed as a form of ours: another site could fill in what a click sends.
    if not after and request.method == "POST" and request.__dict__.get("csrf_processing_done"):
        context |= _typed(request)
    response = HttpResponse(render_to_string("busy.html", context), status=503)
    response["Retry-After"] = "5"
    return response


def _typed(request: HttpRequest) -> dict[str, object]:
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    sent = [(n, v) for n, v in fields if n != "csrfmiddlewaretoken"]
    secret = any(v and n not in OWN and SECRET.search(n) for n, v in sent)
    whole = not secret and not request.FILES and len(sent) <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    return {
        "typed": [(_said(n), v) for n, v in sent if _is_typed(n, v)][:MOST],
        "secret": secret,
        "files": bool(request.FILES),
        "hidden": sent if whole else [],
        "can_send": whole,
        "csrf": get_token(request),
    }


def _is_typed(name: str, value: str) -> bool:
    if name in OWN or SECRET.search(name) or COUNTS.search(name) or not value.strip():
        return False
    return not NOT_TYPED.fullmatch(value.strip())


def _said(name: str) -> str:
    """Return a field's name as words, in the reader's language where these have been translated."""
    words = re.sub(r"[-_]+", " ", INVISIBLE_OR_JOINER.sub("", ID.sub("", name)))[:60].strip()
    return gettext(words.capitalize()) if len(words) > 1 else ""
