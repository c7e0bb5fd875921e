"""The demo's e-mails that wait for a person: nobody at a customer is known by their sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from portal.outbox.arriving import inbound_address
from portal.outbox.receiving import receive
from portal.tenancy.models import Partner


@dataclass(frozen=True)
class Letter:
    """A message that came so many minutes ago."""

    sender: str
    subject: str
    text: str
    minutes: int


LETTERS: dict[str, tuple[Letter, ...]] = {
    "nordlys": (
        Letter(
            "Elin Forsberg <elin.forsberg@privat.example>",
            "Telefonen i Havsbris reception",
            "Hej!\n\nJag vikarierar på Havsbris Redovisning den här veckan och skriver från min "
            "egen adress. Telefonen i receptionen ringer inte, men visar missade samtal. Kan ni "
            "titta på det?\n\nMed vänlig hälsning\nElin Forsberg",
            42,
        ),
        Letter(
            "Kontorshotell Kajen <info@kajen.example>",
            "Nya lokaler i februari",
            "Hej,\n\nvi öppnar nya lokaler på Kajgatan 4 den 1 februari och behöver tolv "
            "arbetsplatser med telefoni. Vem hos er kan vi prata med?\n\nHälsningar\nOskar Blom",
            185,
        ),
    ),
    "brueckner": (
        Letter(
            "Werkstatt Ost <werkstatt-ost@post.example>",
            "Durchwahl 27 gestört",
            "Guten Tag,\n\nunsere Durchwahl 27 ist seit heute früh besetzt, obwohl niemand "
            "spricht. Bitte um Rückruf unter der Hauptnummer.\n\nMit freundlichen Grüßen\n"
            "Jürgen Maaß",
            95,
        ),
    ),
    "harbour": (
        Letter(
            "Priya Nair <priya.nair@mail.example>",
            "Headset at the front desk",
            "Hello,\n\nI am covering the front desk this week. The headset connects, but callers "
            "cannot hear me. Is that something you look after?\n\nKind regards\nPriya",
            64,
        ),
    ),
}


def load_received(partner: Partner, *, now: datetime) -> None:
    """Let the messages to a partner's own address come in; none where the portal takes no mail."""
    to = inbound_address(partner)
    for letter in LETTERS[partner.slug] if to else ():
        at = now - timedelta(minutes=letter.minutes)
        message = EmailMessage()
        message["From"], message["To"] = letter.sender, to
        message["Subject"], message["Date"] = letter.subject, format_datetime(at)
        message["Message-ID"] = f"<{letter.minutes}.{partner.slug}@demo.example>"
        message.set_content(letter.text)
        receive(message.as_bytes(), recipient=to, at=at)
