"""The steps of an onboarding as they were when it was begun (ONB-01, ONB-02).

Channel sales keeps platforms, steps and fields as data. An onboarding carries a copy of them, so
that a change of the platform never changes a form that somebody is filling in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from customers.models.onboarding import Onboarding, in_reader_language
from portal.catalog.models import Platform, PlatformStep, StepField
from portal.catalog.models.platforms import choices_of

Kind = StepField.Kind
Texts = Mapping[str, str]
LANGUAGES = ("", "_de", "_sv")


@dataclass(frozen=True)
class Field:
    """Something that a step asks for."""

    code: str
    kind: str
    label: Texts
    help: Texts
    is_required: bool
    is_fact: bool
    choices: tuple[tuple[str, Texts], ...]
    pattern: str
    example: str
    minimum: int | None
    maximum: int | None
    only_if: str
    inside: str

    @property
    def title(self) -> str:
        return in_reader_language(self.label)

    def asked(self, answers: Mapping[str, Any]) -> bool:
        """Return whether the field is asked for with these answers of its step."""
        other, _sign, value = self.only_if.partition("=")
        if not other:
            return True
        given = answers.get(other.strip())
        text = {True: "yes", False: "no", None: ""}.get(given, given)
        return str(text) == value.strip()

    def shown(self, value: object) -> Any:
        """Return an answer as a text, or as texts by language for a choice."""
        if self.kind == Kind.CHOICE:
            return dict(dict(self.choices).get(str(value), {"en": str(value)}))
        if self.kind == Kind.YES_NO:
            return YES if value else NO
        return str(value)


YES: Texts = {"en": "yes", "de": "ja", "sv": "ja"}
NO: Texts = {"en": "no", "de": "nein", "sv": "nej"}


@dataclass(frozen=True)
class Step:
    """A step after the customer's, with its fields in order."""

    code: str
    texts: Texts
    help: Texts
    test: str
    fields: tuple[Field, ...]

    @property
    def title(self) -> str:
        return in_reader_language(self.texts)

    @property
    def hint(self) -> str:
        return in_reader_language(self.help)

    def first(self, *kinds: str) -> Field | None:
        """Return the first field of one of these kinds."""
        return next((field for field in self.fields if field.kind in kinds), None)


def _texts(row: PlatformStep | StepField, name: str) -> dict[str, str]:
    found = {
        (suffix.removeprefix("_") or "en"): getattr(row, f"{name}{suffix}") for suffix in LANGUAGES
    }
    return {language: text for language, text in found.items() if text}


def _field(row: StepField) -> dict[str, Any]:
    return {
        "code": row.code,
        "kind": row.kind,
        "label": _texts(row, "label"),
        "help": _texts(row, "help"),
        "is_required": row.is_required,
        "is_fact": row.is_fact and row.kind not in (Kind.SECRET, Kind.FILE),
        "choices": [[value, texts] for value, texts in choices_of(row.choices)],
        "pattern": row.pattern,
        "example": row.example,
        "minimum": row.minimum,
        "maximum": row.maximum,
        "only_if": row.only_if,
        "inside": row.inside,
    }


def _step(row: PlatformStep) -> dict[str, Any]:
    fields = sorted(row.fields.all(), key=lambda field: (field.position, field.pk))
    return {
        "code": row.code,
        "title": _texts(row, "title"),
        "help": _texts(row, "help"),
        "test": row.test,
        "fields": [_field(field) for field in fields],
    }


def flow_of(platform: Platform) -> dict[str, Any]:
    """Return a platform's steps as they are now, to be kept with an onboarding."""
    rows = platform.steps.prefetch_related("fields").order_by("position", "pk")
    return {
        "name": platform.name,
        "version": platform.version,
        "steps": [_step(row) for row in rows],
    }


def _read_field(kept: Mapping[str, Any]) -> Field:
    choices = tuple((str(value), texts) for value, texts in kept["choices"])
    return Field(**{**kept, "choices": choices})


def _read(kept: Mapping[str, Any]) -> Step:
    return Step(
        code=kept["code"],
        texts=kept["title"],
        help=kept["help"],
        test=kept["test"],
        fields=tuple(_read_field(field) for field in kept["fields"]),
    )


def steps_of(onboarding: Onboarding) -> list[Step]:
    """Return the steps after the customer's, in order."""
    return [_read(kept) for kept in onboarding.flow["steps"]]


def step_of(onboarding: Onboarding, code: str) -> Step | None:
    """Return a step by its code; None for one that the platform lacks (ONB-02)."""
    return next((step for step in steps_of(onboarding) if step.code == code), None)


def facts_of(onboarding: Onboarding) -> Iterator[dict[str, Any]]:
    """Return what is shown of the system afterwards, never a secret (ONB-24)."""
    for step in steps_of(onboarding):
        answers = onboarding.answers.get(step.code, {})
        for field in step.fields:
            value = answers.get(field.code)
            if not field.is_fact or field.kind == Kind.SITE or value in (None, ""):
                continue
            if field.asked(answers):
                yield {
                    "step": dict(step.texts),
                    "label": dict(field.label),
                    "value": field.shown(value),
                }
