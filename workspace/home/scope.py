"""Whose home page it is, and which customer it is about (ONB-24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from customers.models import Customer
from orders.models import Order, OrderQuerySet
from portal.accounts.models import Membership
from quotes.models import Quote, QuoteQuerySet
from support.models import ProblemReport, ServiceReport
from support.models.report import ReportQuerySet
from support.models.service_report import ServiceReportQuerySet


@dataclass(frozen=True)
class Scope:
    """The reader, and the active customer if the page is narrowed to it.

    Everything is what the person may see (D12), and of the customer alone if there is one.
    """

    person: Membership
    customer: Customer | None
    now: datetime

    @property
    def narrowed(self) -> dict[str, Any]:
        """Return the condition of rows that belong to the customer."""
        return {} if self.customer is None else {"customer_id": self.customer.pk}

    @property
    def query(self) -> str:
        """Return what narrows the address of a list in the same way."""
        return "" if self.customer is None else f"&customer={self.customer.pk}"

    @cached_property
    def orders(self) -> OrderQuerySet:
        return Order.objects.visible_to(self.person).filter(**self.narrowed)

    @cached_property
    def quotes(self) -> QuoteQuerySet:
        return Quote.objects.visible_to(self.person).filter(**self.narrowed)

    @cached_property
    def reports(self) -> ReportQuerySet:
        return ProblemReport.objects.visible_to(self.person).filter(**self.narrowed)

    @cached_property
    def visits(self) -> ServiceReportQuerySet:
        return ServiceReport.objects.visible_to(self.person).filter(**self.narrowed)
