"""The forms of the three steps, shared by all families (ORD-02)."""

from __future__ import annotations

from datetime import date
from typing import Any, Unpack
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.picking import PickedCustomer
from customers.models import Contact
from orders.forms.goods import GoodsFields
from orders.models import Order
from orders.wording import day_label
from portal.accounts.models import Membership
from portal.core.form_rendering import DateInput
from portal.core.formats import day
from portal.core.forms import FormData, FormOptions, ModelFormOptions
from portal.core.http import parse_uuid


class CustomerStepForm(PickedCustomer):
    """Step 1: the customer, one field for all families (ORD-01 to ORD-05).

    The posted value decides, never the session (ORD-26); typed text is asked about (ORD-30).
    """

    nothing_chosen = gettext_lazy("Choose the customer this order is for.")

    customer = forms.CharField(
        label=gettext_lazy("Customer"), required=False, widget=forms.HiddenInput
    )
    own = forms.BooleanField(
        label=gettext_lazy("This order is for our own company"),
        required=False,
        help_text=gettext_lazy(
            "You have not chosen a customer, so we put in your own company. "
            "Tick to confirm, or choose a customer below."
        ),
    )
    order_id = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.person = person

    def add_error(self, field: str | None, error: Any) -> None:
        """Show the error of a field that this form does not have above the form."""
        super().add_error(field if field in self.fields else None, error)

    def clean_order_id(self) -> UUID | None:
        return parse_uuid(str(self.cleaned_data["order_id"]))


class DetailsForm(forms.ModelForm[Order]):
    """Reference, purchase order number, start date and the contact to notify (ORD-27).

    Of an order of goods, also where they are sent (ORD-66): ``data["goods"]`` is the destination.
    """

    # What documents show of it (OUT-31).
    in_documents = ("reference", "po_number", "goods_name", "goods_street", "goods_city")

    copies = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Copies to"),
        help_text=gettext_lazy("Besides the contact above; nobody gets it twice."),
        queryset=Contact.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Order
        fields = ("reference", "po_number", "start_date", "contact")
        widgets = {"start_date": DateInput()}
        help_texts = {"reference": gettext_lazy("Printed on the invoices.")}
        error_messages = {"start_date": {"invalid": gettext_lazy("Enter a valid date.")}}

    def __init__(
        self,
        data: FormData = None,
        *,
        earliest: date,
        goods: bool = False,
        sends: bool = True,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.earliest = earliest
        self.goods = GoodsFields(self, sends=sends) if goods else None
        start = self.fields["start_date"]
        start.required = True
        start.label = day_label(self.instance)
        is_new = self.instance.kind == Order.Kind.NEW
        start.error_messages["required"] = (
            _("Enter a start date.") if is_new else _("Enter a date.")
        )
        start.help_text = str(_("Earliest %s.")) % day(earliest)
        start.widget.attrs["min"] = earliest.isoformat()
        if self.instance.start_date is None:
            self.initial["start_date"] = earliest
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)
        contacts = self.instance.customer.present_contacts().order_by("last_name", "first_name")
        contact.queryset = contacts
        contact.empty_label = str(_("Only to us"))
        contact.help_text = str(_("The customer's copy shows no prices."))
        self._offer_copies(contacts)
        # The start date is required here, so without one nobody has chosen anything yet.
        if self.instance.start_date is None:
            self.initial["contact"] = self.instance.customer.usual_contact()

    def _offer_copies(self, contacts: QuerySet[Contact]) -> None:
        """Offer every contact as a receiver of a copy, where there are several (ORD-62)."""
        copies = self.fields["copies"]
        assert isinstance(copies, forms.ModelMultipleChoiceField)
        copies.queryset = contacts
        copies.initial = list(self.instance.copies.values_list("contact_id", flat=True))
        if len(contacts) < 2:
            del self.fields["copies"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("copies") and not data.get("contact") and "contact" not in self.errors:
            # The first of them gets the confirmation, the others copies.
            first, *others = data["copies"]
            data["contact"], data["copies"] = first, others
        elif data.get("copies"):
            data["copies"] = [each for each in data["copies"] if each != data["contact"]]
        if self.goods is not None:
            self.goods.clean(data)
        return data

    def clean_start_date(self) -> date:
        start: date = self.cleaned_data["start_date"]
        if start < self.earliest:
            is_new = self.instance.kind == Order.Kind.NEW
            words = _("The earliest start date is %(day)s.") if is_new else _("Earliest %(day)s.")
            raise forms.ValidationError(words, params={"day": day(self.earliest)})
        if start.year > self.earliest.year + 3:
            raise forms.ValidationError(_("Choose a date within the next three years."))
        return start

    def validate_constraints(self) -> None:
        """Skip constraints: the services and the database check them."""

    def _post_clean(self) -> None:
        """Leave the instance unchanged: the services write the order."""
