"""The list of onboardings, and the page that begins one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.models import Customer, Onboarding
from customers.onboarding.forms.start import StartForm
from customers.onboarding.http import OnboardingRequest, load_onboarding, step_url
from customers.onboarding.services import begin_onboarding
from portal.accounts.access import PartnerRequest, needs
from portal.core.errors import RuleError
from portal.core.forms import show_refusal
from portal.core.http import form_data, get_or_post, parse_uuid
from portal.core.listing import Listing

SORTS = {
    "customer": ("customer__sort_key", "name", "pk"),
    "platform": ("platform", "changed_at", "pk"),
    "changed": ("changed_at", "pk"),
}


@needs("onboard_customer")
@require_safe
def onboarding_list(request: PartnerRequest) -> HttpResponse:
    """Show the onboardings in progress, to go on with one (ONB-24)."""
    rows = Onboarding.objects.visible_to(request.membership).open()
    listing = Listing(
        request,
        rows.select_related("customer", "changed_by__user"),
        sorts=SORTS,
        default="-changed",
    )
    context = {"listing": listing, "rows": listing.rows}
    return render(request, "customers/onboarding/list.html", context)


def _customer(request: PartnerRequest) -> Customer | None:
    """Return the customer that the address names; None for a new one. Raise Http404."""
    named = request.GET.get("customer", "")
    if not named:
        return None
    visible = Customer.objects.visible_to(request.membership)
    customer_id = parse_uuid(named)
    customer = visible.filter(pk=customer_id).first() if customer_id else None
    if customer is None:
        raise Http404
    return customer


@needs("onboard_customer")
@get_or_post
def start(request: PartnerRequest) -> HttpResponse:
    """Choose the platform; the onboarding begins with the customer's step (ONB-01)."""
    customer = _customer(request)
    if customer is not None:
        known = Onboarding.objects.open().filter(customer=customer).first()
        if known is not None:
            return redirect(step_url(known, known.place))
    form = StartForm(form_data(request))
    status = 200
    # A new one is for those who may create customers; the page says so to the others.
    may_begin = customer is not None or request.membership.may("add_customer")
    if request.method == "POST" and may_begin and form.is_valid():
        try:
            onboarding = begin_onboarding(
                form.chosen, customer=customer, by=request.membership, at=timezone.now()
            )
            return redirect("onboarding:customer", onboarding.pk)
        except RuleError as error:
            status = show_refusal(form, error)
    context = {"form": form, "customer": customer, "may_begin": may_begin}
    return render(request, "customers/onboarding/start.html", context, status=status)


@needs("onboard_customer", load=load_onboarding, of="onboarding", customers=True)
@require_safe
def resume(request: OnboardingRequest) -> HttpResponse:
    """Go on where it was left (ONB-24)."""
    onboarding = request.onboarding
    if not onboarding.is_open:
        messages.info(request, _("This onboarding is completed."))
        return redirect("customers:customer", onboarding.customer_id)
    return redirect(step_url(onboarding, onboarding.place))
