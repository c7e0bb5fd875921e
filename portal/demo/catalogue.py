"""The demo catalogue: products of all families with prices, business types, terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from portal.catalog.models import (
    BusinessType,
    Part,
    Price,
    Product,
    RatePlan,
    TermsVersion,
)
from portal.demo.terms import TERMS

Texts = tuple[str, str, str]  # English, German, Swedish

# What an amount in SEK comes to elsewhere, and the steps that price lists are rounded to.
CURRENCIES = {
    "SEK": (Decimal(1), Decimal(1)),
    "EUR": (Decimal("0.09"), Decimal("0.10")),
    "GBP": (Decimal("0.078"), Decimal("0.10")),
}
# Name, part of the list price, whether it is the one for partners with billing of their own.
PLANS = (
    ("Standard", Decimal(1), False),
    ("Business 25", Decimal("0.90"), False),
    ("Master", Decimal("0.70"), True),
)
PRICES_FROM = date(2024, 1, 1)
# Seats cost more since then: orders from before keep their price (SPEC D17).
RAISED_ON = date(2026, 1, 1)
BEFORE_RAISE = Decimal("0.92")


@dataclass(frozen=True)
class Item:
    """One product of the demo catalogue; prices are list prices in SEK."""

    sku: str
    part: Part
    name: Texts
    text: Texts
    one_off: int = 0
    monthly: int = 0
    residential: bool = False
    orderable: bool = True
    chargeable: bool = True
    highest: int = 100
    lowest: int = 1


ITEMS: dict[str, tuple[Item, ...]] = {
    "trunk": (
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
    ),
    "meeting": (
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
    ),
    "flex": (
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
                "Warteschlangen, Aufsicht und Statistik für Menschen, die ständig annehmen.",
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
    ),
}

BUSINESS_TYPES: tuple[Texts, ...] = (
    ("Agriculture and fishing", "Landwirtschaft und Fischerei", "Jordbruk och fiske"),
    ("Construction", "Bau", "Bygg"),
    ("Consulting", "Beratung", "Konsult"),
    ("Education", "Bildung", "Utbildning"),
    ("Health care", "Gesundheit", "Vård och hälsa"),
    ("Hotels and restaurants", "Hotel und Gastronomie", "Hotell och restaurang"),
    ("Legal and accounting", "Recht und Steuern", "Juridik och redovisning"),
    ("Manufacturing", "Produktion", "Tillverkning"),
    ("Public sector", "Öffentliche Hand", "Offentlig sektor"),
    ("Real estate", "Immobilien", "Fastigheter"),
    ("Retail", "Handel", "Handel"),
    ("Telecommunications", "Telekommunikation", "Telekommunikation"),
    ("Transport and logistics", "Verkehr und Logistik", "Transport och logistik"),
    ("Other", "Sonstiges", "Annat"),
)


def _price(sek: int, part_of_list: Decimal, currency: str) -> Decimal:
    rate, step = CURRENCIES[currency]
    steps = (Decimal(sek) * part_of_list * rate / step).quantize(Decimal(1), ROUND_HALF_UP)
    return steps * step


def load_catalogue() -> None:
    """Write products, plans, prices, business types and terms; nothing of it may be there."""
    plans = [
        (RatePlan.objects.create(name=name, position=position, is_master=master), part)
        for position, (name, part, master) in enumerate(PLANS, 1)
    ]
    prices: list[Price] = []
    for family, items in ITEMS.items():
        for position, item in enumerate(items, 1):
            product = Product.objects.create(
                sku=item.sku,
                family_id=family,
                part=item.part,
                name=item.name[0],
                name_de=item.name[1],
                name_sv=item.name[2],
                description=item.text[0],
                description_de=item.text[1],
                description_sv=item.text[2],
                chargeable=item.chargeable,
                available_to_residential=item.residential,
                orderable=item.orderable,
                rental=item.monthly > 0,
                minimum=item.lowest,
                maximum=item.highest,
                position=position * 10,
            )
            raised = item.part == Part.SEAT
            for plan, part_of_list in plans:
                for currency in CURRENCIES:
                    since = [(PRICES_FROM, BEFORE_RAISE if raised else Decimal(1))]
                    if raised:
                        since.append((RAISED_ON, Decimal(1)))
                    prices += [
                        Price(
                            product=product,
                            rate_plan=plan,
                            currency=currency,
                            valid_from=day,
                            one_off=_price(item.one_off, part_of_list, currency),
                            monthly=_price(item.monthly, part_of_list * factor, currency),
                        )
                        for day, factor in since
                    ]
    Price.objects.bulk_create(prices)
    BusinessType.objects.bulk_create(
        BusinessType(name=name, name_de=german, name_sv=swedish, position=position)
        for position, (name, german, swedish) in enumerate(BUSINESS_TYPES, 1)
    )
    TermsVersion.objects.bulk_create(
        TermsVersion(
            language=language,
            version=version,
            title=title,
            text=text,
            published_at=datetime.fromisoformat(published),
        )
        for language, version, published, title, text in TERMS
    )
