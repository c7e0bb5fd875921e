"""Forms of a registration: of a customer of the register, of a new one, and the answer."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy

from customers.forms.picking import PickedCustomer
from customers.models import families_with_registration
from customers.registrations.customer_fields import NewCustomerFieldsForm
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.forms import FormData, FormOptions, ModelFormOptions
from portal.core.http import parse_uuid

MOST_CHANNELS = 10_000


class AboutFields(forms.Form):
    """What channel sales is told of every registration: family, channels, note, file."""

    registration_id = forms.CharField(required=False, widget=forms.HiddenInput)
    family = forms.ChoiceField(
        label=gettext_lazy("For"), error_messages={"required": gettext_lazy("Choose what for.")}
    )
    channels = forms.IntegerField(
        label=gettext_lazy("Expected channels"),
        min_value=1,
        max_value=MOST_CHANNELS,
        help_text=gettext_lazy("How many calls at once, roughly."),
        error_messages={"required": gettext_lazy("Enter how many channels you expect.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note to Channel Sales"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("At most 5 MB: PDF, PNG, JPEG or TIFF."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.tif,.tiff"}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    def prepare(self, family: str = "") -> None:
        """Offer the families that need a registration; the only one is chosen."""
        choices = [(code, str(Family(code).label)) for code in sorted(families_with_registration())]
        field = self.fields["family"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        codes = [code for code, _label in choices]
        field.initial = family if family in codes else (codes or [""])[0]
        if len(codes) == 1:
            field.widget = forms.HiddenInput()

    def clean_registration_id(self) -> Any:
        return parse_uuid(str(self.cleaned_data["registration_id"]))


class ExistingForm(AboutFields, PickedCustomer):
    """A customer of the register that is registered (ORD-15)."""

    nothing_chosen = gettext_lazy("Choose the customer to register.")

    customer = forms.CharField(
        label=gettext_lazy("Customer"), required=False, widget=forms.HiddenInput
    )
    field_order = ("customer", "family", "channels", "note", "file")

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        family: str = "",
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.person = person
        self.prepare(family)


ABOUT = ("family", "channels", "note", "file")
# As on the page, and so in the summary of errors (USE-18).
OF_CUSTOMER = (
    *("name", "number", "organisation_number", "language"),
    *("street", "postal_code", "city", "country", "credit_limit", "billing_email"),
)


class NewForm(NewCustomerFieldsForm, AboutFields):
    """A customer that is in nobody's register yet (ORD-14)."""

    field_order = (*OF_CUSTOMER, *ABOUT)

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        family: str = "",
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.prepare(family)
        self.prepare_customer(person)


class AnswerForm(NewCustomerFieldsForm, AboutFields):
    """The answer to a question of channel sales, with everything that may be changed (CHAN-03)."""

    field_order = ("answer", *OF_CUSTOMER, *ABOUT)

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the answer.")},
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, **options)
        for name in ("family", "registration_id"):
            del self.fields[name]
        self.fields["channels"].initial = self.instance.channels
        self.fields["note"].initial = self.instance.note
        if self.instance.makes_customer:
            self.prepare_customer(person)
            return
        for name in self._meta.fields or ():
            del self.fields[name]

    def clean_registration_id(self) -> None:
        """Skip what the answer's form does not have."""

    def clean_number(self) -> str:
        return super().clean_number() if "number" in self.fields else ""

    def customer_fields(self) -> dict[str, Any]:
        return super().customer_fields() if self.instance.makes_customer else {}

    def _post_clean(self) -> None:
        """Leave the instance unchanged: the services write it."""
