"""What people write when they speak of prices, in three languages (CON-51).

For titles and messages only: what a program renders (dates, addresses, configurations) is searched
for certain signs alone, since a false alarm there would stop a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# 49 / 1 200 / 1.200 / 1,200.00 / 49,90
_N = r"(?<![\d.,:/+\-–])\d{1,3}(?:[ .,\u00a0\u202f]\d{3})*(?:[.,]\d{2})?(?![\d]|[.,:\-–]\d)"
_PLAIN = rf"(?:{_N}|(?<![\d.,:/+\-–])\d{{1,12}}(?:[.,]\d{{2}})?(?![\d]|[.,:\-–]\d))"
# Prices that stand as 49,90 or 49.90, alone; a time or a day of a month is neither.
_COMMA = re.compile(r"(?<![\d.,:/+\-–])\d[\d .\u00a0]{0,14},\d{2}(?![\d.,])")
_POINT = re.compile(r"(?<![\d.,:/+\-–vV])(\d[\d,\u00a0]{0,14})\.(\d{2})(?![\d.,a-z])")
_UNIT = re.compile(
    r"\s*(?:[–\-]\s*\d|[%‰°²³µ]|(?:[kKMGTmcµd]?(?:bit|[Bb]yte|B|Hz|W|Wh|V|A|Ah|m|g|l|s|dB|VA)"
    r"|[KMGT]?[Bb]it/s|mm²|ms|cm|mm|km|HE|U|Uhr|tum|Zoll|inch|inches|metre?s?|meter|Meter|Stunden?"
    r"|hours?|timm\w*|minut\w*|Minuten?|am|pm|a\.m|p\.m|Grad|grader|degrees)(?![\w]))"
)
_NUMBERED = re.compile(
    r"\b(?:version|release|firmware|programvara|software|update|kapitel|chapter|section"
    r"|abschnitt|avsnitt|punkt|point|ziffer|room|raum|rum|zimmer|ios|android|windows|nr|no"
    r"|nummer|number|kl|um|at|klockan|gegen|möte|treffen|meeting|§|v)\.?\s*$",
    re.IGNORECASE,
)
_PERIOD = (
    r"(?:month|monat(?:lich)?|månad(?:en)?|mån|mo|year|jahr|år(?:et)?|yr|quarter|quartal|kvartal"
    r"|annum|annually|week|woche|vecka)\b"
)
_PER = r"(?:/|\b(?:per|pro|a|an|je|im|i|om|each|every|om)\b)"
_EACH = (
    rf"{_PER}\s*(?:user|seat|desk|person|line|call|minute|licen[cs]e|channel|site|phone|nutzer"
    r"|platz|arbeitsplatz|anschluss|leitung|minute|gespräch|gerät|lizenz|standort|telefon|användare"
    r"|plats|anknytning|samtal|minut|licens|linje|telefon|styck|st|month|monat|månad)\b"
)
# Words for prices after which a number is one.
_PRICE = (
    r"(?:\w*preis(?:e|es)?|\w*(?<!för)pris(?:et|er|erna)?|prices?|priced|kosta(?:r|de)|kosten"
    r"|kostet|costs?|kostnad(?:en)?|\w*(?:gebühr|avgift)(?:en)?|fees?|charges?|betrag|belopp(?:et)?|miete|rental|rent|hyra[n]?"
    r"|amount(?: due)?|sums?|summa|summe|gesamtsumme|endsumme|(?:grand |sub)?totalt?|insgesamt"
    r"|betalar?|zahlen|bezahlen|pays?|netto|brutto|monatlich|einmalig)"
)
_BETWEEN = (
    r"(?:\s+(?:is|are|of|from|only|just|at|about|ist|sind|beträgt|liegt|bei|von|ab|nur|ca|etwa|je"
    r"|pro|platz|nutzer|monat|im|är|blir|på|från|bara|endast|om|cirka|per|user|seat|månad|sie|ni"
    r"|you|us|uns|oss|it|den|die|das|det|ligger|up to|bis zu)\b\.?){0,4}"
)
# What may stand behind the number of a price: no noun that is counted.
_AFTER = (
    r"(?=\s*(?:$|[.,;:!?)/\n]|[-–](?!\d)|(?:per|pro|je|a|an|im|i|om|each|in total|netto|brutto|exkl"
    r"|inkl|excl|incl|ex|plus|zzgl|and|und|och|for|für|för|bis|tusen|tausend|thousand|k|tkr|less|more"
    r"|mehr|weniger|extra|monatlich|monthly|yearly|jährlich|årligen"
    r"|till|is|are|will|ist|wird|är|blir|all in)\b))"
)
_NOT_LISTS = r"(?<!liste)(?<!list)(?<!lista)(?<!centre)(?<!center)(?<!stelle)(?<!ställe)"
_CHEAPER = (
    r"(?:billigare|billiger|cheaper|günstiger|lägre pris\w*|lower prices?|niedriger\w* preis\w*|off"
    r"|discount|rabatt|avdrag|nachlass|skonto|ersparnis|preis\w*|price cut|price reduction"
    r"|unter ihrem \w+ preis|under \w+ pris)"
)
_PERCENT = r"(?<!\d)\d{1,6}(?:[.,]\d+)?\s?(?:%|procent|prozent|percent|per cent|pct)(?!\w)"
_TENS = (
    r"(?:ten|twelve|fifteen|twenty|thirty|forty|fifty|hundred|thousand|zehn|zwölf|fünfzehn|zwanzig"
    r"|dreißig|vierzig|fünfzig|hundert|tausend|tio|tolv|femton|tjugo|trettio|fyrtio|femtio|hundra"
    r"|tusen|\d\d)"
)
_MONEY = (
    r"(?:zł(?:otych)?|złotys?|kč|tkr|mkr|teur|tsek|dollars?|franken|francs?|quid|cents?|öre|pence"
    r"|eur|usd|gbp|chf|pln)"
)

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\d\s?{_MONEY}(?!\w)",
        rf"\b{_MONEY}\.?\s?\d",
        r"\bzł\b|\bKč\b",
        r"(?<![\d.,:])\d[\d .]{0,14}[,:.]\s?[-–](?!\s?\d)",
        r"\b\d{1,6}p (?:per|a|each)\b",
        rf"\b\w*{_TENS}\s+(?:euros?|kronor|kronen|pounds?|pund|dollars?|franken|{_MONEY})\b",
        # 49.90/month, 5 000 per månad, but not: 1000 minutes per month, 2 visits a year
        rf"(?<!\d)(?:\d{{1,6}}[.,]\d{{2}}|\d{{2,9}})\s?{_PER}\s?{_PERIOD}",
        rf"(?<!\d)(?:\d{{1,6}}[.,]\d{{2}}|\d{{1,3}}[ .]\d{{3}}|\d{{3,9}})\s?{_EACH}",
        # Preis 49,90; the price is 49 per user; Total 1200
        rf"(?<![\w-]){_PRICE}{_NOT_LISTS}\s*[:=]?{_BETWEEN}\s*[:=]?\s*{_PLAIN}{_AFTER}",
        # 310 in total
        rf"{_PLAIN}\s(?:netto|brutto|in total|totalt|insgesamt|zusammen|einmalig|engångs\w*)\b",
        # 10 % cheaper, save 10 % on the price
        rf"{_PERCENT}\s+(?:\w+\s+){{0,3}}?{_CHEAPER}\b",
        rf"\b{_CHEAPER}\s+(?:\w+\s+){{0,2}}?{_PERCENT}",
        rf"\b(?:save|spar(?:en|t|a|ar)?)\s+(?:sie\s+|ni\s+)?{_PERCENT}\s*(?:$|[.!]|(?:auf|på|on)\b)",
        rf"{_PERCENT}\s+(?:lower|less|lägre|mindre|weniger|niedriger)\s*(?:$|[.!]|(?:than|än|als)\b)",
        rf"\b(?:bill|invoice|rechnung|faktura|kosten|kostnad\w*|costs?)\s+(?:\w+\s+){{0,4}}{_PERCENT}",
        rf"\b(?:get|erhalten|bekommen|får)\s+{_PERCENT}\s+(?:på|on|auf)\b",
        # we can do it for 9,500
        rf"\b(?:do|bieten|machen|göra|get|have)\s+(?:\w+\s+){{1,3}}(?:for|für|för)\s+"
        rf"\d{{1,3}}[., ]\d{{3}}{_AFTER}",
        r"\b(?:no|inga|ingen|keine?)\s+[\w-]*\s?(?:fees?|avgift(?:er)?|gebühr(?:en)?)\b",
        # reduced, half and special prices
        r"\b(?:nedsatt|sänkt|reducerat|rabatterat|extra|special|lägre|reduced|lower(?:ed)?|special"
        r"|discounted|cut|half|halva?|halbe[nrm]?|reduziert\w*|gesenkt\w*|niedriger\w*|ermäßigt\w*"
        r"|günstiger\w*)\s+(?:the\s+)?(?:preis\w*|pris(?:et|er)?|prices?|rates?)\b",
        r"\b(?:sonder|einführungs|aktions|vorzugs|kampagnen|mitglieds)(?:preis|tarif|kondition)\w*",
        r"\b(?:special|kampanj|introduktions|rabatt|medlems)pris\w*",
        r"\b(?:prisavdrag|prisnedsättning|prissänkning|preissenkung|preisvorteil|preisnachlass"
        r"|nachlass|skonto|vergünstigt\w*|ermäßigt\w*|billigare|billiger|cheaper|rabatt\w*|discount(?:s|ed)?)\b",
        # the first month is free
        r"(?:month|monate?n?|månad(?:en|er)?|year|jahr|året)\s+(?:is |are |ist |sind |är )?"
        r"(?:free|gratis|kostenlos|kostenfrei|fri|fria|kostnadsfri\w*)\b",
        # without or with the tax: nobody writes that of anything but an amount
        r"\b(?:exkl|inkl|excl|incl|zzgl|plus|ex|exklusive|inklusive|excluding|including)\.?\s+"
        r"(?:moms|mwst|ust|vat|mehrwertsteuer)\b",
    )
)
_PLAN_WORD = (
    r"(?:rate plan|price plan|price list|tarif|preisliste|preismodell|prisplan|prislista|taxa|plan)"
)


def find_price_words(text: str, plans: Iterable[str] = ()) -> str:
    """Return the first price, discount or rate plan that a text names; empty if there is none.

    A plan called by one ordinary word ("Standard") counts only beside a word like "tariff".
    """
    return next(_all_found(text, tuple(filter(None, map(str.strip, plans)))), "")


def _all_found(text: str, plans: tuple[str, ...]) -> Iterator[str]:
    for name in plans:
        found = _plan_pattern(name).search(text)
        if found:
            yield found.group()
    for pattern in _PATTERNS:
        found = pattern.search(text)
        if found:
            yield found.group()
    for pattern in (_COMMA, _POINT):
        for place in pattern.finditer(text):
            if _is_price(text, place):
                yield place.group()


def _plan_pattern(name: str) -> re.Pattern[str]:
    escaped = re.escape(name)
    if " " in name or any(letter.isdigit() for letter in name):
        return re.compile(rf"(?<!\w){escaped}(?!\w)", re.IGNORECASE)
    return re.compile(
        rf"\b{_PLAN_WORD}\W+{escaped}\b|\b{escaped}[\s-]{_PLAN_WORD}\b", re.IGNORECASE
    )


def _is_price(text: str, place: re.Match[str]) -> bool:
    """Return whether 49,90 or 49.90 is no measure, version, time or day."""
    before, after = text[: place.start()], text[place.end() :]
    if _UNIT.match(after) or _NUMBERED.search(before[-20:]):
        return False
    if place.re is _COMMA:
        return True
    whole, rest = (int(part.replace(",", "").replace("\u00a0", "")) for part in place.groups())
    is_time = whole < 24 and rest < 60
    is_day = 0 < whole <= 31 and 0 < rest <= 12
    return not (is_time or is_day)
