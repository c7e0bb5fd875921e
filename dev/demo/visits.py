"""The demo's visits at customers: what was done, by whom, and how it ended.

Days are working days before today; a work order has days from today on as a negative number.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Visit:
    """One work order or service report."""

    customer: str
    by: str
    days: int
    task: str
    # "planned", "draft", "signed", "typed", "unsigned" or "cancelled"
    end: str
    work: str = ""
    minutes: int = 0
    travel: int = 0
    km: int = 0
    result: str = "solved"
    next_step: str = ""
    parts: tuple[tuple[int, str, str], ...] = ()
    pictures: tuple[str, ...] = ()
    # Who signs, if it is no contact; or why nobody does, or why it was cancelled.
    words: str = ""


NORDLYS = (
    Visit(
        "10042",
        "mikael",
        21,
        "Växeln i Gävle startar om på eftermiddagarna.",
        "signed",
        "Bytte nätaggregat i växelskåpet. UPS:en var överlastad av en skrivare som flyttades till "
        "vanligt uttag.\nProvringde alla tio linjer in och ut.",
        105,
        90,
        168,
        parts=((1, "Nätaggregat 48 V", "PS48-20931"), (1, "Grenuttag 6-vägs", "")),
        pictures=("rack",),
    ),
    Visit(
        "10017",
        "mikael",
        9,
        "Nya telefoner i byggbaracken i Västerås.",
        "unsigned",
        "Satte upp åtta telefoner och en switch med PoE. Alla är registrerade och testade.",
        150,
        40,
        22,
        parts=((8, "Bordstelefon D345", ""), (1, "PoE-switch 16 portar", "SW16-7702")),
        words="Ingen på plats när arbetet var klart; platschefen Petra Holm är informerad.",
    ),
    Visit(
        "10066",
        "mikael",
        2,
        "Dålig räckvidd för DECT på bryggan.",
        "draft",
        "Flyttade basstation 2 till masten vid servicehuset. Mätte upp till brygga D.",
        75,
        0,
        0,
        "partly",
        "Beställ en basstation till för brygga E.",
        ((12, "Utomhuskabel Cat 6, meter", ""),),
        ("router",),
    ),
    Visit(
        "10042",
        "mikael",
        -2,
        "Installera ny router i Stockholm, Sveavägen 88. Ring Jonas Wikner vid ankomst.",
        "planned",
    ),
    Visit(
        "10172",
        "mikael",
        14,
        "Fax i gruvans reception svarar inte.",
        "cancelled",
        words="Löst på telefon: kabeln satt i fel uttag.",
    ),
)
BRUECKNER = (
    Visit(
        "20014",
        "lena",
        17,
        "Im Betriebshof Husum klingeln Anrufe nur an zwei von sechs Apparaten.",
        "signed",
        "Rufgruppe neu angelegt, vier Apparate waren noch auf dem alten Konto angemeldet.\n"
        "Mit allen sechs Apparaten getestet, auch nach Neustart.",
        80,
        115,
        146,
        parts=((1, "Patchkabel 3 m, grau", ""),),
        pictures=("rack",),
    ),
    Visit(
        "20003",
        "lena",
        6,
        "Router in der Zentrale gegen das neue Modell tauschen.",
        "typed",
        "Router getauscht und Rufnummernblock geprüft. Altgerät mitgenommen.",
        60,
        20,
        8,
        parts=((1, "Router R5 Business", "R5-DE-88120"),),
        pictures=("router",),
        words="Nico Brandt",
    ),
    Visit(
        "20007",
        "tobias",
        -1,
        "Zwei Basisstationen in der Backstube setzen, vor 5 Uhr anmelden.",
        "planned",
    ),
    Visit(
        "20011",
        "lena",
        1,
        "Echo bei Gesprächen mit Mandanten.",
        "draft",
        "Kopfstellen geprüft, Firmware der Anlage aktualisiert.",
        45,
        55,
        66,
        "not_solved",
        "Messung mit dem Netzbetreiber abstimmen.",
    ),
)
HARBOUR = (
    Visit(
        "H2011",
        "oliver",
        12,
        "Depot has lost all desk phones after the power cut.",
        "signed",
        "The PoE switch had lost its configuration. Restored it from backup and fitted a small "
        "UPS.\nEvery desk phone and the gate intercom tested.",
        95,
        25,
        19,
        parts=((1, "UPS 650 VA", "UP650-1187"), (2, "Patch lead 1 m", "")),
        pictures=("rack", "router"),
    ),
    Visit(
        "H2025",
        "oliver",
        5,
        "Intercom at the main gate of the school is silent.",
        "unsigned",
        "Loudspeaker of the intercom replaced; it can be heard from the car park again.",
        40,
        70,
        74,
        parts=((1, "Intercom loudspeaker", "IL-300"),),
        words="Half-term: the office was closed, the caretaker has no authority to sign.",
    ),
    Visit(
        "H2029",
        "priya",
        -3,
        "Survey for twelve new DECT handsets, hall 2 and yard.",
        "planned",
    ),
    Visit(
        "H2001",
        "oliver",
        0,
        "Headsets drop out in the meeting room.",
        "draft",
        "Changed the channel of the base station, watching it until Friday.",
        30,
        15,
        4,
        "partly",
        "Call Ben Ashby on Friday.",
    ),
)
VISITS = {"nordlys": NORDLYS, "brueckner": BRUECKNER, "harbour": HARBOUR}
