"""What changes between a form and its submission: refused for that reason, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from dev.soak.browsers import Answer, Browser
from dev.soak.figures import Figure
from dev.soak.points import Accept, Attempt, Submit
from dev.soak.world import PASSWORD, World

WHY = "The soak suspends it."


class SubmitOfSales(Submit):
    """A person of sales places an order."""

    @property
    def browser(self) -> Browser:
        """Return the browser of sales, who sign in once more if they have to."""
        browser: Browser = self.world.sales
        if browser.get("/people/me/").status != 200:
            browser.sign_in("jonas@nordlys.example", PASSWORD)
        return browser

    def act(self) -> Answer:
        """Send the form in the session that it was opened in."""
        return self.world.sales.post(self.path, self.data)


@dataclass(frozen=True)
class Change:
    """A change, how it is undone if it can be, and what the refusal says (any of the words)."""

    name: str
    attempt: type[Attempt]
    make: Callable[[World, Attempt], Any]
    words: tuple[str, ...]
    undo: Callable[[World, Attempt], Any] | None = None


def suspend(world: World, _attempt: Attempt) -> None:
    from workspace.suspending import suspend_partner

    suspend_partner(world.partner, reason=WHY, by=None, at=timezone.now())


def reopen(world: World, _attempt: Attempt) -> None:
    from workspace.suspending import reopen_partner

    reopen_partner(world.partner, reason=WHY, by=None, at=timezone.now())


def _set_right(world: World, *, submits: bool) -> None:
    from portal.accounts.models import Role
    from portal.accounts.rights import Preset
    from portal.accounts.services.roles import save_role

    role = Role.objects.for_partner(world.partner).get(preset=Preset.SALES)
    rights = set(role.rights) - {"submit_order"} | ({"submit_order"} if submits else set())
    save_role(role, name=role.name, rights=rights)


def disable(world: World, _attempt: Attempt) -> None:
    from portal.accounts.models import Membership
    from portal.accounts.services.people import end_membership

    people = Membership.objects.for_partner(world.partner)
    end_membership(people.get(user__email="jonas@nordlys.example"), at=timezone.now())


def deactivate(world: World, _attempt: Attempt) -> None:
    from customers.services import deactivate_customer

    deactivate_customer(world.customer, at=timezone.now())


def reactivate(world: World, _attempt: Attempt) -> None:
    from customers.services import reactivate_customer

    world.customer.refresh_from_db()
    reactivate_customer(world.customer, at=timezone.now())
    world.customer.refresh_from_db()


def leave(_world: World, attempt: Attempt) -> None:
    from customers.services.support_contacts import note_left

    assert isinstance(attempt, Accept)
    note_left(attempt.asked.contact, at=timezone.now())


SIGN_IN = ("/accounts/login/",)
CHANGES = (
    Change(
        "right withdrawn",
        SubmitOfSales,
        lambda world, _attempt: _set_right(world, submits=False),
        ("You may write orders, but not place them.",),
        lambda world, _attempt: _set_right(world, submits=True),
    ),
    Change("customer deactivated", Submit, deactivate, ("inactive",), reactivate),
    # The customer reads Swedish.
    Change("contact removed", Accept, leave, ("inte längre i listan",)),
    Change("partner suspended", Submit, suspend, (*SIGN_IN, "suspended"), reopen),
    Change("person disabled", SubmitOfSales, disable, SIGN_IN),
)


def changes(world: World) -> Iterator[Figure]:
    """Yield a figure for each change."""
    world.sales.sign_in("jonas@nordlys.example", PASSWORD)
    for change in CHANGES:
        attempt = change.attempt(world)
        attempt.make_ready()
        with world.inside():
            change.make(world, attempt)
        answer = attempt.act()
        said = answer.location + answer.text
        wrong = []
        if not any(word in said for word in change.words):
            wrong.append(f"{answer.status}, and the reason is not said")
        with world.inside():
            if attempt.done():
                wrong.append("it was done")
            if change.undo is not None:
                change.undo(world, attempt)
        seen = f"{answer.status}, refused"
        if change.undo is not None:
            seen += ", done afterwards with the same form"
            wrong += _afterwards(world, attempt)
        expected = "refused with that reason, what was typed is kept"
        name = f"{change.name} × {attempt.name}"
        yield Figure(name, 1, expected, "; ".join(wrong) or seen, not wrong)


def _afterwards(world: World, attempt: Attempt) -> list[str]:
    """Do it with the same form when it is possible again."""

    def done() -> bool:
        if isinstance(attempt, Submit):
            browser = attempt.browser
            if browser.get("/people/me/").status != 200:
                browser.sign_in("anna@nordlys.example", PASSWORD)
        attempt.act()
        with world.inside():
            return attempt.done() == 1

    return [] if world.site.wait(done, 45) else ["not done afterwards with the same form"]
