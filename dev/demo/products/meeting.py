"""Meetings: hosts and rooms."""

from __future__ import annotations

from dev.demo.products.item import Item
from portal.catalog.models import Part

ITEMS: tuple[Item, ...] = (
    Item(
        "MTG-HOST",
        Part.HOST,
        ("Meeting host licence", "Meeting-Gastgeberlizenz", "Möteslicens, värd"),
        (
            "One person invites up to 200 participants, with recording.",
            "Eine Person lädt bis zu 200 Teilnehmende ein, mit Aufzeichnung.",
            "En person bjuder in upp till 200 deltagare, med inspelning.",
        ),
        0,
        149,
        highest=500,
    ),
    Item(
        "MTG-HOME",
        Part.HOST,
        ("Meeting licence Home", "Meeting-Lizenz Home", "Möteslicens Hem"),
        (
            "One person invites up to 10 participants.",
            "Eine Person lädt bis zu 10 Teilnehmende ein.",
            "En person bjuder in upp till 10 deltagare.",
        ),
        0,
        59,
        residential=True,
        highest=5,
    ),
    Item(
        "MTG-ROOM",
        Part.ROOM,
        ("Meeting room licence", "Raumlizenz", "Möteslicens, rum"),
        (
            "One room with its own calendar and one-touch join.",
            "Ein Raum mit eigenem Kalender und Beitritt auf Knopfdruck.",
            "Ett rum med egen kalender, anslutning med en knapp.",
        ),
        0,
        199,
        highest=200,
    ),
    Item(
        "MTG-KIT-S",
        Part.DEVICE,
        ("Room kit M20", "Raumsystem M20", "Rumspaket M20"),
        (
            "Camera, bar and touch panel for rooms up to 6 people.",
            "Kamera, Soundbar und Bedienfeld für Räume bis 6 Personen.",
            "Kamera, högtalare och pekpanel för rum upp till 6 personer.",
        ),
        18900,
        0,
        highest=50,
    ),
    Item(
        "MTG-KIT-L",
        Part.DEVICE,
        ("Room kit M50", "Raumsystem M50", "Rumspaket M50"),
        (
            "Two cameras, ceiling microphones and touch panel for up to 20 people.",
            "Zwei Kameras, Deckenmikrofone und Bedienfeld für bis zu 20 Personen.",
            "Två kameror, takmikrofoner och pekpanel för upp till 20 personer.",
        ),
        41900,
        0,
        highest=20,
    ),
    Item(
        "MTG-WEB",
        Part.SERVICE,
        ("Webinar, 500 seats", "Webinar, 500 Plätze", "Webbinarium, 500 platser"),
        (
            "Registration page, questions and a report afterwards.",
            "Anmeldeseite, Fragen und ein Bericht danach.",
            "Anmälningssida, frågor och rapport efteråt.",
        ),
        0,
        890,
        highest=10,
    ),
    Item(
        "MTG-TRAIN",
        Part.SERVICE,
        ("Host training, online", "Schulung für Gastgeber, online", "Utbildning för värdar"),
        (
            "One hour for up to 12 hosts. Free with the first order.",
            "Eine Stunde für bis zu 12 Gastgeber. Bei der ersten Bestellung kostenlos.",
            "En timme för upp till 12 värdar. Utan kostnad vid första ordern.",
        ),
        chargeable=False,
        highest=4,
    ),
    Item(
        "MTG-INST",
        Part.SERVICE,
        ("Room installation", "Einrichtung eines Raums", "Installation av rum"),
        (
            "Mounting, cabling up to 10 m and a test meeting.",
            "Montage, Verkabelung bis 10 m und ein Testmeeting.",
            "Montering, kablar upp till 10 m och ett provmöte.",
        ),
        3900,
        0,
        highest=50,
    ),
    Item(
        "MTG-PHONE",
        Part.DEVICE,
        ("Conference phone C8", "Konferenztelefon C8", "Konferenstelefon C8"),
        (
            "For rooms without a screen. Withdrawn: replaced by Room kit M20.",
            "Für Räume ohne Bildschirm. Zurückgezogen: ersetzt durch Raumsystem M20.",
            "För rum utan skärm. Utgången: ersatt av Rumspaket M20.",
        ),
        5400,
        0,
        orderable=False,
        highest=20,
    ),
)
