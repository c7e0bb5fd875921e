"""The place that a person with several is at: chosen in the session, and in nothing else (REG-45).

Whoever has one place is there without a choice. A choice that ended is never replaced by another
place by itself: the person is asked again, so that no form of one customer is sent for another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from portal.accounts.models import Membership
from portal.accounts.services import note_sign_in

PLACE_KEY = "place"


def place_of(
    request: HttpRequest, places: Sequence[Membership], *, at: datetime
) -> Membership | None:
    """Return the place of this request, or None if the person has to be asked first."""
    chosen = request.session.get(PLACE_KEY)
    if chosen is None and len(places) == 1:
        if places[0].customer_id is not None:
            _keep(request, places[0], at=at)
        return places[0]
    return next((place for place in places if str(place.pk) == chosen), None)


def choose(request: HttpRequest, place: Membership, *, at: datetime) -> None:
    """Go to a place; forms that were opened at another one can't be sent any more."""
    _keep(request, place, at=at)
    rotate_token(request)


def _keep(request: HttpRequest, place: Membership, *, at: datetime) -> None:
    request.session[PLACE_KEY] = str(place.pk)
    note_sign_in(place, at=at)
