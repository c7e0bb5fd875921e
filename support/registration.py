"""What support registers with the apps below: called once, when all apps are ready."""

from __future__ import annotations

from customers import related_data
from portal.outbox.answering import on_new, on_reply
from portal.outbox.telling import people_about
from support import customer_sections, messages, order_card, portal_parts
from support.models import ProblemReport
from support.related_data import ReportsOfCustomer
from support.services.incoming import take_answer, take_new_problem
from support.services.reporting import people_about_report


def register() -> None:
    """Register the messages, sections, cards and data of support, and what takes its mail."""
    messages.register()
    customer_sections.register()
    order_card.register()
    portal_parts.register()
    related_data.register(ReportsOfCustomer())
    model = ProblemReport._meta.label_lower
    on_reply(model)(take_answer)
    on_new(take_new_problem)
    people_about(model, people_about_report)
