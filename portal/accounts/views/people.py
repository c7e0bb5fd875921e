"""Views about the people of a partner: list, invitation, one person, one's own account."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import services
from portal.accounts.access import PartnerRequest, by_link, needs
from portal.accounts.forms import InviteForm, PersonForm, ProfileForm
from portal.accounts.http import MemberRequest, load_member
from portal.accounts.models import Membership
from portal.accounts.rights import Right
from portal.accounts.sign_in_forms import AcceptInvitationForm
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post
from portal.core.limits import exceeded, too_many
from portal.core.links import secret_hash, secret_in
from portal.core.listing import Listing
from portal.tenancy.context import current_partner

SESSION_KEY = "invitation"
BAD_LINKS_A_MINUTE = 10


@needs("manage_people")
@require_safe
def people(request: PartnerRequest) -> HttpResponse:
    """Show everybody who works at this partner; customers' users are on the customers' pages."""
    found = Membership.objects.own_people(request.partner).select_related("user", "role", "team")
    state = request.GET.get("state", "")
    found = found.filter(state="ended") if state == "ended" else found.exclude(state="ended")
    sorts = {
        "name": ("user__name",),
        "role": ("role__preset", "user__name"),
        "state": ("state", "user__name"),
    }
    listing = Listing(request, found, sorts=sorts, default="name")
    css = {"active": "is-ok", "invited": "is-warn", "ended": "is-off"}
    rows = [(row, css[row.state]) for row in listing.rows]
    context = {"listing": listing, "rows": rows, "ended": state == "ended"}
    return render(request, "people/list.html", context)


@needs("manage_people")
@get_or_post
def invite(request: PartnerRequest) -> HttpResponse:
    """Invite a person: the only way in."""
    form = InviteForm(request.POST or None, partner=request.partner)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            services.invite(
                partner=request.partner, by=request.user, at=timezone.now(), **form.cleaned_data
            )
            messages.success(
                request, _("An invitation is on its way to %s.") % form.cleaned_data["email"]
            )
            return redirect("accounts:people")
    return render(request, "people/invite.html", {"form": form})


@needs("manage_people", load=load_member, of="member")
@get_or_post
def person(request: MemberRequest) -> HttpResponse:
    """Show and change one person's role and team, and what can be done about their place."""
    member = request.member
    form = PersonForm(
        request.POST or None,
        partner=request.partner,
        initial={"role": member.role_id, "team": member.team_id},
    )
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            services.change_person(member, **form.cleaned_data)
            messages.success(request, _("%s was saved.") % member.shown_name)
            return redirect("accounts:people")
    rights = [Right(code).label for code in Right.values if code in member.role.rights]
    return render(request, "people/person.html", {"form": form, "member": member, "rights": rights})


@needs("manage_people", load=load_member, of="member")
@require_POST
def invite_again(request: MemberRequest) -> HttpResponse:
    """Send the invitation again, with a new link."""
    with RefusalsAsMessages(request):
        services.invite_again(request.member, by=request.user, at=timezone.now())
        messages.success(
            request, _("An invitation is on its way to %s.") % request.member.user.email
        )
    return redirect("accounts:people")


@needs(customers=True)
@get_or_post
def account(request: PartnerRequest) -> HttpResponse:
    """Show and change one's own name and language."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save(commit=False)
        user.save(update_fields=["name", "language"])
        messages.success(request, _("Your account was saved."))
        return redirect("accounts:account")
    return render(request, "people/account.html", {"form": form})


@by_link
@never_cache
@require_safe
def invitation_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Move the mailed link's secret into the session and out of the address bar."""
    address = get_adapter(request).get_client_ip(request)
    partner = current_partner()
    found = (
        services.find_invitation(partner, secret_hash(secret_in(secret)), at=timezone.now())
        if partner is not None
        else None
    )
    if found is None:
        wait = exceeded("bad-link", address, allowed=BAD_LINKS_A_MINUTE, seconds=60)
        if wait:
            return too_many(request, wait, _("Too many links that lead nowhere were opened."))
        return render(request, "people/invitation_gone.html", status=404)
    request.session[SESSION_KEY] = secret_hash(secret_in(secret)).hex()
    response = redirect("accept_invitation")
    response["Referrer-Policy"] = "no-referrer"
    return response


@by_link
@never_cache
@require_safe
def password_link_spoilt(request: HttpRequest, uidb36: str, token: str, stuck: str) -> HttpResponse:
    """Lead to the link of a new password, without what a mail program stuck to it (OUT-20)."""
    response = redirect("account_reset_password_from_key", uidb36=uidb36, key=token)
    response["Referrer-Policy"] = "no-referrer"
    return response


@by_link
@never_cache
@get_or_post
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """Set the first password and open the place. A GET changes nothing."""
    partner = current_partner()
    raw = request.session.get(SESSION_KEY, "")
    found = None
    if partner is not None and raw:
        found = services.find_invitation(partner, bytes.fromhex(raw), at=timezone.now())
    if found is None or partner is None:
        return render(request, "people/invitation_gone.html", status=404)
    user = found.membership.user
    form = AcceptInvitationForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            services.accept_invitation(
                found, password=form.cleaned_data.get("password"), at=timezone.now()
            )
            del request.session[SESSION_KEY]
            messages.success(request, _("Welcome. Sign in with your e-mail address and password."))
            return redirect("account_login")
    context = {
        "form": form,
        "invitation": found,
        "user_name": user.get_short_name(),
        "invited": user,
        "customer": getattr(found.membership, "customer_name", ""),
    }
    return render(request, "people/accept_invitation.html", context)
