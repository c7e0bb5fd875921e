"""Words by which people write prices and discounts, in English, German and Swedish (CON-51).

For what somebody enters. Rendered documents are searched by ``commercials`` for less: dates, times
and hashes stand in them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# A number as people write it: 1200, 1,200, 5 000, 49.90.
_NUMBER = r"\d(?:[\d.,'\u00a0\u202f]|\s(?=\d{3}\b))*"
# More than a count: with two decimals, or of three figures and more.
_AMOUNT = r"(?:\d+[.,]\d{2}\b|\d{1,3}(?:[.,\s]\d{3})+(?:[.,]\d{2})?\b|\d{3,}\b)"
_PRICE = (
    r"(?:pris(?:et|er|erna)?|preise?s?|prices?|priced|costs?|kosten|kostet|kostar|kostnad(?:en)?"
    r"|fees?|gebühr(?:en)?|avgift(?:en|er)?|charges?|tariff?|entgelt)"
)
_SUM = r"(?:total(?:t|en|s)?|sum|summan?|gesamt|insgesamt|summe|betrag|belopp(?:et)?|amount)"
_LINK = (
    r"(?:\s*[:=]\s*|\s+(?:(?:is|are|of|ist|beträgt|sind|von|är|på|blir|at|a|only|nur|bara|about|ca)"
    r"\.?\s+){0,2})"
)
_TIME = (
    r"(?:monthly|yearly|annually|monatlich|jährlich|månatligen|months?|monate?|månad(?:en)?|mån"
    r"|years?|jahr|år(?:et)?|quarters?|quartal|kvartal|minutes?|minute|minut)"
)
_PER = r"(?:\s*/\s*|\s+(?:per|pro|i|im|om|a|an|each|je|var)\s+)"
_UNIT = (
    r"(?:users?|nutzer|användare|seats?|platz|plats|licen[cs]es?|lizenz|licens|lines?|linje|leitung"
    r"|st|styck|stück|piece|person|extension|anknytning)"
)
_NOT_A_COUNT = r"(?!\s*(?:%|[a-zåäöüß]{2,}))"
_CUT = (
    r"(?:cheaper|less|lower|off|discount|reduction|billigare|lägre|rabatt|nedsatt|günstiger|weniger"
    r"|niedriger|nachlass|ermäßigung)"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_PRICE}{_LINK}{_NUMBER}(?!\s*(?:months?|monate?|månad|%))",
        rf"\b{_SUM}{_LINK}{_AMOUNT}{_NOT_A_COUNT}",
        rf"\b{_SUM}{_LINK}\d+[.,]\d{{2}}\b",
        rf"\b(?:charge|pay|zahlen|bezahlen|betalar?|debiterar?|berechnen)\s+(?:you\s+)?{_NUMBER}",
        rf"{_AMOUNT}{_PER}{_TIME}\b",
        rf"{_AMOUNT}\s+(?:monthly|yearly|annually|monatlich|jährlich|each)\b",
        rf"{_AMOUNT}{_PER}{_UNIT}\b",
        r"\d\s?(?:zł|zl|kč|lei|tkr|ksek|chf|dkk|nok|eur|gbp|usd|pln|pence|cents?|öre|euros?)\b",
        r"\b(?:kr|eur|gbp|usd|pln|chf|dkk|nok)\.?\s?\d",
        rf"\d\s*(?:%|percent|per cent|procent|prozent)\s*{_CUT}\b",
        r"\b(?:nedsatt|sänkt|reducerat|halva|specialt|reduced|lowered|special|half|ermäßigter?n?"
        r"|gesenkter?n?|reduzierter?n?|halben)\s+(?:the\s+)?(?:pris(?:et)?|price|preis)\b",
        r"\b(?:special|sonder|kampanj|aktions|rabatt|vorzugs)pri?e?is(?:et|e|er)?\b",
        r"\b(?:lower|cut|reduce|sänker|senken|reduzieren)\w*\s+(?:the|our|your|den|die|vårt|ert)?"
        r"\s*(?:prices?|preise?|pris(?:et)?)\b",
        r"\b(?:discount(?:s|ed)?|rabatt(?:er|en|erade?|erat)?|preisnachlass|nachlass"
        r"|vergünstigt\w*|ermäßigt\w*|preisvorteil)\b",
        r"\b(?:cheaper than|billigare än|günstiger als)\b",
    )
)
_ONE_WORD = re.compile(r"[^\W\d_]+")
_PLAN = r"(?:rate plan|price plan|price list|tariff?|plan|prisplan|prislista|preisliste|prisgrupp)"


def find_price_words(text: str, plans: Iterable[str] = ()) -> str:
    """Return the first price, discount or rate plan that a text names; empty if there is none.

    A plan called by one ordinary word ("Standard") counts only beside a word like "tariff".
    """
    for pattern in _PATTERNS:
        found = pattern.search(text)
        if found:
            return found.group()
    for plan in plans:
        name = re.escape(plan.strip())
        if not name:
            continue
        if _ONE_WORD.fullmatch(plan.strip()):
            name = rf"{_PLAN}\W{{1,3}}{name}\b|\b{name}[\s-]{_PLAN}"
        found = re.search(rf"(?<!\w)(?:{name})(?!\w)", text, re.IGNORECASE)
        if found:
            return found.group()
    return ""
