"""The documents of the register: the handover sheet of a system."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.models import SupportContact, System
from customers.onboarding.services.completing import HANDOVER
from portal.outbox.issuing import Plan, builds
from portal.outbox.models import Document


@builds(HANDOVER)
def handover_sheet(document: Document, *, at: datetime) -> Plan:
    """Plan the sheet that a customer gets with its system: facts and people, never a secret."""
    system = System.objects.select_related("customer", "site", "onboarding__changed_by").get(
        pk=document.about_id
    )
    customer = system.customer
    people = SupportContact.objects.filter(customer=customer, contact__erased_at=None)
    with override(document.language):
        groups: dict[str, list[tuple[str, str]]] = {}
        for step, label, value in system.shown_facts:
            groups.setdefault(step, []).append((label, value))
        title = _("Handover of %(system)s, %(customer)s") % {
            "system": system,
            "customer": customer.name,
        }
        context = {
            "system": system,
            "customer": customer,
            "groups": list(groups.items()),
            "people": list(people.select_related("contact").order_by("role", "contact__last_name")),
            "by": system.onboarding.changed_by.shown_name,
        }
    return Plan("customers/pdf/handover.html", title, context)
