"""The demo's platforms: a system on the customer's premises, and one that synchronises itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.catalog.models import AllowedNetwork, Platform, PlatformStep, StepField

Kind = StepField.Kind
Three = tuple[str, str, str]


@dataclass(frozen=True)
class Ask:
    """A field: code, kind, label in three languages, and what else it has."""

    code: str
    kind: str
    label: Three
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A step with its fields."""

    code: str
    title: Three
    help: Three
    asks: tuple[Ask, ...]
    test: str = ""


YES_NO_FALSE = {"is_required": False}
MODES = "dhcp = Automatic (DHCP) | Automatisch (DHCP) | Automatiskt (DHCP)\nstatic = Fixed address | Feste Adresse | Fast adress"

GATEWAY = Part(
    "gateway",
    ("Gateway", "Gateway", "Gateway"),
    (
        "The device that connects the site with the cloud.",
        "Das Gerät, das den Standort mit der Cloud verbindet.",
        "Enheten som förbinder anläggningen med molnet.",
    ),
    (
        Ask("site", Kind.SITE, ("Site", "Standort", "Anläggning"), {"is_required": False}),
        Ask("name", Kind.TEXT, ("Name of the gateway", "Name des Gateways", "Gatewayens namn")),
        Ask(
            "serial",
            Kind.SERIAL,
            ("Serial number", "Seriennummer", "Serienummer"),
            {"pattern": r"[A-Z]{2}\d{8}", "example": "GW10023456"},
        ),
        Ask("mac", Kind.MAC, ("MAC address", "MAC-Adresse", "MAC-adress")),
        Ask("mode", Kind.CHOICE, ("Network", "Netzwerk", "Nätverk"), {"choices": MODES}),
        Ask(
            "address",
            Kind.NETWORK,
            ("Address with network", "Adresse mit Netz", "Adress med nät"),
            {"only_if": "mode=static"},
        ),
        Ask(
            "router",
            Kind.IP,
            ("Router", "Router", "Router"),
            {"only_if": "mode=static", "inside": "address"},
        ),
        Ask(
            "dns",
            Kind.IP,
            ("Name server", "Nameserver", "Namnserver"),
            {"only_if": "mode=static", "is_required": False},
        ),
    ),
)
PBX = Part(
    "pbx",
    ("PBX", "Telefonanlage", "Växel"),
    (
        "The telephone system behind the gateway.",
        "Die Telefonanlage hinter dem Gateway.",
        "Telefonväxeln bakom gatewayen.",
    ),
    (
        Ask(
            "type",
            Kind.CHOICE,
            ("Type", "Typ", "Typ"),
            {
                "choices": "415 = MiVoice Office 415\n430 = MiVoice Office 430\n470 = MiVoice Office 470"
            },
        ),
        Ask(
            "version",
            Kind.TEXT,
            ("Software version", "Softwareversion", "Programversion"),
            {"pattern": r"\d+\.\d+(\.\d+)?", "example": "7.2"},
        ),
        Ask("address", Kind.IP, ("IP address", "IP-Adresse", "IP-adress")),
        Ask(
            "extensions",
            Kind.RANGES,
            ("Extension ranges", "Durchwahlbereiche", "Anknytningsserier"),
        ),
    ),
)
CONNECT = Part(
    "connect",
    ("Connect", "Verbindung", "Anslutning"),
    (
        "How the system is reached for maintenance.",
        "Wie die Anlage für die Wartung erreicht wird.",
        "Hur systemet nås för underhåll.",
    ),
    (
        Ask(
            "host",
            Kind.HOST,
            ("Host name or IP address", "Hostname oder IP-Adresse", "Värdnamn eller IP-adress"),
        ),
        Ask("port", Kind.NUMBER, ("Port", "Port", "Port"), {"minimum": 1, "maximum": 65535}),
        Ask("user", Kind.TEXT, ("User name", "Benutzername", "Användarnamn"), {"is_fact": False}),
        Ask("password", Kind.SECRET, ("Password", "Passwort", "Lösenord")),
        Ask(
            "certificate",
            Kind.FILE,
            ("Form of consent", "Einverständniserklärung", "Medgivande"),
            {"is_required": False},
        ),
    ),
    PlatformStep.Test.REACH,
)
SYNC = Part(
    "sync",
    ("Sync", "Synchronisierung", "Synkronisering"),
    (
        "Where people and numbers come from.",
        "Woher Personen und Nummern kommen.",
        "Varifrån personer och nummer hämtas.",
    ),
    (
        Ask(
            "source",
            Kind.CHOICE,
            ("Directory", "Verzeichnis", "Katalog"),
            {
                "choices": "entra = Microsoft Entra ID\nldap = LDAP\ncsv = CSV file | CSV-Datei | "
                "CSV-fil"
            },
        ),
        Ask(
            "server",
            Kind.HOST,
            ("Directory server", "Verzeichnisserver", "Katalogserver"),
            {"only_if": "source=ldap"},
        ),
        Ask(
            "schedule",
            Kind.CHOICE,
            ("Schedule", "Zeitplan", "Schema"),
            {
                "choices": "hour = Every hour | Stündlich | Varje timme\n"
                "night = Every night | Jede Nacht | Varje natt\n"
                "hand = By hand | Von Hand | Manuellt"
            },
        ),
        Ask("numbers", Kind.YES_NO, ("Numbers too", "Auch Nummern", "Även nummer"), YES_NO_FALSE),
        Ask("pictures", Kind.YES_NO, ("Pictures too", "Auch Bilder", "Även bilder"), YES_NO_FALSE),
    ),
    PlatformStep.Test.DIRECTORY,
)
PLATFORMS: tuple[tuple[str, str, Three, tuple[Part, ...]], ...] = (
    (
        "mivo400",
        "MiVoice Office 400",
        (
            "A PBX on the customer's premises, connected through a gateway.",
            "Eine Telefonanlage beim Kunden, über ein Gateway verbunden.",
            "En växel hos kunden, ansluten via en gateway.",
        ),
        (GATEWAY, PBX, CONNECT),
    ),
    (
        "smbc",
        "SMB Controller",
        (
            "Everything in one device; people come from a directory.",
            "Alles in einem Gerät; die Personen kommen aus einem Verzeichnis.",
            "Allt i en enhet; personerna hämtas från en katalog.",
        ),
        (GATEWAY, SYNC),
    ),
)


def load_platforms() -> None:
    """Create the platforms with their steps; what is there stays as it is."""
    for position, (code, name, summary, parts) in enumerate(PLATFORMS):
        platform, made = Platform._default_manager.get_or_create(
            code=code,
            defaults={
                "name": name,
                "description": summary[0],
                "description_de": summary[1],
                "description_sv": summary[2],
                "is_offered": True,
                "position": position,
            },
        )
        for place, part in enumerate(parts if made else ()):
            _load_step(platform, part, place)
    AllowedNetwork._default_manager.get_or_create(
        network="198.18.0.0/15", defaults={"note": "Demo network for measurements"}
    )


def _load_step(platform: Platform, part: Part, place: int) -> None:
    step = PlatformStep._default_manager.create(
        platform=platform,
        code=part.code,
        title=part.title[0],
        title_de=part.title[1],
        title_sv=part.title[2],
        help=part.help[0],
        help_de=part.help[1],
        help_sv=part.help[2],
        test=part.test,
        position=place,
    )
    StepField._default_manager.bulk_create(
        StepField(
            step=step,
            code=ask.code,
            kind=ask.kind,
            label=ask.label[0],
            label_de=ask.label[1],
            label_sv=ask.label[2],
            position=at,
            **ask.more,
        )
        for at, ask in enumerate(part.asks)
    )
