"""Every address x person x host x method against the declared matrix (ISO-20)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from portal.accounts.rights import PRESET_RIGHTS, Preset
from tests.figures import note
from tests.isolation import matrix
from tests.isolation.matrix import (
    BRUECKNER,
    CUSTOMERS,
    HOME,
    HOSTS,
    MANAGERS,
    NORDLYS,
    OPEN,
    PAGES,
    PEOPLE,
    PUBLIC,
    RANDOM,
    SIGN_IN,
    STAFF,
    UNKNOWN,
    Address,
    Case,
)
from tests.isolation.wire import Answer, Wire
from tests.isolation.world import World

pytestmark = pytest.mark.usefixtures("no_limits")

AT_NORDLYS = ("karin", "per", "ulla", "bo")
# Which hosts and people share a test: the big ones have their own, so that they run in parallel.
GROUPS: list[tuple[str, tuple[str, ...]]] = [
    (NORDLYS, ("anna",)),
    (NORDLYS, ("jonas",)),
    (NORDLYS, ("mikael",)),
    (NORDLYS, ("mona",)),
    (NORDLYS, ("karin", "per")),
    (NORDLYS, ("ulla", "bo")),
    (NORDLYS, ("lena", "kurt", "staff", "nobody")),
    (BRUECKNER, ("lena",)),
    (BRUECKNER, ("kurt",)),
    (BRUECKNER, ("anna", "jonas", "mikael", "mona", "staff", "nobody", *AT_NORDLYS)),
    (PUBLIC, ("staff",)),
    (PUBLIC, ("anna", "jonas", "mikael", "mona", "lena", "nobody", "kurt", *AT_NORDLYS)),
    (UNKNOWN, PEOPLE),
]
LEAST_REQUESTS = 10_000
# `make soak` sends all of them.
WIDE = bool(os.environ.get("KONTOR_BREADTH"))
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value="|"X-CSRFToken": ")[^"]*')


def _is_sent(name: str, host: str, number: int, names: tuple[str, ...]) -> bool:
    """Return whether a person asks for an address: in the short form some take turns.

    Each address is asked for by everybody at their own host, at each host by nobody and by both
    partners' administrators, and by one in four of all others at a host that is not theirs.
    """
    if WIDE or HOME[name] == host or name in ("anna", "lena", "nobody"):
        return True
    return (number + names.index(name)) % 4 == 0


def _methods(name: str, host: str, number: int, case: Case) -> tuple[str, ...]:
    """Return all methods on a person's own host, and fewer where the cookie is unknown."""
    other = "PUT" if number % 2 else "DELETE"
    if not WIDE and number % 3:
        return ("GET", "POST") if HOME[name] == host or name in ("anna", "nobody") else ("GET",)
    if HOME[name] == host or (name == "nobody" and host != UNKNOWN):
        return ("GET", "POST") if case.label == "random" else ("GET", "POST", other)
    return ("GET", "POST") if name == "anna" else ("GET",)


@dataclass(frozen=True)
class Request:
    """One request of the plan."""

    address: Address
    case: Case
    name: str
    method: str
    path: str
    exists: bool


def _planned(world: World, host: str, names: tuple[str, ...]) -> Iterator[Request]:
    """Yield everything that is sent to a host."""
    for number, address in enumerate(matrix.addresses()):
        for case in matrix.cases_of(address, world, host):
            for name in names:
                if not _is_sent(name, host, number, names):
                    continue
                if HOME[name] != host and case.label not in ("", "own", "assigned"):
                    continue
                path = address.path(case.values)
                exists = matrix.exists_on(path, host)
                if exists and not matrix.belongs_to(address, host):
                    continue
                for method in _methods(name, host, number, case):
                    yield Request(address, case, name, method, path, exists)


def _bare(answer: Answer) -> str:
    """Return a body without what differs from request to request."""
    return _TOKEN.sub(r"\1", _IDS.sub("ID", answer.text))


@pytest.mark.parametrize(("host", "names"), GROUPS, ids=lambda part: str(part))
def test_matrix_holds(world: World, host: str, names: tuple[str, ...]) -> None:
    """ISO-20, ISO-13, ANS-01, ANS-02, ANS-04: each status is the declared one, none is a 500.

    What a person may not see gives the same 404 as what never existed.
    """
    wire, wrong, bodies = Wire(), [], {}
    for name in names:
        cookies = world.cookies[name]
        bodies[name] = _bare(wire.send("GET", host, f"/nowhere/{RANDOM}/", cookies=cookies))
    for each in _planned(world, host, names):
        address, case, name, method = each.address, each.case, each.name, each.method
        allowed = matrix.expected(address, case, name, host, method) if each.exists else {404}
        with wire.undone():
            answer = wire.send(method, host, each.path, cookies=world.cookies[name])
        if answer.status not in allowed or answer.error:
            wrong.append(
                f"{method} {each.path} ({address.name}, {case.label}) as {name}: "
                f"{answer.status}, not {sorted(allowed)} {answer.error[-400:]}"
            )
        elif answer.status == 404 and address.name not in OPEN and _bare(answer) != bodies[name]:
            wrong.append(f"{method} {each.path} ({case.label}) as {name}: a 404 of its own")
    note(
        f"The matrix: {host} as {', '.join(names)}",
        wire.sent,
        "each status as declared, 0 errors",
        f"{len(wrong)} differ",
        not wrong,
    )
    assert not wrong, "\n".join([f"{len(wrong)} of {wire.sent} answers differ", *wrong[:30]])


def test_matrix_is_large(world: World) -> None:
    """ISO-20: at least ten thousand requests."""
    count = sum(1 for host, names in GROUPS for _each in _planned(world, host, names))
    assert {host for host, _names in GROUPS} == set(HOSTS)
    for host in HOSTS:
        assert {name for at, names in GROUPS if at == host for name in names} == set(PEOPLE)
    assert count >= LEAST_REQUESTS, count


def test_matrix_knows_every_address() -> None:
    """ISO-20: an undeclared address fails the build, and so does a declared one that is gone."""
    found = matrix.addresses()
    unknown = [f"/{each.route} ({each.name})" for each in found if not matrix.is_known(each)]
    assert not unknown, f"not in tests/isolation/matrix.py: {unknown}"
    names = {each.name for each in found}
    assert not (PAGES.keys() | OPEN.keys() | SIGN_IN.keys()) - names
    assert not STAFF.keys() - {matrix.staff_kind(name) for name in names if "admin:" in name}


def test_matrix_and_policies_agree() -> None:
    """The hand-written table agrees with the rights that the views require."""
    presets = {
        "anna": Preset.ADMINISTRATOR,
        "lena": Preset.ADMINISTRATOR,
        "jonas": Preset.SALES,
        "mikael": Preset.TECHNICIAN,
        "mona": Preset.TECHNICIAN,
    }
    own_presets = {
        name: Preset.CUSTOMER_ADMINISTRATOR if name in MANAGERS else Preset.CUSTOMER_USER
        for name in CUSTOMERS
    }
    for address in matrix.addresses():
        policy = getattr(address.pattern.callback, "policy", None)
        if address.name in OPEN and policy is not None:
            assert getattr(policy, "kind", policy) in ("public", "link"), address.name
        if address.name not in PAGES:
            continue
        own = PAGES[address.name].own
        assert policy is not None, address.name
        assert policy.kind == ("customer" if own else "member"), address.name
        has = {
            name
            for name, preset in (own_presets if own else presets).items()
            if set(policy.rights) <= set(PRESET_RIGHTS[preset])
        }
        # The table may be narrower: some rights depend on the object (assigned customers).
        assert PAGES[address.name].who <= has, address.name
        if policy.rights:
            assert PAGES[address.name].who == has, address.name
        assert bool(policy.of) == ("_id" in address.route or "pk>" in address.route), address.name


def test_matrix_notices_a_lost_right(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: with rights that everybody has, the statuses differ from the table."""
    monkeypatch.setattr("portal.accounts.models.Membership.may", lambda self, right: True)
    wire, wrong = Wire(), 0
    for each in _planned(world, NORDLYS, ("mona",)):
        if each.method != "GET" or each.address.name not in PAGES:
            continue
        answer = wire.send("GET", NORDLYS, each.path, cookies=world.cookies["mona"])
        allowed = matrix.expected(each.address, each.case, "mona", NORDLYS, "GET")
        wrong += answer.status not in allowed
    assert wrong > 20
