"""The register's pages that concern the register alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import services
from customers.custom_values import custom_differences
from customers.emails import ask_about_name
from customers.forms.differences import posted_version, shown_differences
from customers.forms.parts import SettingsForm
from customers.forms.register import AskNameForm, CustomerForm
from customers.http import CustomerRequest, load_customer
from customers.models import Customer, may_change
from portal.access import PartnerRequest, needs
from portal.catalog.models import Family
from portal.channel.services import NameTaken
from portal.errors import RuleError
from portal.limits import exceeded, too_many
from portal.money import amount

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
NAME_REFUSALS_AN_HOUR = 20


def may_change_this(request: Any) -> bool:
    """For ``needs(allow=...)``: the right to change the customer of the address."""
    return may_change(request.customer, request.membership)


def _add_refusals(
    request: PartnerRequest,
    form: CustomerForm,
    *,
    first: RuleError | None = None,
    before: Customer | None = None,
) -> HttpResponse | None:
    """Put all that the register refuses beside its fields, so that it is mended in one round;
    ``first`` is what a service said already.

    Refused names are counted: the answer tells that a name exists somewhere (INP-13). Too
    many of them are answered for themselves.
    """
    if not form.is_bound:
        return None
    found = [first] if first else []
    found += services.refusals(form.cleaned_data, by=request.membership, before=before)
    for error in found:
        field = error.field if error.field in form.fields else None
        if field is None or not form.has_error(field):
            form.add_error(field, str(error))
    if not any(isinstance(error, NameTaken) for error in found):
        return None
    wait = exceeded("names", str(request.user.pk), allowed=NAME_REFUSALS_AN_HOUR, seconds=3600)
    return too_many(request, wait) if wait else None


def _create(request: PartnerRequest, form: CustomerForm) -> Customer:
    data = dict(form.cleaned_data)
    return services.create_customer(at=timezone.now(), by=request.membership, **data)


def create_for(request: PartnerRequest, *, after: str, family: str | None) -> HttpResponse:
    """The form for a new customer; ``family`` when it was opened from an order's first step.

    ``after`` is the address to go to, with ``{id}`` for the new customer's id.
    """
    form = CustomerForm(request.POST or None, person=request.membership)
    if request.method == "POST":
        refusal = None
        if form.is_valid():
            try:
                customer = _create(request, form)
            except RuleError as error:
                refusal = error
            else:
                messages.success(request, _("%s was created.") % customer.label)
                return redirect(after.format(id=customer.pk))
        too_often = _add_refusals(request, form, first=refusal)
        if too_often is not None:
            return too_often
    context = {"form": form, "family": Family(family) if family else None, "customer": None}
    return render(request, "customers/form.html", context)


@needs("add_customer")
@GET_POST
def create(request: PartnerRequest) -> HttpResponse:
    """Create a customer, then offer to switch to her (ACC-22)."""
    return create_for(request, after="/customers/{id}/", family=None)


@needs(load=load_customer, of="customer", allow=may_change_this)
@GET_POST
def change(request: CustomerRequest) -> HttpResponse:
    """Change a customer; a save over somebody else's is asked about (REG-35)."""
    customer = request.customer
    form = CustomerForm(request.POST or None, instance=customer, person=request.membership)
    version = customer.version
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST":
        _number_typed_anyway(request, form)
        valid, refusal = form.is_valid(), None
        version = posted_version(request)
        if valid:
            try:
                services.change_customer(
                    Customer.objects.get(pk=customer.pk),
                    at=timezone.now(),
                    by=request.membership,
                    version=version,
                    **_changes(form),
                )
            except services.StaleCustomer as error:
                form.add_error(None, str(error))
                current = Customer.objects.get(pk=customer.pk)
                differences, version = shown_differences(form, current), current.version
                differences += custom_differences(
                    form.customs, form.cleaned_data["custom"], current
                )
            except RuleError as error:
                refusal = error
            else:
                _warn_of_low_limit(request, customer.pk)
                return redirect("home:customer", customer.pk)
        if not differences:
            before = Customer.objects.get(pk=customer.pk)
            too_often = _add_refusals(request, form, first=refusal, before=before)
            if too_often is not None:
                return too_often
    context = {
        "form": form,
        "customer": Customer.objects.get(pk=customer.pk),
        "version": version,
        "differences": differences,
        "family": None,
    }
    return render(request, "customers/form.html", context, status=409 if differences else 200)


def _number_typed_anyway(request: CustomerRequest, form: CustomerForm) -> None:
    """REG-04: a crafted POST leaves the number and is told why."""
    typed = " ".join(request.POST.get("number", "").split())
    if form.fields["number"].disabled and typed and typed != request.customer.number:
        messages.error(request, _("Only an administrator can change the customer number."))


def _changes(form: CustomerForm) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    for name, field in form.fields.items():
        if field.disabled:
            data.pop(name, None)
    return data


def _warn_of_low_limit(request: PartnerRequest, customer_id: UUID) -> None:
    """ACC-17: lowering below what is in use is allowed, with a warning."""
    customer = Customer.objects.get(pk=customer_id)
    messages.success(request, _("%s was saved.") % customer.label)
    if customer.credit_available < 0:
        messages.warning(
            request,
            _(
                "The credit limit of %(limit)s is below the %(used)s in use. What runs goes on; "
                "new chargeable products are refused."
            )
            % {"limit": amount(customer.credit_limit), "used": amount(customer.credit_committed)},
        )


@needs(load=load_customer, of="customer", allow=may_change_this)
@require_http_methods(["POST"])
def reactivate(request: CustomerRequest) -> HttpResponse:
    """Let a customer be chosen again (REG-16)."""
    services.reactivate_customer(request.customer, at=timezone.now())
    messages.success(request, _("%s can be ordered for again.") % request.customer.label)
    return redirect("home:customer", request.customer.pk)


@needs("add_customer")
@GET_POST
def ask_name(request: PartnerRequest) -> HttpResponse:
    """Ask channel sales to look at a name that is in use; nobody is told who holds it (D3)."""
    initial = {"name": request.GET.get("name", "")[:200]}
    form = AskNameForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        ask_about_name(
            partner=request.partner, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Channel Sales was asked and will answer by e-mail."))
        return redirect("customers:list")
    return render(request, "customers/ask_name.html", {"form": form})


@needs("change_settings")
@GET_POST
def settings_form(request: PartnerRequest) -> HttpResponse:
    """The partner's settings (REG-05, REG-29, ACC-13, D23)."""
    settings = services.partner_settings()
    form = SettingsForm(request.POST or None, instance=settings)
    version, differences = settings.version, []
    if request.method == "POST" and form.is_valid():
        version = posted_version(request)
        try:
            services.change_settings(
                settings, at=timezone.now(), version=version, **form.cleaned_data
            )
        except services.Stale as error:
            form.add_error(None, str(error))
            current = services.partner_settings()
            differences, version = shown_differences(form, current), current.version
        else:
            messages.success(request, _("The settings were saved."))
            return redirect("customers:settings")
    context = {"form": form, "version": version, "differences": differences}
    return render(request, "customers/settings.html", context, status=409 if differences else 200)


def refuse_creation(family: str) -> None:
    """ORD-13: customers of this family are made by channel sales."""
    if family not in Family.values:
        raise Http404
    from customers.models import families_with_registration

    if family in families_with_registration():
        raise PermissionDenied(
            _("SIP trunk customers are created by Channel Sales. Register the customer first.")
        )


def customer_url(customer: Customer) -> str:
    """The customer's page."""
    return reverse("home:customer", args=[customer.pk])
