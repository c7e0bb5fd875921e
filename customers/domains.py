"""Mail domains: what a valid one is, and which can't be a customer's (ONB-08, D21)."""

from __future__ import annotations

import re

import idna
from django.utils.translation import gettext as _

from portal.core.errors import RuleError

# Providers whose addresses prove nothing about a company.
FREE_MAIL = frozenset(
    """gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com
    me.com aol.com gmx.com gmx.de gmx.net gmx.at web.de t-online.de freenet.de mail.de posteo.de
    mailbox.org proton.me protonmail.com tutanota.com telia.com bredband.net spray.se comhem.se
    hotmail.se live.se outlook.se yahoo.se hotmail.co.uk yahoo.co.uk live.co.uk btinternet.com
    sky.com virginmedia.com talktalk.net mail.com zoho.com fastmail.com yandex.com
    mail.ru""".split()
)
_LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")


def clean_domain(text: str) -> str:
    """Return the domain in lower-case IDNA form.

    Raise RuleError for an invalid domain (ONB-08), or one that belongs to a free-mail provider
    (D21).
    """
    typed = text.strip().rstrip(".").removeprefix("@")
    refusal = RuleError(_('"%(domain)s" is not a valid domain.') % {"domain": text.strip()[:100]})
    try:
        domain = idna.encode(typed, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise refusal from error
    labels = domain.split(".")
    if len(domain) > 253 or len(labels) < 2 or not all(_LABEL.match(part) for part in labels):
        raise refusal
    if labels[-1].isdigit():
        raise refusal
    if domain in FREE_MAIL:
        raise RuleError(
            _("%(domain)s belongs to a mail provider. Enter a domain of the customer's own.")
            % {"domain": domain}
        )
    return domain


def readable_domain(domain: str) -> str:
    """Return a stored domain as people write it: ``xn--lrche-gra.example`` as lärche.example."""
    if "xn--" not in domain:
        return domain
    try:
        return str(idna.decode(domain))
    except (idna.IDNAError, UnicodeError):
        return domain


def as_domain(text: str) -> str:
    """Return a typed part of a domain in the form in which domains are stored."""
    if text.isascii():
        return text
    try:
        return str(idna.encode(text.strip("."), uts46=True).decode("ascii").lower())
    except (idna.IDNAError, UnicodeError):
        return text
