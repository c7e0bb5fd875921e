"""The demo's orders as stories: who ordered what for whom, and what became of it.

Days are working days before today. The steps are those of `dev.demo.orders`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orders.models import Order


@dataclass(frozen=True)
class Act:
    """One thing that happens to an order, so many working days ago at that hour."""

    name: str
    days: int
    time: str
    reason: str = ""
    customer: str = ""  # the customer it should have been for


@dataclass(frozen=True)
class Story:
    """One order: started by a person, followed by its steps."""

    customer: str  # the customer's number; "" is the own company
    family: str
    by: str
    days: int
    time: str
    lines: Mapping[str, int]  # SKU -> quantity; of a CHANGE the new totals of running services
    acts: tuple[Act, ...] = ()
    kind: str = Order.Kind.NEW
    reference: str = ""
    po: str = ""
    site: str = ""
    porting: tuple[str, str] = ("", "")  # numbers, present provider
    users: bool = False  # whether the users of the seats are named
    to_contact: bool = True
    later: int = 0  # working days from the earliest possible start to this one
    answers: Mapping[str, str] = field(default_factory=dict)


def _done(submit: int, complete: int, *, at: str = "10:20") -> tuple[Act, ...]:
    """Return the usual course, from placing to completion."""
    return (
        Act("submit", submit, at),
        Act("accept", submit - 1, "08:35"),
        Act("provision", max(complete, submit - 2), "09:10"),
        Act("complete", complete, "15:40"),
    )


NORDLYS: tuple[Story, ...] = (
    Story(
        "10042", "trunk", "jonas", 148, "09:12",
        {"TRK-CH-10": 1, "TRK-NB-20": 1, "TRK-PORT": 1, "TRK-EMG": 1},
        _done(148, 131), reference="Telephony head office", po="HB-2026-031",
        site="Gävle, head office", porting=("+46 31 390 06 00 - 19", "Teleringen AB"), later=12,
    ),
    Story(
        "10042", "meeting", "anna", 92, "13:40",
        {"MTG-HOST": 4, "MTG-ROOM": 2, "MTG-KIT-S": 1, "MTG-TRAIN": 1},
        _done(92, 84, at="13:55"), reference="Meeting rooms, both sites", po="HB-2026-058",
    ),
    Story(
        "10042", "flex", "jonas", 41, "10:05", {"FLX-PRO": 12, "FLX-D30": 4},
        _done(41, 35), reference="Office move, floor 3", po="HB-2026-094", users=True,
    ),
    Story(
        "10042", "flex", "jonas", 4, "09:30", {"FLX-PRO": 18},
        (
            Act("submit", 4, "09:45"),
            Act("accept", 3, "08:20"),
            Act("provision", 1, "10:15"),
        ),
        kind=Order.Kind.CHANGE, reference="Six more seats", po="HB-2026-118", later=4,
    ),
    Story(
        "10042", "trunk", "anna", 1, "14:10", {"TRK-NB-10": 1, "TRK-CH-5": 1},
        reference="Stockholm office", site="Stockholm", later=6,
    ),
    Story(
        "10017", "flex", "jonas", 86, "08:50", {"FLX-PRO": 25, "FLX-H2": 10, "FLX-IMPORT": 1},
        _done(86, 80), reference="All site managers", po="BB-4471",
    ),
    Story(
        "10017", "trunk", "jonas", 1, "11:05",
        {"TRK-CH-10": 1, "TRK-NB-20": 1, "TRK-EMG": 1},
        (Act("submit", 1, "11:20"),),
        reference="Reception and workshop", po="BB-4630", site="Västerås yard", later=8,
    ),
    Story(
        "10023", "trunk", "oskar", 24, "09:25",
        {"TRK-CH-10": 2, "TRK-NB-20": 1, "TRK-PORT": 1, "TRK-EMG": 1},
        (
            Act("submit", 24, "09:40"),
            Act("accept", 23, "10:30"),
            Act("provision", 20, "08:15"),
            Act("fail", 3, "13:05", "The present provider refused the porting: the numbers stand "
                "on a contract in another company's name."),
        ),
        reference="Terminals", po="FL-2026-77", site="Östersund terminal",
        porting=("+46 40 628 04 00 - 19", "Norrtele AB"), later=12,
    ),
    Story(
        "10023", "flex", "oskar", 5, "15:10", {"FLX-CC": 8, "FLX-H2": 8},
        (Act("submit", 5, "15:30"), Act("accept", 4, "09:05")),
        reference="Transport desk", po="FL-2026-81", later=6,
    ),
    Story(
        "10038", "meeting", "anna", 63, "10:40", {"MTG-HOST": 12, "MTG-ROOM": 3},
        _done(63, 58), reference="Partners and meeting floor", po="LM-220",
    ),
    Story(
        "10038", "meeting", "anna", 18, "09:15", {"MTG-KIT-L": 1, "MTG-HOST": 1},
        (
            Act("submit", 18, "09:30"),
            Act("reject", 17, "11:10", "Room kit M50 is sold out until February. Order Room kit "
                "M20 for rooms of this size, or place the order again in February."),
        ),
        reference="Large conference room", po="LM-241",
    ),
    Story(
        "10044", "flex", "jonas", 54, "11:30", {"FLX-BASIC": 22, "FLX-D20": 25},
        _done(54, 49), reference="Rooms, reception and kitchen", po="HG-55",
    ),
    Story(
        "10047", "trunk", "oskar", 33, "13:20", {"TRK-CH-5": 1, "TRK-EMG": 1},
        (
            Act("submit", 33, "13:35"),
            Act("cancel", 32, "08:10", "Ten channels are needed, not five."),
        ),
        reference="Works office", later=5,
    ),
    Story(
        "10047", "trunk", "oskar", 32, "08:20", {"TRK-CH-10": 1, "TRK-EMG": 1, "TRK-SBC": 1},
        _done(32, 22, at="08:40"), reference="Works office", later=5,
    ),
    Story(
        "10058", "flex", "jonas", 74, "14:25", {"FLX-PRO": 30, "FLX-CC": 4},
        _done(74, 69), reference="Factory and customer desk", po="NV-1088",
    ),
    Story(
        "10058", "flex", "jonas", 3, "10:00", {"FLX-CC": 0},
        (Act("submit", 3, "10:10"), Act("accept", 2, "09:40")),
        kind=Order.Kind.TERMINATE, reference="Customer desk moves to Härnösand", po="NV-1142",
        later=10,
    ),
    Story(
        "10063", "flex", "anna", 68, "09:50", {"FLX-PRO": 40, "FLX-D30": 18},
        _done(68, 61), reference="Rental offices", po="ÅF-2026-9",
    ),
    Story(
        "10063", "trunk", "anna", 47, "10:15", {"TRK-CH-10": 1, "TRK-EMG": 1},
        _done(47, 39), reference="Caretakers' line", later=3,
    ),
    Story(
        "", "flex", "anna", 120, "09:00", {"FLX-PRO": 6, "FLX-H2": 6},
        _done(120, 115, at="09:05"), reference="Our own seats", to_contact=False,
    ),
    Story(
        "", "trunk", "anna", 7, "16:05", {"TRK-CH-5": 1, "TRK-NB-10": 1, "TRK-EMG": 1},
        (
            Act("submit", 7, "16:15"),
            Act("recreate", 6, "08:25", customer="10066"),
            Act("submit", 6, "08:40"),
            Act("accept", 5, "09:30"),
        ),
        reference="Harbour office", po="SM-2026-12", to_contact=False, later=9,
    ),
    Story(
        "10078", "trunk", "oskar", 8, "10:50", {"TRK-CH-5": 1, "TRK-EMG": 1},
        (
            Act("submit", 8, "11:00"),
            Act("return", 2, "14:20", "The emergency address has no house number in the Norwegian "
                "register. Please give the number of the entrance."),
        ),
        reference="Bergen office", po="HM-3300", later=9,
    ),
    Story(
        "10097", "flex", "jonas", 37, "12:10", {"FLX-PRO": 6, "FLX-D20": 3},
        _done(37, 31), reference="Gewächshaus und Laden",
    ),
    Story(
        "10108", "meeting", "oskar", 52, "15:00", {"MTG-HOST": 3},
        _done(52, 50), reference="Video consultations", po="TV-88",
    ),
    Story(
        "10113", "flex", "jonas", 29, "17:05", {"FLX-BASIC": 1, "FLX-D20": 1, "FLX-H1": 1},
        _done(29, 24), reference="Home office",
    ),
    Story(
        "10119", "meeting", "jonas", 1, "16:30", {"MTG-HOME": 1},
        (Act("submit", 1, "16:35"),), reference="Family calls",
    ),
    Story(
        "10131", "trunk", "anna", 16, "08:30",
        {"TRK-CH-30": 1, "TRK-CH-10": 1, "TRK-NB-20": 2, "TRK-EMG": 2, "TRK-INST": 1},
        (
            Act("submit", 16, "08:55"),
            Act("accept", 15, "10:00"),
            Act("provision", 9, "13:30"),
            Act("plan", 8, "09:10"),
            Act("deliver", 2, "11:20"),
        ),
        reference="Växjö and Alvesta", po="SD-2026-301", site="Växjö", later=14,
    ),
    Story(
        "10146", "flex", "oskar", 6, "13:00", {"FLX-PRO": 15, "FLX-D30": 5},
        (
            Act("submit", 6, "13:15"),
            Act("accept", 5, "08:45"),
            Act("ask_cancel", 2, "10:05", "Meant for Kiruna: the purchase order is theirs.",
                customer="10172"),
        ),
        reference="Dispatch and lab", po="KG-7741", later=10,
    ),
    Story(
        "10172", "flex", "anna", 58, "10:30", {"FLX-PRO": 60, "FLX-H2": 20, "FLX-INST": 8},
        (
            Act("submit", 58, "10:45"),
            Act("accept", 57, "08:30"),
            Act("provision", 55, "09:00"),
            Act("fail", 50, "16:20", "Half of the headsets arrived without charging stands."),
            Act("retry", 48, "09:15"),
            Act("complete", 44, "14:00"),
        ),
        reference="Mine office, surface", po="KG-7502", site="",
    ),
    Story(
        "10031", "flex", "oskar", 27, "09:35", {"FLX-BASIC": 9, "FLX-D20": 6},
        (
            Act("submit", 27, "09:50"),
            Act("accept", 26, "11:00"),
            Act("provision", 24, "08:30"),
            Act("fail", 21, "15:15", "The clinic's network has no power over Ethernet."),
            Act("cancel_accepted", 17, "10:40", "The clinic changes its switches first and orders "
                "again in spring."),
        ),
        reference="Treatment rooms", po="ST-19",
    ),
    Story("10115", "meeting", "anna", 2, "11:45", {"MTG-HOST": 2, "MTG-WEB": 1},
          (Act("submit", 2, "12:00"),), reference="Parents' evenings"),
    Story("10127", "flex", "jonas", 2, "16:40", {"FLX-PRO": 8, "FLX-H2": 8},
          reference="Studio and cutting room"),
    Story("10160", "flex", "jonas", 0, "08:40", {}),
    Story("10102", "meeting", "oskar", 9, "13:15", {"MTG-HOST": 5}, reference="Trial year"),
    Story("10179", "flex", "jonas", 0, "09:05", {"FLX-BASIC": 14, "FLX-D20": 10},
          (Act("submit", 0, "09:20"),), reference="Teachers' rooms", po="NK-2026-40", later=4),
)  # fmt: skip

BRUECKNER: tuple[Story, ...] = (
    Story(
        "20003", "trunk", "lena", 101, "09:20",
        {"TRK-CH-10": 1, "TRK-NB-100": 1, "TRK-PORT": 1, "TRK-EMG": 1},
        _done(101, 86), reference="Zentrale Jungfernstieg", po="AB-1204", site="Hamburg, Zentrale",
        porting=("+49 40 66969 200 - 99", "Hansatel GmbH"), later=12,
    ),
    Story("20014", "flex", "tobias", 66, "10:10", {"FLX-PRO": 45, "FLX-H2": 12},
          _done(66, 60), reference="Betriebsführung", po="DW-889"),
    Story("20014", "flex", "tobias", 3, "11:40", {"FLX-PRO": 52},
          (Act("submit", 3, "11:50"),), kind=Order.Kind.CHANGE, reference="Sieben Plätze mehr",
          po="DW-914", later=5),
    Story("20059", "trunk", "lena", 19, "08:45", {"TRK-CH-30": 2, "TRK-NB-100": 1, "TRK-EMG": 1},
          (Act("submit", 19, "09:00"), Act("accept", 18, "10:10"), Act("provision", 12, "08:05")),
          reference="Halle 3 und Verwaltung", po="WN-6001", site="Kiel, Halle 3", later=15),
    Story("20011", "meeting", "lena", 44, "14:30", {"MTG-HOST": 6, "MTG-ROOM": 1},
          _done(44, 40), reference="Mandantengespräche", po="GST-77"),
    Story("20076", "trunk", "tobias", 5, "13:10", {"TRK-CH-10": 2, "TRK-NB-100": 1, "TRK-EMG": 1},
          (Act("submit", 5, "13:25"), Act("accept", 4, "08:30")),
          reference="Rathaus", po="SWE-2026-118", site="Rathaus", later=12),
    Story("20028", "flex", "tobias", 30, "15:20", {"FLX-BASIC": 28, "FLX-D20": 30},
          (Act("submit", 30, "15:35"), Act("accept", 29, "09:15"), Act("provision", 27, "10:00"),
           Act("fail", 4, "12:10", "Die Telefone sind an die alte Anschrift gegangen.")),
          reference="Zimmer und Empfang", po="HS-310"),
    Story("20018", "flex", "tobias", 22, "09:40", {"FLX-BASIC": 5, "FLX-D30": 4},
          (Act("submit", 22, "09:55"),
           Act("reject", 21, "10:45", "Für diese Praxis besteht schon ein Vertrag mit einem "
               "anderen Partner bis Ende März.")),
          reference="Empfang und Labor"),
    Story("20035", "meeting", "lena", 12, "10:05", {"MTG-HOST": 3},
          (Act("submit", 12, "10:15"), Act("cancel", 11, "09:00", "Der Kunde wartet bis Januar.")),
          reference="Disposition"),
    Story("20024", "flex", "tobias", 35, "16:00", {"FLX-BASIC": 1, "FLX-D20": 1},
          _done(35, 30), reference="Zu Hause"),
    Story("", "meeting", "lena", 77, "09:00", {"MTG-HOST": 2},
          _done(77, 75, at="09:10"), reference="Eigene Lizenzen", to_contact=False),
    Story("20101", "flex", "tobias", 1, "15:45", {"FLX-BASIC": 12, "FLX-H1": 6},
          reference="Pflegestützpunkt", later=3),
    Story("20112", "trunk", "lena", 1, "10:25", {"TRK-CH-5": 1, "TRK-EMG": 1},
          (Act("submit", 1, "10:40"),), reference="Vertrieb", po="DMB-55", later=7),
)  # fmt: skip

HARBOUR: tuple[Story, ...] = (
    Story(
        "H2001", "trunk", "oliver", 110, "09:30",
        {"TRK-CH-10": 1, "TRK-NB-100": 1, "TRK-PORT": 1, "TRK-EMG": 1},
        _done(110, 96), reference="Queen Square", po="AV-3301",
        porting=("+44 117 496 0200 - 99", "Westline Telecom Ltd"), later=12,
    ),
    Story("H2064", "flex", "priya", 71, "11:15", {"FLX-BASIC": 40, "FLX-D20": 40, "FLX-INST": 10},
          _done(71, 64), reference="Both homes", po="KM-118"),
    Story("H2064", "flex", "priya", 2, "10:20", {"FLX-BASIC": 46},
          (Act("submit", 2, "10:35"), Act("accept", 1, "09:00")),
          kind=Order.Kind.CHANGE, reference="Six more at Lansdown", po="KM-131", later=6),
    Story("H2029", "trunk", "oliver", 17, "14:05", {"TRK-CH-30": 1, "TRK-NB-100": 1, "TRK-EMG": 1},
          (Act("submit", 17, "14:20"), Act("accept", 16, "09:40"), Act("provision", 10, "08:50")),
          reference="Swindon works", po="BE-7008", site="Swindon works", later=14),
    Story("H2043", "meeting", "priya", 49, "13:30", {"MTG-HOST": 10, "MTG-ROOM": 2},
          _done(49, 45), reference="Brokers and board room", po="PM-60"),
    Story("H2088", "flex", "oliver", 6, "09:10", {"FLX-CC": 12, "FLX-PRO": 30},
          (Act("submit", 6, "09:30"), Act("accept", 5, "10:10")),
          reference="Repairs line", po="SVH-2211", later=8),
    Story("H2032", "flex", "priya", 26, "15:50", {"FLX-BASIC": 30, "FLX-D20": 34},
          (Act("submit", 26, "16:00"), Act("accept", 25, "09:20"), Act("provision", 23, "11:00"),
           Act("fail", 3, "15:30", "The hotel's switch room was locked on both visits.")),
          reference="Guest rooms", po="LH-92"),
    Story("H2008", "flex", "priya", 20, "10:00", {"FLX-BASIC": 6, "FLX-D30": 6},
          (Act("submit", 20, "10:10"),
           Act("reject", 19, "14:45", "The practice's address is not yet served. It will be in "
               "March; please order again then.")),
          reference="Surgery phones"),
    Story("H2053", "meeting", "oliver", 14, "12:20", {"MTG-HOST": 4},
          (Act("submit", 14, "12:30"),
           Act("cancel", 13, "09:05", "The group chose another supplier.")),
          reference="Branch meetings"),
    Story("H2018", "flex", "priya", 38, "16:15", {"FLX-BASIC": 1, "FLX-D20": 1},
          _done(38, 33), reference="At home"),
    Story("", "flex", "oliver", 83, "09:15", {"FLX-PRO": 5, "FLX-H2": 5},
          _done(83, 79, at="09:25"), reference="Our own seats", to_contact=False),
    Story("H2099", "flex", "priya", 1, "16:10", {"FLX-BASIC": 4, "FLX-D20": 4},
          reference="Yard and counter"),
    Story("H2078", "trunk", "oliver", 1, "11:30", {"TRK-CH-5": 1, "TRK-EMG": 1},
          (Act("submit", 1, "11:45"),), reference="Showroom", po="WM-2026-5", later=7),
)  # fmt: skip

STORIES = {"nordlys": NORDLYS, "brueckner": BRUECKNER, "harbour": HARBOUR}
