"""A pasted list of Flex users: which column is which, and what is wrong at which line (ORD-31)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext as _

from orders.families.pasted_columns import (
    LONGEST_SHOWN,
    Seats,
    Untold,
    headed_columns,
    ignored_columns,
    told_columns,
)
from portal.catalog.models import Product
from portal.core.pasted_tables import PastedRow, pasted_rows

MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class PastedUser:
    """A user as a line was read, and what is wrong with it."""

    line: int
    name: str
    email: str
    seat: str
    seat_label: str
    text: str = ""
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PastedUsers:
    """A pasted list as it was read; ``trouble`` says why it could not be."""

    users: list[PastedUser] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    trouble: str = ""
    head: str = ""

    @property
    def good(self) -> list[PastedUser]:
        return [user for user in self.users if not user.problems]

    @property
    def bad(self) -> list[PastedUser]:
        return [user for user in self.users if user.problems]

    @property
    def rest(self) -> str:
        """Return the text without the lines that can be added, under its headings."""
        bad = [user.text for user in self.bad]
        return "\n".join([self.head, *bad] if self.head and bad else bad)

    @property
    def digest(self) -> str:
        """Return a mark of what was read, to notice that it is no longer what was shown."""
        read = repr([(user.line, user.name, user.email, user.seat) for user in self.good])
        return hashlib.sha256(read.encode("utf-8", "surrogatepass")).hexdigest()


def read_users(
    text: str,
    *,
    seats: Sequence[Product],
    default: str,
    taken: Collection[str],
    room: int = MOST_LINES,
) -> PastedUsers:
    """Return how a pasted list is read (ORD-31).

    ``default`` is the SKU for lines without a seat, ``taken`` the addresses entered already,
    ``room`` how many users the order has room for.
    """
    rows = pasted_rows(text)
    if not rows:
        return PastedUsers(trouble=_("Paste the list first."))
    columns = headed_columns(rows[0])
    head = rows[0] if columns else None
    rows = rows[1:] if head else rows
    if len(rows) > MOST_LINES:
        trouble = _("At most %(most)s lines at once; these are %(have)s. Paste them in parts.")
        return PastedUsers(trouble=trouble % {"most": MOST_LINES, "have": len(rows)})
    if len(rows) > room:
        trouble = _("This order has room for %s more users; put the others in another order.")
        return PastedUsers(trouble=trouble % room)
    if not rows:
        return PastedUsers(trouble=_("The list has headings only."))
    known = Seats(seats)
    try:
        columns = told_columns(columns, rows, known)
    except Untold as error:
        return PastedUsers(trouble=str(error))
    reader = _Reader(columns, known, default, taken)
    users = [reader.user(row) for row in rows]
    ignored = ignored_columns(columns, rows, head)
    return PastedUsers(users, ignored, head=head.text if head else "")


class _Reader:
    """Reads the rows one after the other, and remembers which addresses it has seen."""

    def __init__(
        self, columns: Mapping[str, int], seats: Seats, default: str, taken: Collection[str]
    ) -> None:
        self.columns, self.seats, self.default = columns, seats, default
        self.taken = {address.casefold() for address in taken}
        self.seen: dict[str, int] = {}
        self.name = forms.CharField(max_length=120)
        self.email = forms.EmailField()

    def cell(self, row: PastedRow, role: str) -> str:
        return row.at(self.columns[role]) if role in self.columns else ""

    def user(self, row: PastedRow) -> PastedUser:
        """Return the user of a row."""
        parts = [self.cell(row, role) for role in ("name", "first", "last")]
        name, email = " ".join(part for part in parts if part), self.cell(row, "email")
        typed = self.cell(row, "seat")
        seat = self.seats.find(typed) if typed else self.default
        label = self.seats.labels.get(seat, typed[:LONGEST_SHOWN])
        problems = [*self._name(name), *self._email(email, row.line)]
        if not seat:
            problems.append(_('"%s" is no seat that can be ordered here.') % typed[:LONGEST_SHOWN])
        return PastedUser(row.line, name, email, seat, label, row.text, problems)

    def _name(self, name: str) -> list[str]:
        if not name:
            return [_("The name is missing.")]
        if len(name) > 120:
            return [_("The name has %s characters; at most 120 fit.") % len(name)]
        return [] if _is_valid(self.name, name) else [_("The name can't be read.")]

    def _email(self, email: str, line: int) -> list[str]:
        if not email:
            return [_("The e-mail address is missing.")]
        if not _is_valid(self.email, email):
            return [_('"%s" is not an e-mail address.') % email[:LONGEST_SHOWN]]
        address = email.casefold()
        if address in self.taken:
            return [_("This address is among the users already.")]
        first = self.seen.setdefault(address, line)
        return [] if first == line else [_("The same address as in line %s.") % first]


def _is_valid(checks: forms.Field, text: str) -> bool:
    try:
        checks.clean(text)
    except forms.ValidationError:
        return False
    return True
