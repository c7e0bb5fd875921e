"""SIP trunks: channels, numbers, porting."""

from __future__ import annotations

from dev.demo.products.item import Item
from portal.catalog.models import Part

ITEMS: tuple[Item, ...] = (
    Item(
        "TRK-CH-5",
        Part.CHANNELS,
        ("SIP trunk, 5 channels", "SIP-Trunk, 5 Kanäle", "SIP-trunk, 5 kanaler"),
        (
            "Five calls at the same time, for a small office.",
            "Fünf gleichzeitige Gespräche, für ein kleines Büro.",
            "Fem samtidiga samtal, för ett mindre kontor.",
        ),
        990,
        390,
        highest=10,
    ),
    Item(
        "TRK-CH-10",
        Part.CHANNELS,
        ("SIP trunk, 10 channels", "SIP-Trunk, 10 Kanäle", "SIP-trunk, 10 kanaler"),
        (
            "Ten calls at the same time, with overflow to a second site.",
            "Zehn gleichzeitige Gespräche, mit Überlauf an einen zweiten Standort.",
            "Tio samtidiga samtal, med överspill till en andra anläggning.",
        ),
        990,
        690,
        highest=10,
    ),
    Item(
        "TRK-CH-30",
        Part.CHANNELS,
        ("SIP trunk, 30 channels", "SIP-Trunk, 30 Kanäle", "SIP-trunk, 30 kanaler"),
        (
            "Thirty calls at the same time, two session border controllers at our end.",
            "Dreißig gleichzeitige Gespräche, zwei Session Border Controller auf unserer Seite.",
            "Trettio samtidiga samtal, två sessionskontroller i vår ände.",
        ),
        1490,
        1690,
        highest=20,
    ),
    Item(
        "TRK-NB-10",
        Part.NUMBERS,
        ("Number block of 10", "Rufnummernblock 10", "Nummerserie om 10"),
        (
            "Ten consecutive geographic numbers.",
            "Zehn aufeinanderfolgende Ortsrufnummern.",
            "Tio geografiska nummer i följd.",
        ),
        290,
        95,
        highest=20,
    ),
    Item(
        "TRK-NB-20",
        Part.NUMBERS,
        ("Number block of 20", "Rufnummernblock 20", "Nummerserie om 20"),
        (
            "Twenty consecutive geographic numbers.",
            "Zwanzig aufeinanderfolgende Ortsrufnummern.",
            "Tjugo geografiska nummer i följd.",
        ),
        490,
        180,
        highest=20,
    ),
    Item(
        "TRK-NB-100",
        Part.NUMBERS,
        ("Number block of 100", "Rufnummernblock 100", "Nummerserie om 100"),
        (
            "A hundred consecutive geographic numbers.",
            "Hundert aufeinanderfolgende Ortsrufnummern.",
            "Hundra geografiska nummer i följd.",
        ),
        1290,
        690,
        highest=20,
    ),
    Item(
        "TRK-PORT",
        Part.PORTING,
        ("Number porting", "Rufnummernportierung", "Nummerportering"),
        (
            "Moves a range of numbers from the present provider on an agreed date.",
            "Überträgt einen Rufnummernbereich zum vereinbarten Termin vom bisherigen Anbieter.",
            "Flyttar en nummerserie från nuvarande operatör på avtalat datum.",
        ),
        750,
        0,
        highest=20,
    ),
    Item(
        "TRK-SBC",
        Part.DEVICE,
        (
            "Session border controller S200",
            "Session Border Controller S200",
            "Sessionskontroller S200",
        ),
        (
            "For the customer's end of the trunk, up to 60 channels, with battery.",
            "Für die Kundenseite des Trunks, bis 60 Kanäle, mit Batterie.",
            "För kundens ände av trunken, upp till 60 kanaler, med batteri.",
        ),
        6900,
        0,
        highest=10,
    ),
    Item(
        "TRK-EMG",
        Part.SERVICE,
        ("Emergency call routing", "Notrufführung", "Styrning av nödsamtal"),
        (
            "Emergency calls reach the control room of the address given. Always included.",
            "Notrufe erreichen die Leitstelle der angegebenen Adresse. Immer enthalten.",
            "Nödsamtal når rätt larmcentral för den angivna adressen. Ingår alltid.",
        ),
        chargeable=False,
        highest=20,
    ),
    Item(
        "TRK-INST",
        Part.SERVICE,
        ("Installation on site", "Installation vor Ort", "Installation på plats"),
        (
            "Half a day of a technician: connection, test calls, handover record.",
            "Ein halber Technikertag: Anschluss, Testanrufe, Übergabeprotokoll.",
            "En halv teknikerdag: inkoppling, provsamtal och överlämningsprotokoll.",
        ),
        4900,
        0,
        highest=10,
    ),
    Item(
        "TRK-PRI",
        Part.CHANNELS,
        ("ISDN gateway, 30 channels", "ISDN-Gateway, 30 Kanäle", "ISDN-växel, 30 kanaler"),
        (
            "For systems without SIP. Withdrawn: the network ends ISDN.",
            "Für Anlagen ohne SIP. Zurückgezogen: ISDN wird abgeschaltet.",
            "För växlar utan SIP. Utgången: nätet avvecklar ISDN.",
        ),
        2900,
        2290,
        orderable=False,
        highest=4,
    ),
)
