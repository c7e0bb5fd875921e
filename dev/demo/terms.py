"""The demo's terms and conditions: a fictitious vendor's, in three languages and two versions."""

from __future__ import annotations

_EN = """1. Scope
These terms apply to every service that Kontor Communications provides through an authorised \
partner ("the partner"). They are part of the agreement between the customer and the partner. \
Terms of the customer apply only where the partner has accepted them in writing.

2. Orders and agreement
An order becomes binding when Channel Sales accepts it. Acceptance is confirmed by e-mail. A \
person who accepts these terms on behalf of a company states that they are authorised to do so.

3. Delivery
Dates of delivery are confirmed with the order. Where numbers are ported from another provider, \
the date depends on that provider; a change of date is reported without delay. The service \
counts as delivered on the date stated in the delivery record, and billing starts on that date.

4. Term and notice
{term} After that it continues until one of the parties gives notice in writing, {notice} before \
the end of a calendar month. Hardware that was bought stays with the customer.

5. Prices and payment
One-off prices are invoiced at delivery, recurring prices monthly in advance, calls monthly in \
arrears. Invoices are due within 30 days. Prices may be changed with two months' notice; the \
customer may then end the agreement at the date of the change.

6. Credit
The partner may set a limit for what the customer can order before earlier invoices are paid. \
Orders beyond the limit are not placed until the limit is raised.

7. Emergency calls
The customer keeps the emergency address of every site correct. Calls to the emergency services \
are routed by that address. Without electrical power at the site, emergency calls are possible \
from mobile phones only.

8. Availability and faults
The network is available 99.9 % of the time in a calendar year. Faults are reported to the \
partner, who starts to work on them within four hours on working days. Planned work is announced \
five working days ahead and is done between 22:00 and 06:00.

9. Use
The customer does not use the service for unlawful purposes, for automated advertising calls or \
in a way that disturbs the network or other users. Access data are kept secret. The partner may \
block a service that endangers the network, and tells the customer at once.

10. Liability
The parties are liable without limit for intent, gross negligence and injury to persons. In all \
other cases liability is limited to direct damage, and per year to the sum that the customer \
paid for the service concerned in the twelve months before.

11. Personal data
The partner and the vendor process personal data as far as the service needs it. {data}

12. Law and disputes
The law of the country in which the partner has its registered office applies. Disputes are \
decided by the court of that place, unless the law protects consumers in another way."""

_DE = """1. Geltungsbereich
Diese Bedingungen gelten für alle Dienste, die Kontor Communications über einen autorisierten \
Partner ("der Partner") erbringt. Sie sind Teil der Vereinbarung zwischen Kunde und Partner. \
Bedingungen des Kunden gelten nur, wenn der Partner ihnen schriftlich zugestimmt hat.

2. Bestellung und Vertragsschluss
Eine Bestellung wird verbindlich, wenn der Kanalvertrieb sie annimmt. Die Annahme wird per E-Mail \
bestätigt. Wer diese Bedingungen für ein Unternehmen annimmt, erklärt, dazu befugt zu sein.

3. Lieferung
Liefertermine werden mit der Bestellung bestätigt. Bei der Portierung von Rufnummern hängt der \
Termin vom bisherigen Anbieter ab; eine Verschiebung wird unverzüglich mitgeteilt. Der Dienst \
gilt an dem Tag als geliefert, der im Lieferprotokoll steht; an diesem Tag beginnt die Abrechnung.

4. Laufzeit und Kündigung
{term} Danach läuft der Vertrag weiter, bis eine Partei schriftlich kündigt, {notice} zum Ende \
eines Kalendermonats. Gekaufte Geräte bleiben beim Kunden.

5. Preise und Zahlung
Einmalige Preise werden bei Lieferung berechnet, monatliche Preise im Voraus, Gespräche monatlich \
im Nachhinein. Rechnungen sind innerhalb von 30 Tagen fällig. Preise können mit einer Frist von \
zwei Monaten geändert werden; der Kunde kann den Vertrag dann zum Zeitpunkt der Änderung beenden.

6. Kreditlimit
Der Partner kann festlegen, bis zu welcher Höhe der Kunde bestellen kann, bevor frühere Rechnungen \
bezahlt sind. Darüber hinaus werden Bestellungen erst nach einer Erhöhung ausgeführt.

7. Notrufe
Der Kunde hält die Notrufadresse jedes Standorts aktuell. Notrufe werden nach dieser Adresse \
geleitet. Ohne Strom am Standort sind Notrufe nur von Mobiltelefonen möglich.

8. Verfügbarkeit und Störungen
Das Netz ist im Kalenderjahr zu 99,9 % verfügbar. Störungen werden dem Partner gemeldet, der an \
Werktagen innerhalb von vier Stunden mit der Bearbeitung beginnt. Geplante Arbeiten werden fünf \
Werktage vorher angekündigt und zwischen 22:00 und 06:00 Uhr ausgeführt.

9. Nutzung
Der Kunde nutzt den Dienst nicht für rechtswidrige Zwecke, nicht für automatische Werbeanrufe und \
nicht so, dass das Netz oder andere gestört werden. Zugangsdaten bleiben geheim. Der Partner darf \
einen Dienst sperren, der das Netz gefährdet, und unterrichtet den Kunden sofort.

10. Haftung
Die Parteien haften unbeschränkt für Vorsatz, grobe Fahrlässigkeit und Personenschäden. Im Übrigen \
ist die Haftung auf unmittelbare Schäden beschränkt und je Jahr auf den Betrag, den der Kunde in \
den zwölf Monaten davor für den betroffenen Dienst gezahlt hat.

11. Personenbezogene Daten
Partner und Hersteller verarbeiten personenbezogene Daten, soweit der Dienst es erfordert. {data}

12. Recht und Gerichtsstand
Es gilt das Recht des Landes, in dem der Partner seinen Sitz hat. Gerichtsstand ist dessen Sitz, \
soweit das Gesetz Verbraucher nicht anders schützt."""

_SV = """1. Tillämpning
Dessa villkor gäller för alla tjänster som Kontor Communications levererar genom en auktoriserad \
partner ("partnern"). De är en del av avtalet mellan kunden och partnern. Kundens egna villkor \
gäller bara om partnern har godkänt dem skriftligt.

2. Order och avtal
En order blir bindande när kanalförsäljningen accepterar den. Det bekräftas per e-post. Den som \
godkänner villkoren för ett företags räkning intygar sin behörighet.

3. Leverans
Leveransdagen bekräftas med ordern. När nummer flyttas från en annan operatör beror dagen på den \
operatören; en ändring meddelas utan dröjsmål. Tjänsten är levererad den dag som står i \
leveransprotokollet, och debiteringen börjar den dagen.

4. Avtalstid och uppsägning
{term} Därefter löper avtalet vidare tills en av parterna säger upp det skriftligt, {notice} före \
slutet av en kalendermånad. Köpt utrustning stannar hos kunden.

5. Priser och betalning
Engångspriser faktureras vid leverans, månadspriser i förskott och samtal månadsvis i efterskott. \
Fakturor ska betalas inom 30 dagar. Priser kan ändras med två månaders varsel; kunden får då \
avsluta avtalet den dag ändringen börjar gälla.

6. Kredit
Partnern kan bestämma en gräns för vad kunden kan beställa innan tidigare fakturor är betalda. \
Order över gränsen läggs först när gränsen har höjts.

7. Nödsamtal
Kunden håller varje anläggnings nödadress aktuell. Nödsamtal styrs efter den adressen. Utan ström \
på anläggningen kan nödsamtal bara ringas från mobiltelefon.

8. Tillgänglighet och fel
Nätet är tillgängligt 99,9 % av tiden under ett kalenderår. Fel anmäls till partnern, som börjar \
åtgärda dem inom fyra timmar på arbetsdagar. Planerade arbeten aviseras fem arbetsdagar i förväg \
och görs mellan 22.00 och 06.00.

9. Användning
Kunden använder inte tjänsten för olagliga ändamål, för automatiska reklamsamtal eller på ett sätt \
som stör nätet eller andra. Inloggningsuppgifter hålls hemliga. Partnern får stänga en tjänst som \
äventyrar nätet och underrättar kunden genast.

10. Ansvar
Parterna ansvarar utan begränsning för uppsåt, grov vårdslöshet och personskada. I övrigt är \
ansvaret begränsat till direkt skada och per år till det belopp som kunden har betalat för den \
berörda tjänsten under de tolv månaderna dessförinnan.

11. Personuppgifter
Partnern och leverantören behandlar personuppgifter i den mån tjänsten kräver det. {data}

12. Lag och tvist
Lagen i det land där partnern har sitt säte gäller. Tvister avgörs av domstolen på den orten, om \
inte lagen skyddar konsumenter på annat sätt."""

TERMS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "en",
        "2025-2",
        "2025-07-01T08:00:00+00:00",
        "Terms and conditions for communication services",
        _EN.format(
            term="The agreement runs for the term stated in the order, otherwise for 12 months.",
            notice="three months",
            data="Details are set out in the data processing agreement.",
        ),
    ),
    (
        "en",
        "2026-1",
        "2026-01-02T08:00:00+00:00",
        "Terms and conditions for communication services",
        _EN.format(
            term="The agreement runs for the term stated in the order, otherwise for 24 months.",
            notice="one month",
            data="Details are set out in the data processing agreement. Call records are deleted "
            "after six months.",
        ),
    ),
    (
        "de",
        "2025-2",
        "2025-07-01T08:00:00+00:00",
        "Geschäftsbedingungen für Kommunikationsdienste",
        _DE.format(
            term="Der Vertrag läuft für die in der Bestellung genannte Zeit, sonst für 12 Monate.",
            notice="mit einer Frist von drei Monaten",
            data="Einzelheiten regelt der Vertrag zur Auftragsverarbeitung.",
        ),
    ),
    (
        "de",
        "2026-1",
        "2026-01-02T08:00:00+00:00",
        "Geschäftsbedingungen für Kommunikationsdienste",
        _DE.format(
            term="Der Vertrag läuft für die in der Bestellung genannte Zeit, sonst für 24 Monate.",
            notice="mit einer Frist von einem Monat",
            data="Einzelheiten regelt der Vertrag zur Auftragsverarbeitung. Verbindungsdaten werden "
            "nach sechs Monaten gelöscht.",
        ),
    ),
    (
        "sv",
        "2025-2",
        "2025-07-01T08:00:00+00:00",
        "Villkor för kommunikationstjänster",
        _SV.format(
            term="Avtalet gäller under den tid som står i ordern, annars i 12 månader.",
            notice="tre månader",
            data="Närmare bestämmelser finns i personuppgiftsbiträdesavtalet.",
        ),
    ),
    (
        "sv",
        "2026-1",
        "2026-01-02T08:00:00+00:00",
        "Villkor för kommunikationstjänster",
        _SV.format(
            term="Avtalet gäller under den tid som står i ordern, annars i 24 månader.",
            notice="en månad",
            data="Närmare bestämmelser finns i personuppgiftsbiträdesavtalet. Samtalsuppgifter "
            "raderas efter sex månader.",
        ),
    ),
)
