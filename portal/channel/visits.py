"""Why a member of staff is in a partner's admin: said once per visit (CHAN-33)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.channel.models import StaffAccess
from portal.tenancy.models import Partner

KEY = "staff_visits"
LASTS = timedelta(hours=8)
# How many of the person's former reasons are offered, out of how many accesses.
OFFERED, SEARCHED = 5, 200
# The name of the field that the page of the question posts, beside what was typed before.
FIELD, TYPED = "visit_reason", "visit_typed"


class ReasonForm(forms.Form):
    """Why somebody looks at what is a partner's."""

    visit_reason = forms.CharField(
        label=_("Why do you open this partner?"),
        max_length=200,
        help_text=_(
            "A few words, or the number of a ticket. The partner's administrators read it."
        ),
        error_messages={"required": _("Say why. The partner can read it.")},
        widget=forms.TextInput(attrs={"class": "vTextField", "list": "reasons", "autofocus": True}),
    )


def reason_of(request: HttpRequest, partner: Partner, *, at: datetime) -> str:
    """Return the reason that the person gave for this partner; empty if none, or too long ago."""
    visit = request.session.get(KEY, {}).get(str(partner.pk))
    if visit is None or visit["until"] <= at.timestamp():
        return ""
    return str(visit["reason"])


def begin_visit(request: HttpRequest, partner: Partner, reason: str, *, at: datetime) -> None:
    """Keep a reason for this session and eight hours; reasons that ended are forgotten."""
    visits: dict[str, Any] = {
        key: visit
        for key, visit in request.session.get(KEY, {}).items()
        if visit["until"] > at.timestamp()
    }
    until = (at + LASTS).timestamp()
    request.session[KEY] = {**visits, str(partner.pk): {"reason": reason, "until": until}}


def recent_reasons(user: User) -> list[str]:
    """Return the reasons that somebody gave last, each once, to choose from."""
    rows = StaffAccess.objects.across_partners().filter(user=user).exclude(reason="")
    found = rows.order_by("-at").values_list("reason", flat=True)[:SEARCHED]
    return list(dict.fromkeys(found))[:OFFERED]


def without_question(posted: QueryDict) -> QueryDict:
    """Return what was posted before the question came, without the question's own fields."""
    data = posted.copy()
    for name in (FIELD, TYPED):
        data.pop(name, None)
    return data


def note_access(
    request: HttpRequest, partner: Partner, user: User, *, status: int, reason: str, at: datetime
) -> None:
    """Log one access to a partner's objects: who, what, when, why, and whether it changed it.

    A change is a POST that ends in a redirect: forms with errors and refusals are answered in
    another way (ISO-16, CHAN-33).
    """
    match = request.resolver_match
    values = match.kwargs if match is not None else {}
    name = (match.url_name or "") if match is not None else ""
    StaffAccess.objects.create(
        partner=partner,
        user=user,
        at=at,
        method=request.method or "",
        path=request.path[:300],
        status=status,
        reason=reason,
        page=name[:100],
        action=str(values.get("key") or "")[:50],
        object_label=Truncator(request.__dict__.get("admin_object", "")).chars(200),
        changed=request.method == "POST" and 300 <= status < 400,
    )
