"""The demo's quotes as stories: what was proposed to whom, and what the customer answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Proposal:
    """One quote. Days are working days before today; ``end`` is the last step of its story."""

    customer: str
    by: str
    title: str
    lines: Mapping[str, tuple[int, int, str]]  # SKU -> quantity, term in months, discount
    end: str = "draft"
    days: int = 1  # when it was written
    sent: int = 0  # when the customer was asked
    answered: int = 0
    message: str = ""
    notes: str = ""
    words: str = ""  # why the customer declined
    other_answers: bool = False  # somebody else than the addressee accepts
    po: str = ""

    def discount(self, sku: str) -> Decimal:
        return Decimal(self.lines[sku][2])


NORDLYS = (
    Proposal(
        "10042",
        "jonas",
        "Contact centre for the service desk",
        {"FLX-CC": (3, 24, "10"), "FLX-H2": (3, 0, "0")},
        "sent",
        days=2,
        sent=0,
        message="As discussed on the phone: three agents to begin with, more when the season starts.",
        notes="Annika wants to start before Christmas. Delivery needs five working days.",
    ),
    Proposal(
        "10058",
        "jonas",
        "Meeting rooms in Sundsvall",
        {"MTG-ROOM": (2, 36, "5"), "MTG-HOST": (6, 24, "0")},
        "confirmed",
        days=6,
        sent=5,
        answered=1,
        message="Two rooms, six hosts. The kits stay as they are.",
        other_answers=True,
    ),
    Proposal(
        "10131",
        "anna",
        "Flex seats for the new ward",
        {"FLX-PRO": (14, 24, "12.5"), "FLX-D20": (14, 0, "0")},
        "progressed",
        days=19,
        sent=18,
        answered=16,
        po="SVC-2026-118",
    ),
    Proposal(
        "10127",
        "jonas",
        "Seats and headsets for the editors",
        {"FLX-PRO": (8, 24, "0"), "FLX-H2": (8, 0, "5")},
        "declined",
        days=12,
        sent=11,
        answered=9,
        words="We have decided to keep five people on mobile phones. Please propose three seats.",
    ),
    Proposal(
        "10127",
        "jonas",
        "Three seats for the editors",
        {"FLX-PRO": (3, 24, "0"), "FLX-H2": (3, 0, "5")},
        "sent",
        days=5,
        sent=4,
        message="Three seats, as you asked; the others stay on their mobile phones.",
    ),
    Proposal(
        "10058",
        "anna",
        "Meeting licences for the warehouse",
        {"MTG-HOST": (3, 24, "0")},
        "sent",
        days=9,
        sent=8,
    ),
    Proposal(
        "10160",
        "jonas",
        "Meetings for the board",
        {"MTG-HOST": (4, 12, "0")},
        "expired",
        days=48,
        sent=47,
    ),
    Proposal(
        "10052",
        "jonas",
        "Telephony for the bakery and the shop",
        {"FLX-BASIC": (5, 24, "0"), "FLX-D20": (3, 0, "0")},
        "draft",
        days=1,
        notes="Prospect. Ingrid compares with her mobile operator.",
    ),
    Proposal(
        "10066",
        "anna",
        "Seats for the harbour office",
        {"FLX-PRO": (6, 24, "8"), "FLX-D30": (2, 0, "0")},
        "superseded",
        days=26,
        sent=25,
        answered=22,
    ),
)

BRUECKNER = (
    Proposal(
        "20014",
        "tobias",
        "Kontaktcenter für den Störungsdienst",
        {"FLX-CC": (4, 24, "10"), "FLX-H2": (4, 0, "0")},
        "sent",
        days=3,
        sent=1,
        message="Wie besprochen: vier Arbeitsplätze, rund um die Uhr besetzt.",
    ),
    Proposal(
        "20011",
        "lena",
        "Arbeitsplätze für die Kanzlei",
        {"FLX-PRO": (7, 24, "5")},
        "confirmed",
        days=7,
        sent=6,
        answered=2,
    ),
    Proposal(
        "20003",
        "tobias",
        "Besprechungsräume am Jungfernstieg",
        {"MTG-ROOM": (2, 36, "0"), "MTG-HOST": (5, 24, "0")},
        "progressed",
        days=15,
        sent=14,
        answered=12,
        po="AB-4471",
    ),
    Proposal(
        "20007",
        "tobias",
        "Telefonie für vier Filialen",
        {"FLX-BASIC": (4, 24, "0")},
        "declined",
        days=10,
        sent=9,
        answered=8,
        words="Bitte ohne die Filiale Osterstraße, die schließt.",
    ),
    Proposal(
        "20018",
        "lena",
        "Arbeitsplätze für Praxis und Empfang",
        {"FLX-PRO": (3, 24, "0")},
        "draft",
    ),
)

HARBOUR = (
    Proposal(
        "H2004",
        "priya",
        "Phones for the new branch",
        {"FLX-PRO": (5, 24, "5"), "FLX-D20": (5, 0, "0")},
        "sent",
        days=4,
        sent=2,
        message="Five seats with desk phones, ready before the branch opens.",
    ),
    Proposal(
        "H2022",
        "priya",
        "Seats for office and packing shed",
        {"FLX-BASIC": (6, 24, "0")},
        "confirmed",
        days=8,
        sent=7,
        answered=3,
    ),
    Proposal(
        "H2015",
        "oliver",
        "Meeting licences for the sales team",
        {"MTG-HOST": (4, 12, "0")},
        "progressed",
        days=17,
        sent=16,
        answered=15,
        po="OMB-209",
    ),
    Proposal(
        "H2036",
        "priya",
        "Headsets and seats for the partners",
        {"FLX-PRO": (4, 24, "0"), "FLX-H1": (4, 0, "0")},
        "expired",
        days=44,
        sent=43,
    ),
    Proposal(
        "H2008",
        "oliver",
        "Reception and two surgeries",
        {"FLX-BASIC": (3, 24, "0")},
        "draft",
        days=2,
    ),
)

PROPOSALS = {
    "nordlys": NORDLYS,
    "brueckner": BRUECKNER,
    "harbour": HARBOUR,
}
