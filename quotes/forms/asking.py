"""The forms for asking the customer, and for the customer's answer."""

from __future__ import annotations

from typing import Any, Unpack
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Contact, Customer
from portal.core.forms import FormData, FormOptions
from portal.core.http import parse_uuid
from quotes.contacts import possible_contacts
from quotes.presentation import told_apart


class ContactChoice(forms.Form):
    """The contact to send the confirmation to (CON-05, CON-06)."""

    marks_optional = False

    contact = forms.ChoiceField(
        label=gettext_lazy("Contact"),
        required=False,
        help_text=gettext_lazy("Only people with an address at the customer's domain are listed."),
    )

    def __init__(
        self, data: FormData = None, *, customer: Customer, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, **options)
        self.customer = customer
        people = possible_contacts(customer)
        field = self.fields["contact"]
        assert isinstance(field, forms.ChoiceField)
        rows = [(str(c.pk), f"{c.full_name}, {c.email}") for c in people]
        field.choices = [("", _("Choose")), *rows]
        if customer.is_residential:
            field.help_text = _(
                "A private person is asked at the address of their primary contact."
            )

    def add_error(self, field: str | None, error: Any) -> None:
        """Show the error of a field that this form does not have above the form."""
        super().add_error(field if field in self.fields else None, error)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        posted = parse_uuid(str(self.data.get("contact", "")))
        found = self.customer.contacts.filter(pk=posted).first() if posted else None
        if found is None:
            self.errors.pop("contact", None)
            self.add_error("contact", _("Choose the contact to send the confirmation to."))
        else:
            # The choices are a convenience; the service decides.
            self.errors.pop("contact", None)
            data["contact"] = found
        return data


def _name_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Select your name"),
        error_messages={
            "required": gettext_lazy("Select your name."),
            "invalid_choice": gettext_lazy(
                "The chosen name is no longer in the list. Select your name."
            ),
        },
    )


def _offer_names(form: forms.Form, people: list[Contact], *, asked: UUID) -> None:
    """Offer the names of those who may answer, told apart (CON-14)."""
    field = form.fields["contact"]
    assert isinstance(field, forms.ChoiceField)
    labels = told_apart(people, asked=asked)
    field.choices = [("", _("Choose")), *((str(pk), label) for pk, label in labels.items())]


class AcceptForm(forms.Form):
    """An acceptance: both statements, and the name (CON-12 to CON-14, CON-18)."""

    read = forms.BooleanField(
        error_messages={
            "required": gettext_lazy(
                "Confirm that you have read, understood and agree to the terms."
            )
        }
    )
    authority = forms.BooleanField(
        error_messages={
            "required": gettext_lazy("Confirm that you are authorised to accept these terms.")
        }
    )
    contact = _name_field()

    def __init__(
        self,
        data: FormData = None,
        *,
        people: list[Contact],
        asked: UUID,
        statements: list[str],
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.fields["read"].label, self.fields["authority"].label = statements
        _offer_names(self, people, asked=asked)

    def contact_id(self) -> UUID | None:
        return parse_uuid(self.cleaned_data["contact"])


class DeclineForm(forms.Form):
    """The reason for declining (CON-23), and who declines (CON-50)."""

    reason = forms.CharField(
        label=gettext_lazy("What should be different?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what should be different.")},
    )
    contact = _name_field()

    def __init__(
        self,
        data: FormData = None,
        *,
        people: list[Contact],
        asked: UUID,
        **options: Unpack[FormOptions],
    ) -> None:
        # Beside the form that accepts, on one page.
        options["auto_id"] = "decline_%s"
        super().__init__(data, **options)
        _offer_names(self, people, asked=asked)

    def contact_id(self) -> UUID | None:
        return parse_uuid(self.cleaned_data["contact"])


class ProgressForm(forms.Form):
    """What is asked before a quote becomes orders (CON-25)."""

    address_checked = forms.BooleanField(
        label=gettext_lazy("I have checked the address"), required=False
    )
    po_number = forms.CharField(
        label=gettext_lazy("Purchase order number"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("The customer's own. It goes into each order."),
    )
    po_file = forms.FileField(
        label=gettext_lazy("Purchase order"),
        required=False,
        help_text=gettext_lazy("PDF, PNG, JPEG or TIFF, at most 5 MB."),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )


class VerifyForm(forms.Form):
    """A PDF to compare with the documents issued by this partner."""

    pdf = forms.FileField(
        label=gettext_lazy("PDF"),
        error_messages={
            "required": gettext_lazy("Choose the PDF."),
            "empty": gettext_lazy("This file is empty."),
        },
    )
