"""A customer administrator's pages about the users of the own company (ONB-10, REG-27, REG-48)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.http import OwnCompanyRequest, load_own_company
from customers.user_section import STATE_CSS
from portal.accounts import services
from portal.accounts.access import customer_page
from portal.accounts.forms import CustomerUserForm, InviteForm
from portal.accounts.models import Membership
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post
from workspace.customer_portal.http import OwnUserRequest, load_own_user, manages_users


@customer_page(load=load_own_company, allow=manages_users)
@require_safe
def user_list(request: OwnCompanyRequest) -> HttpResponse:
    """Show who can sign in for the own company."""
    places = Membership.objects.users_of(request.partner, request.customer.pk)
    here = places.exclude(state=Membership.State.ENDED).select_related("user", "role")
    by_name = sorted(here, key=lambda each: each.shown_name.casefold())
    context = {
        "customer": request.customer,
        "rows": [{"place": place, "css": STATE_CSS[place.state]} for place in by_name],
    }
    return render(request, "customer_portal/users.html", context)


@customer_page("add_customeruser", load=load_own_company)
@get_or_post
def invite(request: OwnCompanyRequest) -> HttpResponse:
    """Invite a person of the own company (ONB-10)."""
    form = InviteForm(
        request.POST or None,
        partner=request.partner,
        roles=services.offered_roles(request.membership),
        initial={"language": request.user.language},
    )
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            services.invite_customer_user(
                partner=request.partner,
                customer_id=request.customer.pk,
                by=request.membership,
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(
                request, _("An invitation is on its way to %s.") % form.cleaned_data["email"]
            )
            return redirect("my:users")
    context = {"form": form, "customer": request.customer}
    return render(request, "customer_portal/user_invite.html", context)


@customer_page("change_customeruser_rights", load=load_own_user, of="own user")
@get_or_post
def change(request: OwnUserRequest) -> HttpResponse:
    """Give a user of the own company another role (REG-27)."""
    member = request.member
    form = CustomerUserForm(
        request.POST or None,
        roles=services.offered_roles(request.membership),
        initial={"role": member.role_id},
    )
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            role = form.cleaned_data["role"]
            services.change_customer_user(member, role, by=request.membership)
            messages.success(request, _("%s was saved.") % member.shown_name)
            return redirect("my:users" if manages_users(request) else "my:home")
    context = {"form": form, "customer": request.customer, "member": member}
    return render(request, "customer_portal/user_change.html", context)


@customer_page("add_customeruser", load=load_own_user, of="own user")
@require_POST
def invite_again(request: OwnUserRequest) -> HttpResponse:
    """Send the invitation again, with a new link."""
    with RefusalsAsMessages(request):
        services.invite_customer_user_again(
            request.member, by=request.membership, at=timezone.now()
        )
        messages.success(
            request, _("An invitation is on its way to %s.") % request.member.user.email
        )
    return redirect("my:users")


@customer_page("delete_customeruser", load=load_own_user, of="own user")
@get_or_post
def end(request: OwnUserRequest) -> HttpResponse:
    """End the place of a user of the own company, after asking."""
    member, customer = request.member, request.customer
    if request.method == "POST":
        with RefusalsAsMessages(request):
            services.end_customer_user(member, by=request.membership, at=timezone.now())
            messages.success(
                request,
                _("%(name)s can no longer sign in for %(customer)s.")
                % {"name": member.shown_name, "customer": customer.name},
            )
        return redirect("my:users")
    context = {"customer": customer, "member": member}
    return render(request, "customer_portal/user_end.html", context)
