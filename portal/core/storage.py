"""Static files under names that change with their content."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

Names = dict[str | None, str]


def _once(known: Names, name: str | None, find: Callable[[str | None], str]) -> str:
    """Find the address of a file once in each process: a page has thirty."""
    if name not in known:
        known[name] = find(name)
    return known[name]


class PlainStorage(StaticFilesStorage):
    """Django's storage, for development and tests: the names stay."""

    def url(self, name: str | None) -> str:
        return _once(self.__dict__.setdefault("known", {}), name, super().url)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; what our scripts import gets the new names as well.

    Django's own ``support_js_module_import_aggregation`` looks into the libraries' scripts too,
    and fails at an example in a comment of htmx.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (
                    r"""(?P<matched>import (?P<names>\{[^}]*\}) from ["'](?P<url>\./.*?)["'];)""",
                    """import %(names)s from "%(url)s";""",
                ),
            ),
        ),
    )

    def url(self, name: str | None, force: bool = False) -> str:
        if force:
            anew: str = super().url(name, force)
            return anew
        return _once(self.__dict__.setdefault("known", {}), name, super().url)
