"""The end of an onboarding: summary and completion, or cancelling it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.forms.differences import form_version
from customers.http import CustomerRequest, load_customer
from customers.models import Onboarding, Site, SupportContact
from customers.models.onboarding import in_reader_language
from customers.onboarding.flow import Field, Kind, Step, steps_of
from customers.onboarding.http import OnboardingRequest, load_onboarding, step_url, steps_shown
from customers.onboarding.people import kept_people
from customers.onboarding.secrets import has_secret
from customers.onboarding.services import cancel_onboarding, complete_onboarding
from customers.onboarding.services.completing import HANDOVER
from customers.onboarding.views.steps import refuse_early
from portal.accounts.access import needs
from portal.catalog.models.platforms import CUSTOMER, SUMMARY
from portal.core.errors import RuleError
from portal.core.http import get_or_post, parse_uuid
from portal.outbox.issuing import issued
from portal.outbox.models import Document


def _in_words(onboarding: Onboarding, step: Step, field: Field) -> str:
    """Return an answer as the summary shows it; a secret only as being there."""
    if field.kind == Kind.SECRET:
        there = has_secret(onboarding, step.code, field.code)
        return _("Kept encrypted, never shown") if there else "–"
    value = onboarding.answers.get(step.code, {}).get(field.code)
    if field.kind == Kind.FILE:
        return str(value["name"]) if value else "–"
    if field.kind == Kind.SITE:
        return _site(onboarding, value or {})
    if value in (None, ""):
        return "–"
    return in_reader_language(field.shown(value))


def _site(onboarding: Onboarding, answer: dict[str, Any]) -> str:
    if answer.get("name"):
        town = " ".join(part for part in (answer["postal_code"], answer["city"]) if part)
        parts = [answer["name"], answer["street"], town]
        return ", ".join(part for part in parts if part)
    site_id = parse_uuid(str(answer.get("id") or ""))
    sites = Site.objects.filter(customer=onboarding.customer_id)
    known = sites.filter(pk=site_id).first() if site_id else None
    return str(known) if known else _("No site yet")


def _parts(onboarding: Onboarding) -> list[dict[str, Any]]:
    """Return each step with its answers, as the summary shows them."""
    parts = []
    for step in steps_of(onboarding):
        answers = onboarding.answers.get(step.code, {})
        rows = [
            (field.title, _in_words(onboarding, step, field))
            for field in step.fields
            if field.asked(answers)
        ]
        parts.append(
            {
                "title": step.title,
                "rows": rows,
                "url": step_url(onboarding, step.code),
                "is_done": step.code in onboarding.done,
            }
        )
    return parts


def _all_of_it(onboarding: Onboarding) -> dict[str, Any]:
    """Return what the summary shows: people and facts, and the answers of each step."""
    answers = onboarding.answers.get(CUSTOMER, {})
    labels = dict(SupportContact.Role.choices)
    return {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "customer_url": step_url(onboarding, CUSTOMER),
        "steps": steps_shown(onboarding, SUMMARY),
        "parts": _parts(onboarding),
        "admins": kept_people(answers, "admins"),
        "support": [(row, labels[row.role]) for row in kept_people(answers, "support")],
        "facts": answers.get("facts", {}),
    }


@needs("onboard_customer", load=load_onboarding, of="onboarding", customers=True)
@get_or_post
def summary(request: OnboardingRequest) -> HttpResponse:
    """Show everything once more, and complete the onboarding (SM-ONBOARDING)."""
    elsewhere = refuse_early(request, SUMMARY)
    if elsewhere is not None:
        return elsewhere
    onboarding, refusal, status = request.onboarding, "", 200
    version = form_version(request, onboarding)
    if request.method == "POST":
        try:
            system = complete_onboarding(
                onboarding.pk, version=version, by=request.membership, at=timezone.now()
            )
        except RuleError as error:
            refusal, status = str(error), error.status
            version = Onboarding.objects.get(pk=onboarding.pk).version
        else:
            messages.success(
                request, _("%(customer)s is onboarded.") % {"customer": system.customer.label}
            )
            return redirect("customers:customer", system.customer_id)
    context = {"version": version, "refusal": refusal, **_all_of_it(onboarding)}
    return render(request, "customers/onboarding/summary.html", context, status=status)


@needs("onboard_customer", load=load_onboarding, of="onboarding", customers=True)
@get_or_post
def cancel(request: OnboardingRequest) -> HttpResponse:
    """Ask, then discard everything and return to the dashboard (ONB-21)."""
    onboarding = request.onboarding
    refusal = ""
    if request.method == "POST":
        label = onboarding.customer_label
        try:
            cancel_onboarding(onboarding.pk, at=timezone.now())
        except RuleError as error:
            refusal = str(error)
        else:
            messages.success(request, _("The onboarding of %s was cancelled.") % label)
            return redirect("workspace:dashboard")
    context = {"onboarding": onboarding, "refusal": refusal}
    return render(request, "customers/onboarding/cancel.html", context)


@needs(load=load_customer, of="customer")
@require_safe
def handover(request: CustomerRequest, system_id: UUID) -> HttpResponse:
    """Return a system's handover sheet; 404 until it is made."""
    system = request.customer.systems.filter(pk=system_id).first()
    if system is None:
        raise Http404
    documents = Document.objects.for_partner(request.partner)
    document = documents.filter(
        kind=HANDOVER, about_id=system.pk, state=Document.State.READY
    ).first()
    if document is None:
        raise Http404
    return issued(document)
