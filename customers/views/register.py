"""Pages to create, change and reactivate a customer, to ask for a name, and the settings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers import services
from customers.custom_values import custom_differences
from customers.emails import ask_about_name
from customers.forms.changes import AskNameForm
from customers.forms.contacts_and_sites import SettingsForm
from customers.forms.differences import ShowDifferences, form_version
from customers.forms.register import CustomerForm
from customers.http import CustomerRequest, load_customer
from customers.models import Customer, families_with_registration, may_change
from customers.services.told_names import NAME_REFUSALS_AN_HOUR
from portal.accounts.access import PartnerRequest, needs
from portal.catalog.models import Family
from portal.channel.services import NameTaken
from portal.core.errors import RuleError
from portal.core.formats import amount
from portal.core.forms import warn_of_characters
from portal.core.http import get_or_post
from portal.core.limits import exceeded, too_many


def may_change_this(request: CustomerRequest) -> bool:
    """Return whether the person may change the customer, for ``needs(allow=...)``."""
    return may_change(request.customer, request.membership)


def add_refusals(
    request: PartnerRequest,
    form: CustomerForm,
    *,
    first: RuleError | None = None,
    before: Customer | None = None,
) -> HttpResponse | None:
    """Show everything that the register refuses, each error at its field (USE-07).

    ``first`` is what a service refused already. Refused names are counted, since each tells that a
    name exists somewhere (INP-13). Return the page for too many of them, else None.
    """
    if not form.is_bound:
        return None
    found = [first] if first else []
    found += services.refusals(form.cleaned_data, by=request.membership, before=before)
    found = [_told(error, form) for error in found]
    for error in found:
        field = error.field if error.field in form.fields else None
        if field is None or not form.has_error(field):
            form.add_error(field, str(error))
    if not any(isinstance(error, NameTaken) for error in found):
        return None
    wait = exceeded("names", str(request.user.pk), allowed=NAME_REFUSALS_AN_HOUR, seconds=3600)
    if not wait:
        return None
    reason = _("At most %(n)s names that are in use can be tried in an hour.")
    return too_many(request, wait, reason % {"n": NAME_REFUSALS_AN_HOUR})


def _told(error: RuleError, form: CustomerForm) -> RuleError:
    """Return the refusal of a name with whose it is, where it is an own customer's (REG-41)."""
    if not isinstance(error, NameTaken):
        return error
    form.same = services.own_holder(form.data.get("name", ""), person=form.person)
    return services.NameIsOwn(form.same) if form.same else error


def _create(request: PartnerRequest, form: CustomerForm) -> Customer:
    data = dict(form.cleaned_data)
    return services.create_customer(at=timezone.now(), by=request.membership, **data)


def create_for(request: PartnerRequest, *, after: str, family: str | None) -> HttpResponse:
    """Show the form of a new customer; when it is saved, redirect to ``after``.

    ``after`` is an address with ``{id}`` for the new customer's id; ``family`` is set if the form
    was opened from the first step of an order.
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
                warn_of_characters(request, form)
                return redirect(after.format(id=customer.pk))
        too_often = add_refusals(request, form, first=refusal)
        if too_often is not None:
            return too_often
    context = {"form": form, "family": Family(family) if family else None, "customer": None}
    return render(request, "customers/form.html", context)


@needs("add_customer")
@get_or_post
def create(request: PartnerRequest) -> HttpResponse:
    """Create a customer, then show the page that offers to switch to it (ACC-22)."""
    return create_for(request, after="/customers/{id}/", family=None)


@needs(load=load_customer, of="customer", allow=may_change_this)
@get_or_post
def change(request: CustomerRequest) -> HttpResponse:
    """Change a customer; if somebody else saved in between, show both versions (REG-35)."""
    customer = request.customer
    form = CustomerForm(request.POST or None, instance=customer, person=request.membership)
    shown = ShowDifferences(form, form_version(request, customer))
    if request.method == "POST":
        _number_typed_anyway(request, form)
        answer = _change(request, form, shown)
        if answer is not None:
            return answer
    # The form has changed its own instance; the page's heading shows what is saved.
    saved = Customer.objects.get(pk=customer.pk)
    context = {"form": form, "customer": saved, "family": None, **shown.context}
    return render(request, "customers/form.html", context, status=shown.status)


def _change(
    request: CustomerRequest, form: CustomerForm, shown: ShowDifferences
) -> HttpResponse | None:
    """Save a posted form; return None if it is to be shown again with its errors."""
    refusal = None
    if form.is_valid():
        with shown:
            try:
                services.change_customer(
                    Customer.objects.get(pk=request.customer.pk),
                    at=timezone.now(),
                    by=request.membership,
                    version=shown.version,
                    **_changes(form),
                )
            except services.StaleCustomer:
                raise
            except RuleError as error:
                refusal = error
            else:
                _confirm_save(request, request.customer.pk)
                warn_of_characters(request, form)
                return redirect("customers:customer", request.customer.pk)
    before = Customer.objects.get(pk=request.customer.pk)
    if shown.status == 409:
        shown.differences += custom_differences(form.customs, form.cleaned_data["custom"], before)
        return None
    return add_refusals(request, form, first=refusal, before=before)


def _number_typed_anyway(request: CustomerRequest, form: CustomerForm) -> None:
    """Say why the number stays if a crafted POST contains another one (REG-04)."""
    typed = " ".join(request.POST.get("number", "").split())
    if form.fields["number"].disabled and typed and typed != request.customer.number:
        messages.error(request, _("Only an administrator can change the customer number."))


def _changes(form: CustomerForm) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    for name, field in form.fields.items():
        if field.disabled:
            data.pop(name, None)
    return data


def _confirm_save(request: PartnerRequest, customer_id: UUID) -> None:
    """Confirm the save, and warn of a limit below what is in use (ACC-17, RIGHTS-03)."""
    customer = Customer.objects.get(pk=customer_id)
    messages.success(request, _("%s was saved.") % customer.label)
    if customer.credit_available < 0 and request.membership.may("view_prices"):
        messages.warning(
            request,
            _(
                "The credit limit of %(limit)s is below the %(used)s in use. Active services go "
                "on; new chargeable products are refused."
            )
            % {"limit": amount(customer.credit_limit), "used": amount(customer.credit_committed)},
        )


@needs(load=load_customer, of="customer", allow=may_change_this)
@require_POST
def reactivate(request: CustomerRequest) -> HttpResponse:
    """Let a deactivated customer be chosen again (REG-16)."""
    services.reactivate_customer(request.customer, at=timezone.now())
    messages.success(request, _("%s can be ordered for again.") % request.customer.label)
    return redirect("customers:customer", request.customer.pk)


@needs("add_customer")
@get_or_post
def ask_name(request: PartnerRequest) -> HttpResponse:
    """Ask channel sales to look at a name in use, without saying who has it (D3)."""
    initial = {"name": request.GET.get("name", "")[:200]}
    form = AskNameForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            ask_about_name(
                partner=request.partner, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        messages.success(request, _("Channel Sales was asked and will answer by e-mail."))
        return redirect("customers:list")
    return render(request, "customers/ask_name.html", {"form": form})


@needs("change_settings")
@get_or_post
def settings_form(request: PartnerRequest) -> HttpResponse:
    """Show and change the partner's settings (REG-05, REG-29, ACC-13, D23)."""
    settings = services.partner_settings()
    form = SettingsForm(request.POST or None, instance=settings)
    shown = ShowDifferences(form, form_version(request, settings))
    if request.method == "POST" and form.is_valid():
        with shown:
            services.change_settings(
                settings, at=timezone.now(), version=shown.version, **form.cleaned_data
            )
            messages.success(request, _("The settings were saved."))
            return redirect("customers:settings")
    context = {"form": form, **shown.context}
    return render(request, "customers/settings.html", context, status=shown.status)


def refuse_creation(family: str) -> None:
    """Raise PermissionDenied for a family whose customers channel sales creates (ORD-13).

    Raise Http404 for an unknown family.
    """
    if family not in Family.values:
        raise Http404
    if family in families_with_registration():
        raise PermissionDenied(
            _("SIP trunk customers are created by Channel Sales. Register the customer first.")
        )


def customer_url(customer: Customer) -> str:
    """Return the address of the customer's page."""
    return reverse("customers:customer", args=[customer.pk])
