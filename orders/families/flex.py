"""Flex: seats by kind, and the users to invite with their addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.families.base import FamilyForm
from orders.families.pasting import PastedUsers, read_users
from orders.families.user_forms import (
    LONGEST_PASTE,
    MOST_USERS,
    PasteForm,
    UserRows,
    named_users,
    typed_users,
    user_rows,
)
from portal.catalog.models import Part
from portal.core.forms import FormData

BLANK_ROWS = 3
MORE_ROWS = 5


class FlexForm(FamilyForm):
    """Seats and their users; naming users now is optional, but then all are needed."""

    template = "orders/_products_flex.html"
    is_wide = True
    needed_parts: ClassVar[tuple[str, ...]] = (Part.SEAT,)
    # How a pasted list was read, and what was done with it.
    pasted: PastedUsers | None = None
    added = ""
    entered: list[dict[str, str]]

    def prepare(self, details: dict[str, Any]) -> None:
        self.seats = [product for product in self.products if product.part == Part.SEAT]
        self.seat_choices = [(seat.sku, seat.title) for seat in self.seats]
        data = self.data if self.is_bound else None
        self.users = self._user_rows(data, details.get("users", []))
        self.paste = PasteForm(data, seats=self.seat_choices, prefix="paste")

    def _user_rows(
        self, data: FormData, users: Sequence[dict[str, str]], blank: int = BLANK_ROWS
    ) -> UserRows:
        return user_rows(data, users, seats=self.seat_choices, blank=blank)

    def rebuilt(self, action: str) -> FlexForm | None:
        """Return the form as it was filled in, with rows or a pasted list added (ORD-31)."""
        if action not in ("rows", "paste", "add"):
            return None
        typed = {name: self.data.get(name) for name in self.fields}
        paste = {name: self.paste[name].data for name in self.paste.fields}
        step = FlexForm(order=self.order, today=self.today, initial=typed)
        step.entered = typed_users(self.users)
        if action != "rows":
            step.read_pasted(paste, adds=action == "add")
        step.paste = PasteForm(seats=self.seat_choices, prefix="paste", initial=paste)
        step.paste.fields["match_seats"].help_text = escape(step.seats_then())
        blank = MORE_ROWS if action == "rows" else BLANK_ROWS
        step.users = step._user_rows(None, step.entered, blank)
        return step

    def read_pasted(self, paste: dict[str, Any], *, adds: bool) -> None:
        """Read the pasted list, and add what can be added if it is what was shown."""
        # Ticked when the list is shown first.
        paste["match_seats"] = paste["match_seats"] if paste["read"] else True
        self.pasted = self._pasted(paste)
        if adds and self.pasted.good and paste["read"] == self.pasted.digest:
            good = self.pasted.good
            self.entered += [{"name": u.name, "email": u.email, "seat": u.seat} for u in good]
            self.added = ngettext(
                "%(n)s user was added to the form. Nothing is saved yet.",
                "%(n)s users were added to the form. Nothing is saved yet.",
                len(good),
            ) % {"n": len(good)}
            if paste["match_seats"]:
                wanted = self._seats_of(self.entered)
                self.initial.update({self.key(seat.pk): wanted[seat.sku] for seat in self.seats})
            paste["text"] = self.pasted.rest
            self.pasted = self._pasted(paste) if paste["text"] else None
        paste["read"] = self.pasted.digest if self.pasted else ""

    def _pasted(self, paste: dict[str, Any]) -> PastedUsers:
        skus = [seat.sku for seat in self.seats]
        return read_users(
            str(paste["text"] or "")[:LONGEST_PASTE],
            seats=self.seats,
            default=paste["seat"] if paste["seat"] in skus else "".join(skus[:1]),
            taken=[row["email"].strip() for row in self.entered],
            room=MOST_USERS - len(self.entered),
        )

    @staticmethod
    def _seats_of(rows: Sequence[dict[str, str]]) -> Counter[str]:
        return Counter(row["seat"] for row in rows)

    def seats_then(self) -> str:
        """Return the quantities of seats once the pasted users are among the others."""
        good = self.pasted.good if self.pasted is not None else []
        wanted = self._seats_of(self.entered) + Counter(user.seat for user in good)
        return ", ".join(f"{wanted[s.sku]} × {s.title}" for s in self.seats if wanted[s.sku])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.paste["text"].data and str(self.paste["text"].data).strip():
            self.paste.add_error("text", _("Add the list to the users, or empty this box."))
            self.add_error(None, _("The pasted list of users is not in the order yet."))
        if not self.users.is_valid():
            self.add_error(None, _("Check the users: some rows need a change."))
            return data
        rows = named_users(self.users)
        seen: set[str] = set()
        for row in rows:
            address = row["email"].lower()
            if address in seen:
                self.add_error(None, _('"%s" is listed twice.') % address)
            seen.add(address)
        self.need_details()
        return data

    def details(self) -> dict[str, Any]:
        return {"users": named_users(self.users)}
