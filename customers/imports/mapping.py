"""What the columns of a file hold: the template's headings, and guesses for everybody else's."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from customers.models import CustomField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Field:
    """One thing that a column can hold."""

    key: str
    label: StrOrPromise
    synonyms: str
    example: str = ""
    required: bool = False


# Headings as people and other programs write them, parted by "|": Fortnox, Visma (eAccounting,
# Administration), DATEV, Lexware, sevDesk, Sage 50, Xero, QuickBooks, HubSpot, Pipedrive.
FIELDS: tuple[Field, ...] = (
    Field(
        "number",
        _("Customer number"),
        "number|no|no.|customer no|customer no.|customer id|customer code|account number"
        "|account no|account code|account reference|a/c|contact number|client number|client id"
        "|record id|debtor number|kundennummer|kunden-nr|kundennr|kd-nr|kdnr|debitor"
        "|debitorennummer|debitoren-nr|debitorenkonto|konto|kontonummer|nummer|nr|kundnummer"
        "|kundnr|kund-nr|kundid|kund-id|kund nr|customernumber",
        "10042",
        required=True,
    ),
    Field(
        "name",
        _("Customer name"),
        "name|company|company name|customer|client|client name|account name"
        "|organisation|organization|organisation name|organization - name|business name"
        "|display name|trading name|firma|firmenname|firmierung|unternehmen|unternehmensname"
        "|kunde|kundenname|name (adressatentyp unternehmen)|name1|name 1|suchname|kurzbezeichnung"
        "|namn|kundnamn|kund|företag|företagsnamn|bolag|bolagsnamn",
        "Havsbris Konsult AB",
        required=True,
    ),
    Field(
        "type",
        _("Type"),
        "customer type|client type|category type|kundentyp|kundenart|adressatentyp|kundtyp|typ"
        "|company or private|företag/privat",
        "Normal",
    ),
    Field(
        "organisation_number",
        _("Organisation number"),
        "org no|org number|org.nr|orgnr|org nr|org.nummer|organisationsnummer|organisationsnr"
        "|organization number|company number|company no|company registration number"
        "|company reg no|registration number|registration no|vat number|vat no|vat id|vat reg no"
        "|vat registration number|tax number|tax id|taxnumber|ust-id|ust-idnr|ustid|ust-id-nr"
        "|umsatzsteuer-id|eu-ust-idnr|steuernummer|handelsregisternummer|momsregistreringsnummer"
        "|momsnr|vat-nummer|organisationnumber",
        "556677-8899",
    ),
    Field(
        "personal_number",
        _("Personal number"),
        "personal identity number|personal id|social security number|ssn|personnummer|person-nr"
        "|personnr|persnr|personenkennziffer|personenkennung",
    ),
    Field(
        "business_type",
        _("Business type"),
        "industry|sector|line of business|branche|branchenbezeichnung|wirtschaftszweig|bransch"
        "|verksamhet|näringsgren",
    ),
    Field(
        "language",
        _("Language"),
        "language code|preferred language|locale|sprache|korrespondenzsprache|språk|dokumentspråk",
        "sv",
    ),
    Field(
        "street",
        _("Street"),
        "address|address 1|address1|address line 1|addressline1|street address|postal address"
        "|poaddressline1|billing address|billing street|invoice address|straße|strasse|str"
        "|straße und hausnummer|anschrift|adresse|adresszeile 1|rechnungsadresse|gata|gatuadress"
        "|adress|adress 1|adress1|postadress|fakturaadress|utdelningsadress",
        "Norra Kungsgatan 14",
    ),
    Field(
        "postal_code",
        _("Postal code"),
        "postcode|post code|zip|zip code|zipcode|zip/postal code|postalcode|popostalcode"
        "|billing zip|billing postcode|plz|postleitzahl|postnummer|postnr|post nr",
        "803 20",
    ),
    Field(
        "city",
        _("Town"),
        "city|town/city|billing city|pocity|locality|ort|stadt|wohnort|postort|stad|fakturaort",
        "Gävle",
    ),
    Field(
        "region",
        _("Region"),
        "state|county|province|state/region|poregion|bundesland|land/bundesland|kanton|län"
        "|landskap",
    ),
    Field(
        "country",
        _("Country"),
        "country code|countrycode|country/region|pocountry|billing country|land|länderkennzeichen"
        "|länderkürzel|staat|ländercode|landskod|nation",
        "SE",
    ),
    Field(
        "billing_email",
        _("Billing e-mail"),
        "email|e-mail|email address|e-mail address|emailaddress|invoice email|billing email"
        "|invoice e-mail|emailinvoice|accounts email|mail|e-mail-adresse|email-adresse"
        "|rechnungs-e-mail|rechnungsmail|rechnung e-mail|e-mail (rechnung)|epost|e-post"
        "|e-postadress|epostadress|fakturaepost|faktura e-post|e-post faktura|fakturamail",
        "faktura@havsbris.example",
        required=True,
    ),
    Field(
        "credit_limit",
        _("Credit limit"),
        "credit|creditlimit|credit line|limit|kreditlimit|kreditlimite|kreditrahmen|kredit"
        "|kreditgräns|limit kredit",
        "40000",
    ),
    Field(
        "rate_plan",
        _("Rate plan"),
        "price list|pricelist|price plan|tariff|plan|preisliste|tarif|preisgruppe|prislista"
        "|prisplan|prisgrupp",
    ),
    Field(
        "domains",
        _("E-mail domains"),
        "domain|domains|company domain name|website|web site|web|url|homepage|www|webseite"
        "|internet|internetadresse|e-mail-domänen|domäne|domän|domäner|hemsida|webbplats"
        "|webbadress",
        "havsbris.example",
    ),
    Field(
        "contact_first_name",
        _("Contact: first name"),
        "first name|firstname|given name|contact first name|vorname|ansprechpartner vorname"
        "|förnamn|kontaktperson förnamn",
        "Annika",
    ),
    Field(
        "contact_last_name",
        _("Contact: last name"),
        "last name|lastname|surname|family name|contact last name|nachname|familienname|zuname"
        "|ansprechpartner nachname|efternamn|kontaktperson efternamn",
        "Sandell",
    ),
    Field(
        "contact_name",
        _("Contact: whole name"),
        "contact|contact name|contact person|contact full name|primary contact|attention|attn"
        "|ansprechpartner|kontakt|kontaktperson|kontaktnamn|referens|er referens|your reference"
        "|yourreference",
    ),
    Field(
        "contact_job_title",
        _("Contact: job title"),
        "job title|position|role|title|funktion|rolle|berufsbezeichnung|titel|befattning|roll",
        "Director",
    ),
    Field(
        "contact_email",
        _("Contact: e-mail"),
        "contact e-mail|contact email|contact email address|ansprechpartner e-mail"
        "|e-mail ansprechpartner|kontakt e-mail|e-post kontaktperson|kontaktperson e-post"
        "|kontaktens e-post",
        "annika.sandell@havsbris.example",
    ),
    Field(
        "contact_phone",
        _("Contact: phone"),
        "phone|phone number|telephone|telephone number|tel|mobile|mobile phone|phone1|contact phone"
        "|phonenumber|telefon|telefonnummer|telefon 1|telefon1|rufnummer|mobil|handy|mobiltelefon"
        "|tfn|mobilnummer",
        "+46 26 555 01 00",
    ),
    Field(
        "notes",
        _("Notes"),
        "note|comment|comments|remarks|memo|description|notiz|notizen|bemerkung|bemerkungen"
        "|kommentar|anteckning|anteckningar|kommentarer|noteringar",
    ),
)
Fields = Sequence[Field]
# The column that the file with the reasons has more; passed over when it comes back.
REASONS = _("What is wrong")
REQUIRED = tuple(field.key for field in FIELDS if field.required)
_EXAMPLES = {
    CustomField.Kind.NUMBER: "12",
    CustomField.Kind.DATE: "2027-03-31",
    CustomField.Kind.YES_NO: "yes",
}
# A guess may be wrong by a letter or two.
LIKE_ENOUGH = 0.88


def own_columns(customs: Iterable[CustomField]) -> tuple[Field, ...]:
    """A partner's custom fields as columns (REG-28)."""
    return tuple(
        Field(
            custom.name,
            custom.label,
            "",
            custom.suggestions[0] if custom.suggestions else _EXAMPLES.get(_kind(custom), ""),
            custom.is_required,
        )
        for custom in customs
    )


def _kind(custom: CustomField) -> CustomField.Kind:
    return CustomField.Kind(custom.kind)


def labels(own: Fields) -> dict[str, StrOrPromise]:
    """What each column is called."""
    return {field.key: field.label for field in (*FIELDS, *own)}


def squeeze(text: str) -> str:
    """A heading without case, accents, blanks and signs: what two spellings have in common."""
    spread = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(letter for letter in spread if letter.isalnum())


@lru_cache(maxsize=1)
def template_headings() -> dict[str, str]:
    """Every heading of the templates, in all languages, squeezed; with its field."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {squeeze(str(field.label)): field.key for field in FIELDS}
    return found | {squeeze(field.key): field.key for field in FIELDS}


@lru_cache(maxsize=1)
def _passed_over() -> set[str]:
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.add(squeeze(str(REASONS)))
    return found


@lru_cache(maxsize=1)
def known_headings() -> dict[str, str]:
    """Other programs' headings, squeezed; with their field."""
    found: dict[str, str] = {}
    for field in FIELDS:
        for synonym in field.synonyms.split("|"):
            found.setdefault(squeeze(synonym), field.key)
    return found | template_headings()


def _with_own(known: dict[str, str], own: Fields) -> dict[str, str]:
    """Our own names come before those that a partner gives her fields."""
    return {squeeze(str(field.label)): field.key for field in own} | known


def is_template(headers: list[str], own: Fields = ()) -> bool:
    """Whether all headings are a template's, each once and the required ones among them: such a
    file needs no page to map its columns (REG-06)."""
    named = _with_own(template_headings(), own)
    squeezed = [squeeze(header) for header in headers]
    keys = [named.get(each, "") for each in squeezed if each not in _passed_over()]
    return all(keys) and len(set(keys)) == len(keys) and required(own) <= set(keys)


def required(own: Fields) -> set[str]:
    """What each row has to have."""
    return {*REQUIRED, *(field.key for field in own if field.required)}


def guess(headers: list[str], own: Fields = ()) -> list[str]:
    """The likely field of each column; empty where there is none, each field once.

    Exact names come before similar ones, and the first column before later ones.
    """
    chosen = [""] * len(headers)
    taken: set[str] = set()
    squeezed = [squeeze(header) for header in headers]
    for names in (_with_own(template_headings(), own), known_headings()):
        for place, header in enumerate(squeezed):
            key = names.get(header, "")
            if key and not chosen[place] and key not in taken:
                chosen[place] = key
                taken.add(key)
    for place, header in enumerate(squeezed):
        if chosen[place] or len(header) < 5:
            continue
        near = difflib.get_close_matches(header, known_headings(), n=1, cutoff=LIKE_ENOUGH)
        key = known_headings()[near[0]] if near else ""
        if key and key not in taken:
            chosen[place] = key
            taken.add(key)
    if "name" not in taken and "contact_name" in taken:
        # Xero and its like call the customer a contact.
        chosen[chosen.index("contact_name")] = "name"
    return chosen
