"""Seats, devices and services for them."""

from __future__ import annotations

from dev.demo.products.item import Item
from portal.catalog.models import Part

ITEMS: tuple[Item, ...] = (
    Item(
        "FLX-BASIC",
        Part.SEAT,
        ("Flex seat Basic", "Flex-Arbeitsplatz Basic", "Flexplats Bas"),
        (
            "Calls in the app and on one phone.",
            "Telefonieren in der App und an einem Telefon.",
            "Samtal i appen och på en telefon.",
        ),
        0,
        79,
        residential=True,
        highest=1000,
    ),
    Item(
        "FLX-PRO",
        Part.SEAT,
        ("Flex seat Professional", "Flex-Arbeitsplatz Professional", "Flexplats Proffs"),
        (
            "Calls, chat, meetings and call recording, on three devices.",
            "Telefonie, Chat, Meetings und Aufzeichnung, auf drei Geräten.",
            "Samtal, chatt, möten och inspelning, på tre enheter.",
        ),
        0,
        129,
        highest=1000,
    ),
    Item(
        "FLX-CC",
        Part.SEAT,
        (
            "Flex seat Contact Centre",
            "Flex-Arbeitsplatz Contact Center",
            "Flexplats Kontaktcenter",
        ),
        (
            "Queues, supervision and statistics for people who answer calls all day.",
            "Warteschlangen, Aufsicht und Statistik für alle, die den ganzen Tag telefonieren.",
            "Köer, medlyssning och statistik för den som svarar hela dagen.",
        ),
        0,
        299,
        highest=500,
    ),
    Item(
        "FLX-D20",
        Part.DEVICE,
        ("Desk phone D20", "Tischtelefon D20", "Bordstelefon D20"),
        (
            "Two lines, black and white display.",
            "Zwei Leitungen, Schwarz-Weiß-Anzeige.",
            "Två linjer, svartvit skärm.",
        ),
        795,
        0,
        residential=True,
        highest=500,
    ),
    Item(
        "FLX-D30",
        Part.DEVICE,
        ("Desk phone D30", "Tischtelefon D30", "Bordstelefon D30"),
        (
            "Eight lines, colour display, wireless headset.",
            "Acht Leitungen, Farbanzeige, Headset ohne Kabel.",
            "Åtta linjer, färgskärm, trådlöst headset.",
        ),
        1295,
        0,
        highest=500,
    ),
    Item(
        "FLX-H1",
        Part.DEVICE,
        ("Headset H1, wired", "Headset H1, mit Kabel", "Headset H1, med sladd"),
        (
            "For both ears, USB-C and USB-A.",
            "Für beide Ohren, USB-C und USB-A.",
            "För båda öronen, USB-C och USB-A.",
        ),
        445,
        0,
        residential=True,
        highest=500,
    ),
    Item(
        "FLX-H2",
        Part.DEVICE,
        ("Headset H2, wireless", "Headset H2, kabellos", "Headset H2, trådlöst"),
        (
            "Noise cancelling, 30 hours, charging stand.",
            "Geräuschunterdrückung, 30 Stunden, Ladestation.",
            "Brusreducering, 30 timmar, laddställ.",
        ),
        1690,
        0,
        highest=500,
    ),
    Item(
        "FLX-IMPORT",
        Part.SERVICE,
        ("Import of users", "Import der Benutzer", "Inläsning av användare"),
        (
            "We read in names, addresses and short numbers from your list.",
            "Wir übernehmen Namen, Adressen und Kurzwahlen aus Ihrer Liste.",
            "Vi läser in namn, adresser och kortnummer från er lista.",
        ),
        residential=True,
        chargeable=False,
        highest=1,
    ),
    Item(
        "FLX-INST",
        Part.SERVICE,
        ("Technician on site, per hour", "Techniker vor Ort, je Stunde", "Tekniker, per timme"),
        (
            "Sets up phones and shows how they are used.",
            "Richtet Telefone ein und zeigt die Bedienung.",
            "Ställer in telefoner och visar hur de används.",
        ),
        1150,
        0,
        highest=40,
    ),
    Item(
        "FLX-ATA",
        Part.DEVICE,
        ("Analogue adapter A2", "Analogadapter A2", "Analogadapter A2"),
        (
            "For old phones and lifts. Withdrawn: no longer made.",
            "Für alte Telefone und Aufzüge. Zurückgezogen: nicht mehr hergestellt.",
            "För äldre telefoner och hissar. Utgången: tillverkas inte längre.",
        ),
        690,
        0,
        residential=True,
        orderable=False,
        highest=20,
    ),
)
