"""Views of who sees a customer and why, of exceptions (D12) and absences (REG-21)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers import services
from customers.forms.people import AwayForm
from customers.http import CustomerRequest, load_customer
from customers.models import Substitution
from customers.people import access_to, colleagues
from customers.services.substitutions import GRANTS
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.http import MemberRequest, load_member
from portal.accounts.models import Membership
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post


@needs("manage_people", load=load_customer, of="customer")
@require_safe
def access(request: CustomerRequest) -> HttpResponse:
    """Show for each person whether and why they see this customer; offer exceptions (D12)."""
    rows = access_to(request.customer, colleagues(request.partner))
    asked = request.GET.get("person", "")
    if asked:
        rows = [row for row in rows if str(row.person.pk) == asked] or rows
    context = {"customer": request.customer, "rows": rows, "asked": asked}
    return render(request, "customers/access.html", context)


@needs("manage_people", load=load_customer, of="customer")
@require_POST
def grant(request: CustomerRequest, member_id: UUID) -> HttpResponse:
    """Make, change or remove one person's exception for this customer."""
    customer = request.customer
    person = next((each for each in colleagues(request.partner) if each.pk == member_id), None)
    level = request.POST.get("level", "")
    if person is None:
        raise Http404
    if level not in ("", *GRANTS):
        messages.error(request, _("Choose what the person may do."))
        return redirect("customers:access", customer.pk)
    with RefusalsAsMessages(request):
        services.set_grant(customer, person, level, by=request.membership, at=timezone.now())
        messages.success(request, _("Saved for %s.") % person.shown_name)
    return redirect("customers:access", customer.pk)


def _away(request: PartnerRequest, person: Membership, here: str) -> HttpResponse:
    """Show and save a person's absence and substitute; return to ``here``."""
    row = Substitution.objects.filter(membership=person).first()
    initial = (
        {"substitute": row.substitute_id, "starts_on": row.starts_on, "ends_on": row.ends_on}
        if row
        else {"starts_on": timezone.localdate()}
    )
    form = AwayForm(request.POST or None, person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            services.start_absence(
                person, at=timezone.now(), by=request.membership, **form.cleaned_data
            )
            messages.success(request, _("Saved. The substitute is notified."))
            return redirect(here)
    other = person if person.pk != request.membership.pk else None
    return render(request, "customers/away.html", {"form": form, "row": row, "other": other})


@needs()
@get_or_post
def away(request: PartnerRequest) -> HttpResponse:
    """Show and save one's own absence and substitute."""
    return _away(request, request.membership, reverse("customers:away"))


@needs("manage_people", load=load_member, of="member")
@get_or_post
def away_of(request: MemberRequest) -> HttpResponse:
    """Show and save somebody else's absence, who fell ill for example."""
    person = request.member
    if person.state != Membership.State.ACTIVE:
        messages.error(request, _("%(name)s is not a member here.") % {"name": person.shown_name})
        return redirect("accounts:people")
    return _away(request, person, reverse("customers:away_of", args=[person.pk]))


@needs()
@require_POST
def back(request: PartnerRequest) -> HttpResponse:
    """End one's own absence."""
    services.end_absence(request.membership, at=timezone.now())
    messages.success(request, _("Welcome back. Nobody stands in for you any more."))
    return redirect("customers:away")


@needs("manage_people", load=load_member, of="member")
@require_POST
def back_of(request: MemberRequest) -> HttpResponse:
    """End somebody else's absence."""
    person = request.member
    services.end_absence(person, at=timezone.now(), by=request.membership)
    messages.success(
        request, _("Nobody stands in for %(name)s any more.") % {"name": person.shown_name}
    )
    return redirect("accounts:person", person.pk)
