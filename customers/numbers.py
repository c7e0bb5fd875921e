"""Organisation and personal numbers: checked where the country has a rule (REG-31, D19)."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _
from stdnum import get_cc_module, luhn
from stdnum.exceptions import ValidationError

from portal.catalog.vat import area
from portal.core.errors import RuleError

_SIGNS = re.compile(r"[\s\-./]")
_PLAIN = re.compile(r"[\w\s\-./+]{4,30}\Z")
_GB_COMPANY = re.compile(r"(\d{6,8}|[A-Z]{2}\d{6}|R\d{7})\Z")
# Countries whose numbers have a fixed number of digits; only numbers of that length are checked.
_BY_LENGTH = {"no": (9, "orgnr"), "dk": (8, "cvr"), "fi": (8, "ytunnus")}


def _is_valid(country: str, kind: str, text: str) -> bool:
    module = get_cc_module(country, kind)
    if module is None:
        return True
    try:
        module.validate(text)
    except ValidationError:
        return False
    return True


def clean_organisation_number(text: str, country: str) -> str:
    """Return an organisation, company or VAT number as it is stored; empty stays empty.

    Raise RuleError at ``organisation_number`` if the country has a rule and the number breaks it.
    Without a known rule any number is accepted.
    """
    typed = " ".join(text.split())
    bare, code = _SIGNS.sub("", typed).upper(), country.lower()
    if not bare:
        return ""
    if code == "se":
        return _swedish(typed, bare)
    prefix = {"gr": "EL"}.get(code, code.upper())
    if bare.startswith(prefix) and bare[2:5].isdigit() and get_cc_module(code, "vat"):
        if not _is_valid(code, "vat", bare):
            raise _refused(typed, _("a VAT number"))
    elif code == "gb":
        if bare.isdigit() and len(bare) in (9, 12):
            if not _is_valid("gb", "vat", bare):
                raise _refused(typed, _("a VAT number"))
        elif bare.isdigit() and not _GB_COMPANY.match(bare):
            raise _refused(typed, _("a company number, like 01234567, or a VAT number"))
    elif code in _BY_LENGTH:
        length, kind = _BY_LENGTH[code]
        if bare.isdigit() and len(bare) == length and not _is_valid(code, kind, bare):
            raise _refused(typed, _("an organisation number"))
    return typed


def _swedish(typed: str, bare: str) -> str:
    if bare.startswith("SE") and len(bare) == 14:
        if not _is_valid("se", "vat", bare):
            raise _refused(typed, _("a VAT number"))
        return typed
    digits = bare[2:] if len(bare) == 12 and bare[:2] in ("16", "19", "20") else bare
    if len(digits) != 10 or not digits.isdigit() or not luhn.is_valid(digits):
        raise _refused(typed, _("an organisation number, like 556016-0680"))
    return f"{digits[:6]}-{digits[6:]}"


def clean_vat_number(text: str, country: str) -> str:
    """Return a VAT number with its country's letters; empty stays empty (VAT-02).

    Raise RuleError at ``vat_number`` if it is not one of this country; where no rule is known it
    has 4 to 30 letters and digits.
    """
    typed = " ".join(text.split())
    bare, code = _SIGNS.sub("", typed).upper(), area(country).lower()
    if not bare:
        return ""
    if get_cc_module(code, "vat") is None:
        if not _PLAIN.match(bare):
            raise RuleError(_("A VAT number has 4 to 30 letters and digits."), field="vat_number")
        return bare
    letters = {"gr": "EL"}.get(code, code.upper())
    if not bare.startswith(letters):
        bare = letters + bare
    if len(bare) > 30 or not _is_valid(code, "vat", bare):
        what = _("a VAT number of the country, like %s123456789") % letters
        raise _refused(typed, what, field="vat_number")
    return bare


def _refused(typed: str, what: str, field: str = "organisation_number") -> RuleError:
    return RuleError(
        _('"%(number)s" is not %(what)s. Is a digit wrong?') % {"number": typed[:60], "what": what},
        field=field,
    )


def clean_personal_number(text: str, country: str) -> str:
    """Return a personal number as it is stored; empty stays empty.

    Raise RuleError at ``personal_number`` if the number breaks the country's rule or, without one,
    is not 4 to 30 letters and digits. The message does not repeat the number, which is not shown to
    anybody (D19).
    """
    typed = " ".join(text.split())
    bare, code = _SIGNS.sub("", typed).replace("+", ""), country.lower()
    if not bare:
        return ""
    refusal = RuleError(
        _("This is not a valid personal number of the customer's country. Is a digit wrong?"),
        field="personal_number",
    )
    if code == "se":
        if not _is_swedish_person(bare):
            raise refusal
        return f"{bare[:-4]}-{bare[-4:]}"
    kind = {"no": "fodselsnummer", "dk": "cpr", "fi": "hetu"}.get(code)
    if kind is not None:
        if not _is_valid(code, kind, typed):
            raise refusal
    elif not _PLAIN.match(typed):
        raise RuleError(
            _("A personal number has 4 to 30 letters and digits."), field="personal_number"
        )
    return typed


def _is_swedish_person(bare: str) -> bool:
    """Return whether the ten or twelve digits are a Swedish personal or coordination number.

    The day of a coordination number is 60 higher.
    """
    if len(bare) not in (10, 12) or not (bare.isascii() and bare.isdigit()):
        return False
    ten = bare[-10:]
    century = bare[:-10] or "20"
    day = int(ten[4:6])
    try:
        # Without a century 20 is assumed, which has every leap year that 19 has.
        date(int(century + ten[:2]) or 2000, int(ten[2:4]), day - 60 if day > 60 else day)
    except ValueError:
        return False
    return bool(luhn.is_valid(ten))
