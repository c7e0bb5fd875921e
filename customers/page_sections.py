"""Sections of the customer's page that other apps fill (REG-01, REG-12).

The register does not import orders and quotes; each registers its sections here when it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from customers.http import CustomerRequest

# Rows of each kind that are shown at first; all are shown on request (REG-14).
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page: a template, which gets ``context`` as ``section``."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


Builder = Callable[[CustomerRequest], Section | None]
_builders: list[tuple[int, Builder]] = []


def add_section(builder: Builder, *, position: int) -> None:
    """Add a section to every customer's page; a second time has no effect.

    ``builder`` returns the section of a request, or None to show nothing. Sections are shown in the
    order of ``position``, the lowest first.
    """
    if (position, builder) not in _builders:
        _builders.append((position, builder))
        _builders.sort(key=lambda each: each[0])


def sections_of(request: CustomerRequest) -> list[Section]:
    """Return the sections that this person sees of the request's customer."""
    built = (builder(request) for _position, builder in _builders)
    return [section for section in built if section is not None]


def shows_all(request: CustomerRequest, name: str) -> bool:
    """Return whether all rows of the section ``name`` were asked for (REG-14)."""
    return request.GET.get("all") == name
