"""What the first request and the first task of a process would otherwise wait for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation
from django.utils.module_loading import autodiscover_modules


def warm_up() -> None:
    """Load the tasks, all addresses in all languages, and what checks an e-mail address.

    Django makes these when they are first asked for: a new process took 0.3 s longer for its first
    page that places an order. It needs no database.
    """
    autodiscover_modules("tasks")
    validate_email("somebody@kontor.example")
    for urlconf in (
        settings.ROOT_URLCONF,
        settings.PUBLIC_SCHEMA_URLCONF,
        settings.PARTNER_ADMIN_URLCONF,
    ):
        resolver = get_resolver(urlconf)
        _compile([resolver])
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                _populate(resolver, urlconf)


def _compile(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Compile the expressions of these addresses and of those below them."""
    for each in patterns:
        pattern: Any = each.pattern
        assert pattern.regex
        if isinstance(each, URLResolver):
            _compile(each.url_patterns)


def _populate(resolver: URLResolver, urlconf: str) -> None:
    """Collect the names of all addresses; each namespace is collected when it is first used."""
    for namespace in resolver.namespace_dict:
        with suppress(NoReverseMatch):
            reverse(f"{namespace}:", urlconf)
