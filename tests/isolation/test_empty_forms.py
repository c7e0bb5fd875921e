"""Every form posted empty: what is missing is said in words, in the order of the page (USE-18)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.isolation import matrix
from tests.isolation.matrix import BRUECKNER, HOME, NORDLYS, OPEN, PAGES
from tests.isolation.wire import Answer, Wire
from tests.isolation.world import World

pytestmark = pytest.mark.usefixtures("no_limits")

# What a browser sends with an empty list of users.
HIDDEN = {"users-TOTAL_FORMS": "0", "users-INITIAL_FORMS": "0"}
_SUMMARY = re.compile(r'<div class="k-errors.*?</div>', re.DOTALL)
_ANCHOR = re.compile(r'href="#([^"]+)"')
_UNNAMED = ("This field is required.", "Dieses Feld ist zwingend erforderlich.")


def _answers(world: World) -> Iterator[tuple[str, Answer]]:
    """Yield the page of every form of a partner's host that an administrator posts empty."""
    wire = Wire()
    for host, name in ((NORDLYS, "anna"), (BRUECKNER, "nobody")):
        for address in matrix.addresses():
            known = PAGES.keys() if HOME[name] else OPEN.keys() | matrix.SIGN_IN.keys()
            if address.name not in known or address.name == "styleguide":
                continue
            if not matrix.belongs_to(address, host):
                continue
            for case in matrix.cases_of(address, world, host):
                if case.label == "random":
                    continue
                path = address.path(case.values)
                with wire.undone():
                    answer = wire.send("POST", host, path, cookies=world.cookies[name], data=HIDDEN)
                yield f"{address.name} {path}", answer


def test_what_is_missing_is_said_in_the_order_of_the_page(world: World) -> None:
    """USE-18."""
    wrong, summaries = [], 0
    for where, answer in _answers(world):
        found = _SUMMARY.search(answer.text)
        if found is None:
            continue
        summaries += 1
        anchors = _ANCHOR.findall(found.group())
        places = [answer.text.find(f'id="{anchor}"') for anchor in anchors]
        if places != sorted(places) or -1 in places:
            wrong.append(f"{where}: {anchors}")
        wrong += [f"{where}: {text}" for text in _UNNAMED if text in answer.text]
    assert not wrong, "\n".join(wrong)
    assert summaries > 25
