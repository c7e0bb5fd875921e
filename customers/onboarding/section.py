"""The systems of a customer on its page, and the onboarding that is in progress (ONB-24)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.http import CustomerRequest
from customers.models import Onboarding
from customers.onboarding.services.completing import HANDOVER
from customers.onboarding.services.steps import missing_steps
from customers.page_sections import Section, add_section
from portal.outbox.models import Document


def systems_section(request: CustomerRequest) -> Section | None:
    """Return the systems in operation, and what is missing of the one being onboarded."""
    person, customer = request.membership, request.customer
    systems = list(customer.systems.select_related("site").order_by("-created_at", "pk"))
    may = person.may("onboard_customer")
    resume = Onboarding.objects.open().filter(customer=customer).first() if may else None
    if not systems and not may:
        return None
    documents = Document.objects.for_partner(request.partner).filter(
        kind=HANDOVER, state=Document.State.READY, about_id__in=[row.pk for row in systems]
    )
    context = {
        "systems": systems,
        "resume": resume,
        "missing": missing_steps(resume) if resume else [],
        "may_begin": may and customer.is_active,
        "may_report": person.may("add_report") and customer.is_active,
        "ready": set(documents.values_list("about_id", flat=True)) if systems else set(),
        "customer": customer,
    }
    return Section("customers/_systems.html", "c-systems", _("Systems"), context)


def register() -> None:
    """Register the section; called once when the app is ready."""
    add_section(systems_section, position=5)
