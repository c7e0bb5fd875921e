"""The form of a work order: what is to be done, where, when and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from customers.models import Customer, Site
from orders.models import Order
from portal.accounts.models import Membership
from portal.core.form_rendering import DateInput
from portal.core.forms import FormData, FormOptions
from support.forms.acts import PersonField
from support.forms.reports import CHOOSE
from support.models import ProblemReport
from support.services.work_orders import Plan


class PlanForm(forms.Form):
    """A visit of a customer; the choices are of this customer only (SAFE-02)."""

    work_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    task = forms.CharField(
        label=gettext_lazy("What is to be done"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A work order needs it, a report written at once does not."),
    )
    site = forms.ModelChoiceField(
        Site.objects.none(),
        label=gettext_lazy("Site"),
        required=False,
        empty_label=gettext_lazy("No particular site"),
        error_messages={"invalid_choice": CHOOSE},
    )
    technician = PersonField(
        Membership.unscoped.none(),
        label=gettext_lazy("Technician"),
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose the technician.")},
    )
    planned_for = forms.DateField(
        label=gettext_lazy("Planned for"),
        required=False,
        widget=DateInput(),
        error_messages={"invalid": gettext_lazy("Enter a date.")},
    )
    order = forms.ModelChoiceField(
        Order.objects.none(),
        label=gettext_lazy("Order"),
        required=False,
        empty_label=gettext_lazy("No particular order"),
        error_messages={"invalid_choice": CHOOSE},
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        customer: Customer,
        person: Membership,
        people: Sequence[Membership],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self._set("site", customer.sites.order_by("name"))
        orders = Order.objects.visible_to(person).filter(customer=customer)
        orders = orders.exclude(state=Order.State.DRAFT)
        newest = list(orders.order_by("-created_at").values_list("pk", flat=True)[:50])
        self._set("order", Order.objects.filter(pk__in=newest).order_by("-created_at"))
        ids = [each.pk for each in people]
        everybody = Membership.objects.own_people(person.partner).filter(pk__in=ids)
        self._set("technician", everybody.select_related("user").order_by("user__name"))
        for name, empty in (("site", not customer.sites.exists()), ("order", not newest)):
            if empty:
                del self.fields[name]

    def _set(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def plan(self, report: ProblemReport | None) -> Plan:
        """Return what was chosen, for the service."""
        data = self.cleaned_data
        return Plan(
            task=data["task"],
            planned_for=data["planned_for"],
            technician=data["technician"],
            site=data.get("site"),
            order=data.get("order"),
            report=report,
        )
