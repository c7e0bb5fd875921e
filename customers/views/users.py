"""Views of the partner about a customer's users: invite, change the role, end (ONB-10, REG-27)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.http import CustomerRequest, load_customer
from portal.accounts import services
from portal.accounts.access import needs
from portal.accounts.forms import CustomerUserForm, InviteForm
from portal.accounts.models import Membership
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post


class CustomerUserRequest(CustomerRequest):
    """A request whose address names a user of the customer it names."""

    member: Membership


def load_company(request: CustomerRequest, kwargs: dict[str, Any]) -> None:
    """Load a customer that can have users, for ``needs``: any but the own company."""
    load_customer(request, kwargs)
    if request.customer.is_own_company:
        raise Http404


def load_user(request: CustomerUserRequest, kwargs: dict[str, Any]) -> None:
    """Load a customer and one of its users for ``needs``; raise Http404 for anybody else."""
    load_company(request, kwargs)
    places = Membership.objects.users_of(request.partner, request.customer.pk)
    found = places.select_related("user", "role", "partner").filter(pk=kwargs.pop("member_id"))
    member = found.exclude(state=Membership.State.ENDED).first()
    if member is None:
        raise Http404
    request.member = member


def _to_section(request: CustomerRequest) -> HttpResponse:
    return redirect(reverse("customers:customer", args=[request.customer.pk]) + "#c-users")


@needs("add_customeruser", load=load_company, of="customer")
@get_or_post
def invite(request: CustomerRequest) -> HttpResponse:
    """Invite a person of the customer (ONB-10)."""
    customer = request.customer
    form = InviteForm(
        request.POST or None,
        partner=request.partner,
        roles=services.offered_roles(request.membership),
        initial={"language": customer.language},
    )
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            services.invite_customer_user(
                partner=request.partner,
                customer_id=customer.pk,
                by=request.membership,
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(
                request, _("An invitation is on its way to %s.") % form.cleaned_data["email"]
            )
            return _to_section(request)
    return render(request, "customers/users/invite.html", {"form": form, "customer": customer})


@needs("change_customeruser_rights", load=load_user, of="customer and user")
@get_or_post
def change(request: CustomerUserRequest) -> HttpResponse:
    """Give a customer's user another role (REG-27)."""
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
            return _to_section(request)
    context = {"form": form, "customer": request.customer, "member": member}
    return render(request, "customers/users/change.html", context)


@needs("add_customeruser", load=load_user, of="customer and user")
@require_POST
def invite_again(request: CustomerUserRequest) -> HttpResponse:
    """Send the invitation again, with a new link."""
    with RefusalsAsMessages(request):
        services.invite_customer_user_again(
            request.member, by=request.membership, at=timezone.now()
        )
        messages.success(
            request, _("An invitation is on its way to %s.") % request.member.user.email
        )
    return _to_section(request)


@needs("delete_customeruser", load=load_user, of="customer and user")
@get_or_post
def end(request: CustomerUserRequest) -> HttpResponse:
    """End the place of a customer's user, after asking."""
    member, customer = request.member, request.customer
    if request.method == "POST":
        with RefusalsAsMessages(request):
            services.end_customer_user(member, by=request.membership, at=timezone.now())
            messages.success(
                request,
                _("%(name)s can no longer sign in for %(customer)s.")
                % {"name": member.shown_name, "customer": customer.name},
            )
        return _to_section(request)
    return render(request, "customers/users/end.html", {"customer": customer, "member": member})
