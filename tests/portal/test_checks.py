"""The system checks at startup (ISO-18), and the settings of production."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management.base import SystemCheckError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from dev.tools.test import NOT_PRODUCTION, PRODUCTION
from portal import checks
from portal.accounts.access import needs, public_page
from portal.checks import patterns_of, refuse_to_start

URLCONFS = ["ROOT_URLCONF", "PUBLIC_SCHEMA_URLCONF", "PARTNER_ADMIN_URLCONF"]


def found() -> set[str]:
    """Return the ids of all our findings, including those of production."""
    every = run_checks(include_deployment_checks=True)
    return {str(each.id) for each in every if str(each.id).startswith("kontor.")}


@pytest.fixture(autouse=True)
def _production(settings: Any) -> None:
    """Settings as in production, where nothing is found; each test breaks one thing."""
    settings.SESSION_COOKIE_NAME = "__Host-session"
    settings.CSRF_COOKIE_NAME = "__Host-csrf"
    settings.LANGUAGE_COOKIE_NAME = "__Host-language"
    settings.PERSON_COOKIE_NAME = "__Host-person"
    settings.DEVICE_COOKIE_NAME = "__Host-device"
    settings.STAFF_SECOND_FACTOR, settings.EMBEDDED = True, False
    settings.EMAIL_URL = "smtp://mail.kontor.example:25"


def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@public_page
def _open(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _urlconf(*patterns: Any) -> str:
    name = "tests.portal.urls_made_up"
    module = types.ModuleType(name)
    module.urlpatterns = list(patterns)  # type: ignore[attr-defined]
    sys.modules[name] = module
    from django.urls import clear_url_caches

    clear_url_caches()
    return name


def test_nothing_is_found_as_it_is() -> None:
    """The portal starts."""
    assert found() == set()
    refuse_to_start()


@pytest.mark.parametrize(
    "which", ["ROOT_URLCONF", "PUBLIC_SCHEMA_URLCONF", "PARTNER_ADMIN_URLCONF"]
)
def test_view_without_a_policy_is_found(settings: Any, which: str) -> None:
    """E001, ISO-18, CV-15: in each of the three URL configurations, at any depth."""
    inner = [path("fine/", _open), path("bad/", _view)]
    setattr(settings, which, _urlconf(path("deep/", include((inner, "deep"), namespace="x"))))
    findings = checks.every_view_has_a_policy(None)
    assert [each.id for each in findings] == ["kontor.E001"]
    assert findings[0].msg.startswith("/deep/bad/ (")
    with pytest.raises(SystemCheckError, match=r"kontor\.E001"):
        refuse_to_start()


def test_view_cannot_hide_in_the_admin_s_name(settings: Any) -> None:
    """E001: an app that names itself admin below another prefix is checked."""
    inner = path("admin/", include(([path("x/", _view)], "admin"), namespace="admin"))
    settings.ROOT_URLCONF = _urlconf(path("deep/", include(([inner], "deep"), namespace="deep")))
    assert len(checks.every_view_has_a_policy(None)) == 1


def test_policies_are_kept_on_the_views() -> None:
    """The check and the matrix read the arguments of the decorator."""

    @needs("view_order", of="order")
    def view(request: Any) -> HttpResponse:
        return HttpResponse()

    policy = view.policy  # type: ignore[attr-defined]
    assert (policy.kind, policy.rights, policy.of) == ("member", ("view_order",), "order")


def test_patterns_are_all_walked() -> None:
    """The checks and the matrix depend on this traversal."""
    names = {pattern.name for _route, pattern, _spaces in patterns_of(settings.ROOT_URLCONF)}
    assert {"dashboard", "customer", "review", "people", "account_login", "mfa_index"} <= names


Arrange = Callable[[Any], None]


def _both_schemas(settings: Any) -> None:
    settings.TENANT_APPS = [*settings.TENANT_APPS, "django.contrib.auth"]


def _library_backend(settings: Any) -> None:
    database = {**settings.DATABASES["default"], "ENGINE": "django_tenants.postgresql_backend"}
    settings.DATABASES = {"default": database}


def _shared_cache(settings: Any) -> None:
    plain = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {**settings.CACHES, "pages": plain}


def _wildcard(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]


def _session_cookie(settings: Any) -> None:
    settings.SESSION_COOKIE_NAME = "session"


def _csrf_cookie(settings: Any) -> None:
    settings.CSRF_COOKIE_NAME = "csrftoken"


def _language_cookie(settings: Any) -> None:
    settings.LANGUAGE_COOKIE_NAME = "language"


def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def _embedded(settings: Any) -> None:
    settings.EMBEDDED = True


def _nobody_at_the_vendor(settings: Any) -> None:
    """CHAN-16: channel sales without an address."""
    settings.VENDOR_EMAIL = ""


def _mail_to_a_folder(settings: Any) -> None:
    settings.EMAIL_URL = "file:///var/mail"


@pytest.mark.parametrize(
    ("arrange", "number"),
    [
        (_both_schemas, "kontor.E002"),
        (_library_backend, "kontor.E003"),
        (_shared_cache, "kontor.E004"),
        (_wildcard, "kontor.E005"),
        (_session_cookie, "kontor.E006"),
        (_csrf_cookie, "kontor.E006"),
        (_language_cookie, "kontor.E006"),
        (_no_second_factor, "kontor.E007"),
        (_embedded, "kontor.E008"),
        (_mail_to_a_folder, "kontor.E010"),
        (_nobody_at_the_vendor, "kontor.E014"),
    ],
)
@pytest.mark.filterwarnings("ignore:Overriding setting")
def test_each_condition_is_found(settings: Any, arrange: Arrange, number: str) -> None:
    """ISO-18: one thing broken, one finding, and the web process does not start."""
    arrange(settings)
    every = [
        *checks.partners_are_apart(None),
        *checks.production_is_closed(None),
        *checks.libraries_are_recent(None),
    ]
    assert {each.id for each in every} == {number}
    if number != "kontor.E008":
        settings.DOMAIN = "kontor.example"
        with pytest.raises(SystemCheckError, match=number):
            refuse_to_start()


def test_cache_apart_by_partner_is_no_finding(settings: Any) -> None:
    """E004 is about the key function, not about caches."""
    apart = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "django_tenants.cache.make_key",
    }
    settings.CACHES = {**settings.CACHES, "pages": apart}
    assert checks.partners_are_apart(None) == []


def test_old_library_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """E009: a library below its minimum."""
    monkeypatch.setitem(checks.MINIMUM, "django-allauth", "99.0")
    assert [each.id for each in checks.libraries_are_recent(None)] == ["kontor.E009"]
    assert found() == {"kontor.E009"}
    with pytest.raises(SystemCheckError, match=r"kontor\.E009"):
        refuse_to_start()


def test_minimum_versions_cover_security_libraries() -> None:
    """A library that isolation or sign-in depend on has a minimum version."""
    assert {"django", "django-tenants", "psycopg", "django-allauth"} <= checks.MINIMUM.keys()


def test_local_trial_of_the_real_shape_may_start(settings: Any) -> None:
    """``localhost`` over http, without https in front, is not production."""
    _session_cookie(settings)
    assert settings.DOMAIN == "localhost"
    refuse_to_start()


def _run(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a process with the settings of production, on the tests' servers."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_PRODUCTION}
    for name in ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "DJANGO_SETTINGS_MODULE"):
        kept.pop(name, None)
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**kept, "SECRET_KEY": "s3cr3t-" * 12, **PRODUCTION, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_deploy_check_is_clean() -> None:
    """``check --deploy`` finds nothing with the settings of production."""
    done = _run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_web_process_refuses_plain_http_in_production() -> None:
    """ISO-08, ISO-18: without ``__Host-`` cookies the process does not start at all."""
    done = _run("-c", "import portal.wsgi", KONTOR_SCHEME="http")
    assert done.returncode != 0
    assert "kontor.E006" in done.stderr
    assert _run("-c", "import portal.wsgi").returncode == 0


def test_worker_refuses_like_the_web() -> None:
    """ISO-18: Celery ignores errors of its signals, but not this one."""
    code = "from celery.signals import worker_init as s; import portal.celery; import django; "
    code += "django.setup(); s.send(sender=None); print('went on')"
    done = _run("-c", code, ALLOWED_HOSTS="*")
    assert done.returncode != 0
    assert "went on" not in done.stdout and "kontor.E005" in done.stderr


PROBE = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()
from django.conf import settings
names = [name for name in dir(settings) if name.startswith((
    "SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE", "SECURE_", "EMBEDDED", "STAFF_", "DEBUG"))]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def test_production_settings_are_closed() -> None:
    """ISO-08, ISO-17, INP-09: cookies of one host and of https only, HSTS, second factor."""
    done = _run("-c", PROBE)
    assert done.returncode == 0, done.stderr
    have: dict[str, Any] = json.loads(done.stdout)
    for cookie in ("SESSION", "CSRF", "LANGUAGE"):
        assert have[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        # A browser accepts a __Host- cookie only with these three.
        assert have[f"{cookie}_COOKIE_SECURE"] is True
        assert have[f"{cookie}_COOKIE_PATH"] == "/"
        assert have[f"{cookie}_COOKIE_DOMAIN"] is None
        assert have[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    assert have["SESSION_COOKIE_HTTPONLY"] is True
    assert have["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert have["SECURE_SSL_REDIRECT"] is True
    assert (have["EMBEDDED"], have["DEBUG"], have["STAFF_SECOND_FACTOR"]) == (False, False, True)


@pytest.mark.parametrize(
    ("version", "ids"),
    [("2.4.0", ["kontor.W001"]), ("2.4.1", []), ("2.7.3", [])],
)
def test_an_old_expat_is_reported(
    version: str, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """INP-03: by `manage.py check --deploy`; entities without bounds are a warning."""
    monkeypatch.setattr("portal.checks.expat.EXPAT_VERSION", f"expat_{version}")
    assert [each.id for each in checks.expat_is_recent(None)] == ids
