"""The cells of one row as values of a customer, read by the fields of the forms.

What a cell means is decided here; whether the register accepts it is decided by its services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException

from customers.domains import clean_domain
from customers.forms.contacts_and_sites import ContactForm
from customers.forms.custom import form_field
from customers.forms.register import CustomerForm, split_domains
from customers.imports.headings import FIELDS
from customers.imports.mapping import state_of
from customers.imports.rows import MASK, Checked
from customers.imports.values import CUSTOM, Words, parse_money
from customers.models import Customer, CustomField
from customers.numbers import clean_organisation_number, clean_personal_number, clean_vat_number
from customers.services.custom import in_words, stored
from customers.services.personal import encrypted
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from portal.core.errors import RuleError
from portal.core.sorting import search_key

# Fields that need nothing but the form's cleaning.
_ALONE = (
    "number name street postal_code city region billing_email organisation_number vat_number"
).split()
_CONTACT = {
    "contact_first_name": "first_name",
    "contact_last_name": "last_name",
    "contact_job_title": "job_title",
    "contact_email": "email",
}
_SHEET_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#BEZUG!")
# Called with the number of the row, the field, the text of the cell, and what is wrong with it.
Say = Callable[[int, str, str, object], None]


class RowReader:
    """A reader of rows for one person; whatever can't be read is reported to ``say``."""

    def __init__(
        self, person: Membership, plan: RatePlan, customs: Iterable[CustomField], say: Say
    ) -> None:
        self._partner = person.partner
        self._plan = plan
        self._say = say
        self._fields = CustomerForm(person=person).fields
        self._contact_fields = ContactForm().fields
        self._words = Words()
        self._labels = {field.key: str(field.label) for field in FIELDS}
        self._customs = {each.name: (each, form_field(each)) for each in customs}

    def read(self, row: int, texts: dict[str, str]) -> Checked:
        """Return the values of a row, ``texts`` being its cells by field."""
        values: dict[str, Any] = {}
        for key, text in texts.items():
            if text.startswith(_SHEET_ERRORS):
                self._say(row, key, text, _("The spreadsheet shows an error here."))
                texts[key] = ""
        for key in _ALONE:
            values[key] = self._clean(self._fields[key], row, key, texts[key])
        values["number"] = " ".join(str(values["number"] or "").split())
        values["name"] = " ".join(str(values["name"] or "").split())
        self._look_up(row, texts, values)
        self._one_number(row, texts, values)
        values["credit_limit"] = self._credit(row, texts["credit_limit"])
        contact = self._contact(row, texts, values["country"])
        values["notes"] = self._clean(self._fields["notes"], row, "notes", texts["notes"])
        self._state(row, texts["state"], values)
        domains = self._domains(row, texts["domains"])
        keys = (search_key(values["name"]), search_key(values["number"]))
        checked = Checked(row, values, contact, domains, *keys)
        self._custom(checked, texts)
        return checked

    def _clean(self, form_field: Any, row: int, key: str, text: str) -> Any:
        try:
            return form_field.clean(text)
        except ValidationError as error:
            self._say(row, key, text, error.messages[0])
            return None

    def _look_up(self, row: int, texts: dict[str, str], values: dict[str, Any]) -> None:
        for key, find, reason in (
            ("type", self._words.type, _("Write Normal or Residential.")),
            ("language", self._words.language, _("Write English, German or Swedish.")),
            ("country", self._words.country, _("Write the country's name or its code, like SE.")),
            (
                "rate_plan",
                self._words.rate_plan,
                _("There is no rate plan of this name. There are: %(plans)s.")
                % {"plans": ", ".join(self._words.plan_names)},
            ),
            (
                "business_type",
                self._words.business_type,
                _("There is no business type of this name. There are: %(types)s.")
                % {"types": ", ".join(self._words.business_type_names)},
            ),
        ):
            text = texts[key]
            found = find(text) if text else None
            if text and found is None:
                self._say(row, key, text, reason)
            values[key] = found
        partner = self._partner
        values["type"] = values["type"] or Customer.Type.NORMAL
        values["language"] = values["language"] or partner.language
        values["country"] = values["country"] or partner.country.code
        values["rate_plan"] = values["rate_plan"] or self._plan

    def _one_number(self, row: int, texts: dict[str, str], values: dict[str, Any]) -> None:
        """Set the organisation number of a company, or the personal one of a person (REG-31).

        Files with one column for both are understood.
        """
        organisation, personal = values["organisation_number"] or "", texts["personal_number"]
        vat = values["vat_number"] or ""
        values["organisation_number"] = values["vat_number"] = ""
        if texts["type"] and self._words.type(texts["type"]) is None:
            # Reported already; the number may be a personal one and is not repeated (D19).
            return
        if values["type"] == Customer.Type.RESIDENTIAL:
            key = "personal_number" if personal else "organisation_number"
            typed = personal or organisation
            self._number(row, key, typed, clean_personal_number, values)
            if vat:
                reason = _("A private person has no VAT number here.")
                self._say(row, "vat_number", vat, reason)
            return
        if personal:
            reason = _("A company has an organisation number instead of a personal number.")
            self._say(row, "personal_number", personal, reason)
        self._number(row, "organisation_number", organisation, clean_organisation_number, values)
        self._number(row, "vat_number", vat, clean_vat_number, values)

    def _number(
        self,
        row: int,
        key: str,
        typed: str,
        clean: Callable[[str, str], str],
        values: dict[str, Any],
    ) -> None:
        try:
            found = clean(typed, values["country"])
        except RuleError as error:
            personal = clean is clean_personal_number
            self._say(row, key, MASK if personal else typed, error)
            return
        if clean is clean_personal_number:
            values["personal_number_encrypted"] = encrypted(found)
        else:
            values[key] = found

    def _state(self, row: int, text: str, values: dict[str, Any]) -> None:
        """Set whether the customer is active, and a prospect (REG-56)."""
        if not text:
            return
        state = state_of(text)
        if state is None:
            self._say(row, "state", text, _("Write active, inactive or prospect."))
            return
        values["is_active"], lifecycle = state
        if lifecycle:
            values["lifecycle"] = lifecycle

    def _credit(self, row: int, text: str) -> Decimal | None:
        if not text:
            self._say(row, "credit_limit", "", _("Enter a credit limit."))
            return None
        try:
            return parse_money(text)
        except RuleError as error:
            self._say(row, "credit_limit", text, error)
            return None

    def _contact(self, row: int, texts: dict[str, str], country: str) -> dict[str, Any] | None:
        whole = " ".join(texts["contact_name"].split())
        if whole and not (texts["contact_first_name"] or texts["contact_last_name"]):
            first, _blank, last = whole.rpartition(" ")
            texts["contact_first_name"], texts["contact_last_name"] = first, last
        named = texts["contact_first_name"] or texts["contact_last_name"]
        if not named:
            self._without_name(texts)
            return None
        values: dict[str, Any] = {}
        for key, name in _CONTACT.items():
            value = self._clean(self._contact_fields[name], row, key, texts[key])
            values[name] = "" if value is None else value
            if name.endswith(("name", "title")):
                values[name] = " ".join(str(values[name]).split())
        values["phone"] = self._phone(row, texts["contact_phone"], country)
        return values

    def _without_name(self, texts: dict[str, str]) -> None:
        """Keep what a row says of a contact without a name among the notes (REG-56)."""
        for key in ("contact_phone", "contact_email", "contact_job_title"):
            if texts[key]:
                said = f"{self._labels[key]}: {texts[key]}"
                texts["notes"] = "\n".join(filter(None, (texts["notes"], said)))

    def _phone(self, row: int, text: str, country: str) -> Any:
        """Return a phone number; without +46 or the like it is one of the customer's country."""
        if not text:
            return ""
        try:
            phone = PhoneNumber.from_string(text, region=country)
        except NumberParseException:
            phone = None
        if phone is None or not phone.is_valid():
            invalid = self._contact_fields["phone"].error_messages["invalid"]
            self._say(row, "contact_phone", text, invalid)
        return phone

    def _domains(self, row: int, text: str) -> list[str]:
        found: list[str] = []
        for part in split_domains(text):
            address = part.lower().removeprefix("https://").removeprefix("http://")
            bare = address.partition("/")[0].removeprefix("www.")
            try:
                domain = clean_domain(bare)
            except RuleError as error:
                self._say(row, "domains", part, error)
            else:
                if domain not in found:
                    found.append(domain)
        return found

    def _custom(self, row: Checked, texts: dict[str, str]) -> None:
        """Set the values of custom fields, by the rules of the form (REG-28)."""
        found: dict[str, Any] = {}
        for name, (custom, form) in self._customs.items():
            value = self._custom_value(row.row, custom, form, texts[name])
            if value is not None:
                found[custom.key] = value
                row.custom[custom.label] = ["", in_words(value)]
        row.values["custom_values"] = found

    def _custom_value(self, row: int, custom: CustomField, form: Any, text: str) -> Any:
        read = CUSTOM.get(CustomField.Kind(custom.kind))
        if read is None or not text:
            return stored(custom, self._clean(form, row, custom.name, text))
        try:
            return stored(custom, read(text))
        except RuleError as error:
            self._say(row, custom.name, text, error)
            return None
