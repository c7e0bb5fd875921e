"""The page that ends a person's place and hands over their work (D18)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.access import needs
from portal.accounts.http import MemberRequest, load_member
from portal.core.errors import RuleError
from portal.core.http import get_or_post
from workspace.offboarding import offboard, successors, to_hand_over


@needs("manage_people", load=load_member, of="member")
@get_or_post
def end(request: MemberRequest) -> HttpResponse:
    """End a person's place, after showing what they leave behind and asking for a successor."""
    member = request.member
    people = successors(member)
    error = ""
    if request.method == "POST":
        chosen = request.POST.get("successor", "")
        successor = next((each for each in people if str(each.pk) == chosen), None)
        try:
            offboard(member, successor=successor, at=timezone.now())
        except RuleError as refusal:
            if refusal.field != "successor":
                messages.error(request, str(refusal))
                return redirect("accounts:people")
            error = str(refusal)
        else:
            messages.success(request, _("%s can no longer sign in here.") % member.shown_name)
            return redirect("accounts:people")
    context = {
        "member": member,
        "left": to_hand_over(member),
        "people": people,
        "error": error,
    }
    return render(request, "people/end.html", context)
