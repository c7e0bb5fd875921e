"""The demo's problem reports as stories: what was wrong, who said what, what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from support.models import ProblemReport

S = ProblemReport.Severity


@dataclass(frozen=True)
class Step:
    """One thing that happens to a report, so many minutes after it was made.

    ``by`` is one of the partner's people, or a contact of the customer by their place in the list
    ("contact 1"). What is done: "acknowledge", "start", "answer", "note", "wait", "resolve",
    "escalate", "vendor", "cancel", "close", "assign".
    """

    after: int
    by: str
    act: str
    text: str = ""


@dataclass(frozen=True)
class Problem:
    """One report, made so many working days ago at that hour."""

    customer: str
    by: str
    days: int
    hour: int
    severity: str
    subject: str
    description: str
    steps: tuple[Step, ...] = ()
    contact: int | None = None
    channel: str = "portal"


NORDLYS = (
    Problem(
        "10042",
        "karin@havsbris.example",
        0,
        9,
        S.MAJOR,
        "Inkommande samtal bryts efter tio sekunder",
        "Sedan i morse bryts alla samtal till växelnumret efter ungefär tio sekunder. Utgående "
        "samtal fungerar. Vi har startat om gatewayen en gång, utan skillnad.",
        (
            Step(14, "mikael", "acknowledge"),
            Step(21, "mikael", "start"),
            Step(
                24,
                "mikael",
                "answer",
                "Hej Karin! Jag ser avbrotten i loggen och tittar på "
                "brandväggens SIP-inställning. Återkommer före lunch.",
            ),
            Step(
                32,
                "mikael",
                "note",
                "SIP ALG är påslaget efter gårdagens uppdatering av "
                "brandväggen. Samma sak som hos Kvarnholm i oktober.",
            ),
        ),
    ),
    Problem(
        "10058",
        "jonas",
        1,
        13,
        S.CRITICAL,
        "Inga samtal alls i Sundsvall",
        "Anja ringde från sin mobil: hela kontoret är utan telefoni sedan 12.40. Internet fungerar.",
        (
            Step(6, "contact 2", "acknowledge"),
            Step(9, "mikael", "start"),
            Step(
                35,
                "mikael",
                "escalate",
                "Trunken svarar inte på OPTIONS sedan 12.38, inget fel "
                "på kundens sida. Kan ni se något i er växel i Sundsvall?",
            ),
        ),
        contact=1,
        channel="phone",
    ),
    Problem(
        "10023",
        "jonas",
        3,
        10,
        S.MINOR,
        "Två anknytningar visar fel nummer utåt",
        "Stefan på IT ser att anknytning 214 och 231 visar huvudnumret i stället för direktnumret.",
        (
            Step(50, "mikael", "acknowledge"),
            Step(95, "mikael", "start"),
            Step(
                110,
                "mikael",
                "wait",
                "Vilka direktnummer ska 214 och 231 visa? I beställningen står bara serien.",
            ),
        ),
        contact=1,
        channel="mail",
    ),
    Problem(
        "10131",
        "anna",
        6,
        8,
        S.MAJOR,
        "Röstbrevlådan skickar inga e-postmeddelanden",
        "Vårdcentralen får inga mejl om nya meddelanden sedan i fredags.",
        (
            Step(25, "mikael", "acknowledge"),
            Step(40, "mikael", "start"),
            Step(
                200,
                "mikael",
                "resolve",
                "Avsändaradressen var spärrad hos kundens e-postleverantör. "
                "Den är upplåst, och testmeddelanden har kommit fram.",
            ),
        ),
        contact=0,
        channel="phone",
    ),
    Problem(
        "10066",
        "jonas",
        15,
        11,
        S.QUESTION,
        "Kan vi få en egen hälsning på finska?",
        "Hamnkontoret vill ha en hälsning på finska under sommaren.",
        (
            Step(70, "jonas", "acknowledge"),
            Step(75, "jonas", "start"),
            Step(
                180,
                "jonas",
                "resolve",
                "Hälsningen är inspelad och inlagd. Den byts automatiskt "
                "den 1 juni och den 31 augusti.",
            ),
            Step(7_200, "jonas", "close"),
        ),
        contact=0,
        channel="phone",
    ),
    Problem(
        "10017",
        "jonas",
        9,
        14,
        S.MINOR,
        "Knaster på linjen i förrådet",
        "Petra säger att det knastrar när man ringer från förrådet.",
        (Step(90, "jonas", "cancel", "Det var telefonens sladd; Petra har bytt den."),),
        contact=1,
        channel="phone",
    ),
)
BRUECKNER = (
    Problem(
        "20003",
        "nico@alsterblick.example",
        0,
        10,
        S.MINOR,
        "Anrufweiterleitung am Empfang greift nicht",
        "Nach 17 Uhr soll der Empfang auf die Zentrale Lübeck umleiten. Seit gestern klingelt es "
        "einfach weiter.",
        (
            Step(18, "tobias", "acknowledge"),
            Step(
                40,
                "tobias",
                "answer",
                "Danke für die Meldung. Ich prüfe den Zeitplan und melde mich heute noch.",
            ),
        ),
    ),
    Problem(
        "20014",
        "lena",
        2,
        9,
        S.MAJOR,
        "Fax aus der Leitwarte kommt nicht an",
        "Thies Petersen meldet: Faxe an den Netzbetreiber brechen nach der ersten Seite ab.",
        (
            Step(20, "contact 0", "acknowledge"),
            Step(45, "lena", "start"),
            Step(
                160,
                "lena",
                "resolve",
                "T.38 war auf dem neuen Gateway ausgeschaltet. Zehn Testseiten sind angekommen.",
            ),
        ),
        contact=0,
        channel="phone",
    ),
)
HARBOUR = (
    Problem(
        "H2001",
        "ben@avonmead.example",
        0,
        11,
        S.MAJOR,
        "Caller ID shows the old number",
        "Customers tell us that our calls still come from the number we ported away in spring. It "
        "began with this morning's first calls.",
    ),
    Problem(
        "H2001",
        "oliver",
        5,
        15,
        S.QUESTION,
        "How do we add a second conference room?",
        "Ben asked whether the meeting room on the second floor can join the same bridge.",
        (
            Step(30, "oliver", "acknowledge"),
            Step(35, "oliver", "start"),
            Step(
                60,
                "oliver",
                "resolve",
                "Explained on the phone: one more room licence is needed. A quote is on its way.",
            ),
        ),
        contact=0,
        channel="phone",
    ),
)
PROBLEMS = {"nordlys": NORDLYS, "brueckner": BRUECKNER, "harbour": HARBOUR}
