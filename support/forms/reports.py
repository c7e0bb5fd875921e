"""The forms of problem reports: report, answer, act, change, settings."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.picking import PickedCustomer
from customers.models import Contact, Customer, Site, System
from orders.models import Order, Service
from portal.accounts.models import Membership
from portal.core.forms import FormData, FormOptions
from portal.files.forms import FilesField
from support.models import ProblemReport
from support.services.reporting import Problem

CHOOSE = gettext_lazy("Choose something of this customer.")


class StartForm(PickedCustomer):
    """Whose problem it is: the customer, by its hidden field."""

    nothing_chosen = gettext_lazy("Choose the customer who has the problem.")
    customer = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: FormData = None, *, person: Membership, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, **options)
        self.person = person


class ServiceField(forms.ModelChoiceField[Service]):
    """A running service, with what tells it apart."""

    def label_from_instance(self, obj: Service) -> str:
        """Return the product's name and its identifiers."""
        identifiers = obj.identifiers.replace("\n", ", ")[:60]
        return f"{obj.title} ({identifiers})" if identifiers else obj.title


class AboutForm(forms.Form):
    """What a report is about: severity, site, service, order, who has the problem."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=150,
        help_text=gettext_lazy("A few words, like: No calls from outside since this morning."),
        error_messages={"required": gettext_lazy("Say in a few words what is wrong.")},
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("What happens, since when, for whom, and what was tried."),
        error_messages={"required": gettext_lazy("Describe the problem.")},
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        choices=ProblemReport.Severity.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how bad it is.")},
    )
    site = forms.ModelChoiceField(
        Site.objects.none(),
        label=gettext_lazy("Site"),
        required=False,
        error_messages={"invalid_choice": CHOOSE},
    )
    system = forms.ModelChoiceField(
        System.objects.none(),
        label=gettext_lazy("System"),
        required=False,
        error_messages={"invalid_choice": CHOOSE},
    )
    service = ServiceField(
        Service.objects.none(),
        label=gettext_lazy("Service"),
        required=False,
        error_messages={"invalid_choice": CHOOSE},
    )
    order = forms.ModelChoiceField(
        Order.objects.none(),
        label=gettext_lazy("Order"),
        required=False,
        error_messages={"invalid_choice": CHOOSE},
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        customer: Customer,
        person: Membership,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self._choices("site", customer.sites.order_by("name"), _("No particular site"))
        systems = customer.systems.order_by("-created_at", "pk")
        self._choices("system", systems, _("No particular system"))
        if not systems.exists():
            del self.fields["system"]
        running = Service.objects.filter(customer=customer, ended_on=None)
        self._choices(
            "service",
            running.select_related("product").order_by("product_name", "pk"),
            _("No particular service"),
        )
        orders = Order.objects.visible_to(person).filter(customer=customer)
        orders = orders.exclude(state=Order.State.DRAFT).order_by("-created_at")
        named = self.initial.get("order")
        newest = list(orders.values_list("pk", flat=True)[:50])
        orders = orders.filter(Q(pk__in=newest) | Q(pk=named)) if newest else orders
        self._choices("order", orders, _("No particular order"))
        if not orders.exists():
            del self.fields["order"]

    def _choices(self, name: str, rows: QuerySet[Any], nothing: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset, field.empty_label = rows, nothing

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())


class ReportForm(AboutForm):
    """A new report, with files; the partner's people may report for a contact."""

    report_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=gettext_lazy("Who has the problem"),
        required=False,
        help_text=gettext_lazy("Gets a receipt and the answers by e-mail."),
        error_messages={"invalid_choice": CHOOSE},
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How you learnt of it"),
        choices=ProblemReport.Channel.choices,
        required=False,
    )
    uploads = FilesField()

    field_order = (
        *("subject", "description", "severity", "site", "system", "service", "order"),
        *("contact", "channel", "uploads"),
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        customer: Customer,
        person: Membership,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, customer=customer, person=person, **options)
        if person.customer_id is not None:
            # Customers' people report for themselves.
            del self.fields["contact"]
            del self.fields["channel"]
            return
        contacts = customer.present_contacts().order_by("last_name", "first_name")
        self._choices("contact", contacts, _("We noticed it ourselves"))

    def problem(self) -> Problem:
        """Return what was said, for the service."""
        data = self.cleaned_data
        return Problem(
            subject=data["subject"],
            description=data["description"],
            severity=data["severity"],
            site=data.get("site"),
            order=data.get("order"),
            service=data.get("service"),
            system=data.get("system"),
            contact=data.get("contact"),
            channel=data.get("channel") or ProblemReport.Channel.PORTAL,
        )
