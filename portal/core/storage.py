"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


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
