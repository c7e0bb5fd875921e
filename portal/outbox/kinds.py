"""What each kind of e-mail and document is called: words instead of a template's name (CHAN-36)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise

_words: dict[str, Promise] = {}


def name_kinds(kinds: Mapping[str, Promise]) -> None:
    """Say what an app's e-mails and documents are called, by template or kind.

    Raise ValueError for one that has a name.
    """
    for kind, words in kinds.items():
        if _words.setdefault(kind, words) is not words:
            raise ValueError(f"two names for {kind}")


def kind_in_words(kind: str) -> str:
    """Return what a kind is called in the reader's language."""
    words = _words.get(kind)
    # Templates that are gone still have messages; their names are better than nothing.
    return str(words) if words is not None else kind.rpartition("/")[2].replace("_", " ")


def named_kinds() -> list[tuple[str, str]]:
    """Return every kind and what it is called, in the order of the words."""
    return sorted(((kind, str(words)) for kind, words in _words.items()), key=lambda pair: pair[1])
