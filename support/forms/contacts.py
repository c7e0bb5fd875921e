"""The form of a support contact, as the customer's own people see it (ONB-12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from customers.forms.contacts_and_sites import ContactForm
from customers.models import Contact


class SupportContactForm(ContactForm):
    """Name, address, phone and roles; what the partner keeps of a contact is not shown."""

    class Meta:
        model = Contact
        fields = ("first_name", "last_name", "job_title", "email", "phone")
        error_messages = ContactForm.Meta.error_messages
        help_texts = {"email": _("Problem reports go there.")}
