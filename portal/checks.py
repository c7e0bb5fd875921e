"""System checks: what the process refuses to start with (ISO-18)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from xml.parsers import expat

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.management.base import SystemCheckError
from django.urls import URLPattern, URLResolver, get_resolver
from packaging.version import Version

# Views of libraries: allauth has its own rules (sign-in, limits), the admin sites require staff.
# Everything else declares a policy with a decorator of portal.accounts.access.
THIRD_PARTY = ("allauth.", "django.contrib.admin.", "portal.core.admin_sites.")
ADMIN_NAMESPACES = frozenset({"admin"})

# Older versions have a known vulnerability or bug that matters here.
MINIMUM = {
    "django": "5.2.19",
    "django-tenants": "4.0.1",
    "psycopg": "3.2",
    "django-allauth": "65.21.1",
    "django-guardian": "3.5.1",
    "celery": "5.6",
    "whitenoise": "6.8",
    "gunicorn": "23",
}
# The library that reads workbooks; before that CVE-2013-0340.
OLDEST_EXPAT = "2.4.1"


def patterns_of(urlconf: str) -> Iterator[tuple[str, URLPattern, tuple[str, ...]]]:
    """Yield (route, pattern, namespaces) of every address of a URL configuration."""

    def walk(
        resolver: URLResolver, route: str, namespaces: tuple[str, ...]
    ) -> Iterator[tuple[str, URLPattern, tuple[str, ...]]]:
        for entry in resolver.url_patterns:
            here = route + str(entry.pattern)
            if isinstance(entry, URLResolver):
                inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
                yield from walk(entry, here, inner)
            else:
                yield here, entry, namespaces

    yield from walk(get_resolver(urlconf), "", ())


def is_third_party(pattern: URLPattern, namespaces: tuple[str, ...]) -> bool:
    """Return whether a view comes from allauth or from an admin site."""
    if namespaces and namespaces[0] in ADMIN_NAMESPACES:
        return True
    view = pattern.callback
    module = getattr(getattr(view, "view_class", view), "__module__", "")
    return module.startswith(THIRD_PARTY)


@register(Tags.security)
def every_view_has_a_policy(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Report each address without a declared policy."""
    errors: list[CheckMessage] = []
    for urlconf in (
        settings.ROOT_URLCONF,
        settings.PUBLIC_SCHEMA_URLCONF,
        settings.PARTNER_ADMIN_URLCONF,
    ):
        for route, pattern, namespaces in patterns_of(urlconf):
            if is_third_party(pattern, namespaces) or hasattr(pattern.callback, "policy"):
                continue
            errors.append(
                Error(
                    f"/{route} ({urlconf}) has no policy",
                    hint="Decorate its view with needs(), by_link or public_page.",
                    id="kontor.E001",
                )
            )
    return errors


@register(Tags.security)
def partners_are_apart(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Report an app in both schemas, another backend, caches not per partner, a wildcard host."""
    errors: list[CheckMessage] = []

    def refuse(condition: bool, message: str, number: int) -> None:
        if condition:
            errors.append(Error(message, id=f"kontor.E{number:03}"))

    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)
    refuse(bool(both), f"apps in both schemas: {sorted(both)}", 2)
    engine = settings.DATABASES["default"]["ENGINE"]
    refuse(engine != "portal.tenancy.backend", f"wrong database backend: {engine}", 3)
    for name, cache in settings.CACHES.items():
        lacks_key = cache.get("KEY_FUNCTION") != "django_tenants.cache.make_key"
        refuse(
            name not in settings.SHARED_CACHES and lacks_key,
            f"cache {name} is not kept apart by partner",
            4,
        )
    refuse("*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS has a wildcard", 5)
    return errors


@register(Tags.security, deploy=True)
def production_is_closed(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Report cookies not bound to their host, staff without a second factor, embedded settings."""
    errors: list[CheckMessage] = [
        Error(f"{name} lacks __Host-", id="kontor.E006")
        for name in (
            "SESSION_COOKIE_NAME",
            "CSRF_COOKIE_NAME",
            "LANGUAGE_COOKIE_NAME",
            "PERSON_COOKIE_NAME",
            "DEVICE_COOKIE_NAME",
        )
        if not getattr(settings, name).startswith("__Host-")
    ]
    if not settings.STAFF_SECOND_FACTOR:
        errors.append(Error("staff need no second factor", id="kontor.E007"))
    if settings.EMAIL_URL.startswith("file:"):
        errors.append(Error("EMAIL_URL is a folder: nobody would get a mail", id="kontor.E010"))
    if not settings.VENDOR_EMAIL:
        errors.append(Error("VENDOR_EMAIL is empty: nobody gets the answers", id="kontor.E014"))
    if settings.EMBEDDED:
        errors.append(Error("KONTOR_EMBEDDED is set", id="kontor.E008"))
    return errors


@register(Tags.compatibility)
def libraries_are_recent(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Report each library below its minimum version."""
    return [
        Error(f"{name} {version(name)} is below {least}", id="kontor.E009")
        for name, least in MINIMUM.items()
        if Version(version(name)) < Version(least)
    ]


@register(Tags.security, deploy=True)
def expat_is_recent(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Report an expat in which entities grow without bounds.

    Up to 2.5 it also reads long tokens again and again (CVE-2023-52425), which distributions have
    mended without a new number; the import's own bound holds in any case (INP-03).
    """
    found = Version(expat.EXPAT_VERSION.removeprefix("expat_"))
    if found >= Version(OLDEST_EXPAT):
        return []
    hint = "Use a Python that was built with a newer expat, or your system's newest packages."
    return [Warning(f"expat {found} is below {OLDEST_EXPAT}", hint=hint, id="kontor.W001")]


def refuse_to_start() -> None:
    """Run all checks, for processes without a management command: web and workers.

    A portal whose domain is a real host name is checked as production. Raise SystemCheckError for
    any error.
    """
    found = run_checks()
    if settings.DOMAIN != "localhost" and not settings.EMBEDDED and not settings.DEBUG:
        found += production_is_closed(None)
    errors = [each for each in found if each.is_serious()]
    if errors:
        raise SystemCheckError("\n".join(f"{each.id}: {each.msg}" for each in errors))
