"""A pasted sample of a directory, as the synchronisation would read it."""

from __future__ import annotations

import base64
import binascii
import csv
import io
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

# What a column or attribute is, by the names that directories give it.
NAMES = {
    "name": {
        "cn",
        "displayname",
        "display name",
        "name",
        "namn",
        "full name",
        "vollständiger name",
    },
    "email": {"mail", "email", "e-mail", "e-mail address", "e-post", "e-mail-adresse"},
    "number": {
        *("telephonenumber", "phone", "telephone", "telefon", "extension", "anknytning"),
        *("durchwahl", "nummer", "number", "ipphone"),
    },
}
SHOWN = 5


@dataclass
class Sample:
    """What a sample holds: its people, and what would be left out with the reason."""

    kind: str = ""
    people: list[dict[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def shown(self) -> list[dict[str, str]]:
        return self.people[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.people) - SHOWN)


def read_sample(text: str) -> Sample:
    """Return the people of a sample in LDIF or CSV; never fails, but says what is wrong."""
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if not line.startswith("#")]
    if any(line.lower().startswith(("dn:", "dn::")) for line in lines):
        return _checked(Sample(kind="LDIF"), _ldif(lines))
    return _csv("\n".join(lines))


def _ldif(lines: list[str]) -> list[dict[str, str]]:
    unfolded: list[str] = []
    for line in lines:
        if line.startswith(" ") and unfolded:
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    found: list[dict[str, str]] = []
    for line in unfolded:
        name, colon, value = line.partition(":")
        if not colon:
            continue
        if name.lower() == "dn":
            found.append({})
            continue
        if value.startswith(":"):
            try:
                value = base64.b64decode(value[1:].strip(), validate=True).decode(
                    "utf-8", "replace"
                )
            except (binascii.Error, ValueError):
                value = ""
        if found:
            found[-1].setdefault(name.strip().lower(), value.strip())
    return [_known(entry) for entry in found]


def _csv(text: str) -> Sample:
    sample = Sample(kind="CSV")
    if not text.strip():
        sample.problems.append(_("Paste a few lines first."))
        return sample
    first = text.strip().split("\n")[0]
    delimiter = max(";\t,", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text.strip()), delimiter=delimiter) if row]
    except csv.Error as error:
        sample.problems.append(_("This can't be read: %(error)s.") % {"error": error})
        return sample
    heading = [cell.strip().lower() for cell in rows[0]]
    if not any(cell in names for cell in heading for names in NAMES.values()):
        sample.problems.append(
            _("The first line needs the names of the columns, like name, e-mail and number.")
        )
        return sample
    return _checked(sample, [_known(dict(zip(heading, row, strict=False))) for row in rows[1:]])


def _known(entry: dict[str, str]) -> dict[str, str]:
    return {
        what: next((entry[name].strip() for name in names if entry.get(name)), "")
        for what, names in NAMES.items()
    }


def _checked(sample: Sample, people: list[dict[str, str]]) -> Sample:
    seen: dict[str, str] = {}
    for at, person in enumerate(people, start=1):
        who = person["name"] or person["email"] or _("Entry %(n)s") % {"n": at}
        if not person["name"]:
            sample.problems.append(_("%(who)s has no name and is left out.") % {"who": who[:80]})
            continue
        number = "".join(person["number"].split())
        if number in seen and number:
            sample.problems.append(
                _("%(who)s has the number of %(other)s.") % {"who": who[:80], "other": seen[number]}
            )
        seen.setdefault(number, who[:80])
        sample.people.append({**person, "number": number})
    if not people:
        sample.problems.append(_("There is nobody in it."))
    return sample
