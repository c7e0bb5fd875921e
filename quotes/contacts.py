"""Who may be asked to confirm, and who may accept (CON-05 to CON-08, CON-14, D5, D6)."""

from __future__ import annotations

import idna
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.domains import readable_domain
from customers.models import Contact, Customer
from portal.core.errors import RuleError
from quotes.models import Confirmation


class NoDomain(RuleError):
    """Refuse to ask a customer for approval that has no domain yet (CON-08)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("Add the customer's domain first."), field="contact")


class NoPrimaryContact(RuleError):
    """Refuse to ask a residential customer that has no primary contact yet (D5)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("Record the customer's primary contact first."), field="contact"
        )


class NotInDomain(RuleError):
    """Refuse a contact whose address is not in the customer's domains (CON-06)."""

    def __init__(self, email: str, domains: list[str]) -> None:
        super().__init__(
            _(
                "%(email)s is not in %(domains)s. "
                "Add a contact with an address at the customer's domain."
            )
            % {"email": email, "domains": ", ".join(map(readable_domain, domains))},
            field="contact",
        )


class NotPrimary(RuleError):
    """Refuse any contact of a residential customer but the primary one (D5)."""

    def __init__(self, email: str) -> None:
        super().__init__(
            _("%(email)s is not the customer's primary contact.") % {"email": email},
            field="contact",
        )


class HasLeft(RuleError):
    """Refuse to ask somebody who no longer works at the customer (REG-58)."""

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s has left the customer.") % {"name": name}, field="contact")


class AddressChanged(RuleError):
    """Refuse a reminder to an address that is not the addressee's any more (CON-31)."""

    def __init__(self, asked: Confirmation) -> None:
        super().__init__(
            _("The address of %(name)s has changed: withdraw the link and send a new one.")
            % {"name": asked.addressee_name}
        )


def host_of(email: str) -> str:
    """Return the host of an address in lower-case IDNA form; empty for an invalid one."""
    host = email.rpartition("@")[2].strip().rstrip(".")
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""


def domains_of(customer: Customer) -> list[str]:
    """Return the customer's domains, in IDNA form, in order."""
    return list(customer.domains.order_by("domain").values_list("domain", flat=True))


def possible_contacts(customer: Customer) -> list[Contact]:
    """Return the contacts that may be asked and may accept.

    Their host equals one of the customer's domains; for a residential customer it is the primary
    contact alone.
    """
    contacts = customer.present_contacts().order_by("last_name", "first_name", "id")
    if customer.is_residential:
        return list(contacts.filter(is_primary=True))
    domains = set(domains_of(customer))
    return [contact for contact in contacts if host_of(contact.email) in domains]


def check_ready(customer: Customer) -> None:
    """Refuse a customer that nobody can be asked for yet (NoDomain, NoPrimaryContact)."""
    if customer.is_residential:
        if not customer.contacts.filter(is_primary=True).exists():
            raise NoPrimaryContact
    elif not customer.domains.exists():
        raise NoDomain


def check_present(contact: Contact) -> None:
    """Raise HasLeft for somebody who no longer works at the customer (REG-58)."""
    if contact.left_at is not None:
        raise HasLeft(contact.full_name)


def check_contact(customer: Customer, contact: Contact) -> None:
    """Refuse a contact who may not be asked (CON-06, D5), also in a crafted form."""
    check_ready(customer)
    check_present(contact)
    if customer.is_residential:
        if not contact.is_primary:
            raise NotPrimary(contact.email)
        return
    domains = domains_of(customer)
    if host_of(contact.email) not in domains:
        raise NotInDomain(contact.email, domains)
