"""Settings of the portal: one file; every difference between machines is in the environment.

`.env.example` names each variable. ``KONTOR_EMBEDDED=1`` is set by the embedded runner only.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from django.utils.translation import gettext_lazy as _

from portal.core.countries import lazy_names
from portal.core.database_limits import LIMITS, kind_of_process, with_limits
from portal.core.log_settings import LOG_SETTINGS
from portal.schedule import ROUTES, schedule

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

EMBEDDED: bool = env.bool("KONTOR_EMBEDDED", default=False)
DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY", default="")
# Encrypts personal numbers; SECRET_KEY is used if empty. A key that is set later still decrypts
# what SECRET_KEY encrypted.
DATA_KEY: str = env.str("DATA_KEY", default="")
# Former SECRET_KEYs, with which signatures are still verified and data still decrypted.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
TESTING = "pytest" in sys.modules

# Addresses. Partners are at subdomains of DOMAIN unless they bring a host of their own.
DOMAIN: str = env.str("KONTOR_DOMAIN", default="localhost")
SCHEME: str = env.str("KONTOR_SCHEME", default="http")
PUBLIC_PORT: str = env.str("KONTOR_PORT", default="")
SECURE = SCHEME == "https"
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[DOMAIN, "." + DOMAIN])

# Name servers that own hosts of partners are checked with, as address:port; none: the machine's.
DNS_SERVERS: list[str] = env.list("DNS_SERVERS", default=[])

# Apps. django-tenants gives apps, not models, to a schema; no app is in both.
SHARED_APPS = [
    "portal.tenancy",
    "portal.accounts",
    "portal.catalog",
    "portal.channel",
    "portal.outbox",
    "workspace",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "portal.core.admin_config.KontorAdminConfig",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "phonenumber_field",
    "django_countries",
    "csp",
]
if EMBEDDED or TESTING:
    SHARED_APPS.append("dev.demo")
TENANT_APPS = [
    "portal.history",
    "portal.notices",
    "portal.files",
    "auditlog",
    "guardian",
    "customers",
    "orders",
    "quotes",
    "support",
]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
# The change log is our own model (AUDITLOG_LOGENTRY_MODEL), so auditlog has no table. guardian's
# generic tables are left out too: grants are customers.CustomerGrant (D12).
MIGRATION_MODULES: dict[str, str | None] = {"auditlog": None, "guardian": None}
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
# guardian's backend is missing on purpose: rights are checked by the membership and in SQL.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

TENANT_MODEL = "tenancy.Partner"
TENANT_DOMAIN_MODEL = "tenancy.Domain"
TENANT_SYNC_ROUTER = "django_tenants.routers.TenantSyncRouter"
DATABASE_ROUTERS = [TENANT_SYNC_ROUTER]
PG_EXTRA_SEARCH_PATHS = ["extensions"]
TEMPLATE_SCHEMA = "kontor_template"

MIDDLEWARE = [
    "portal.stack_chunk.LargeStackChunkMiddleware",
    "portal.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.PolicyMiddleware",
    "portal.middleware.HeadersMiddleware",
    "portal.middleware.HealthMiddleware",
    "portal.middleware.DatabaseDownMiddleware",
    "portal.middleware.CleanInputMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.core.bounds.BoundMiddleware",  # after the static files, which are not counted
    "portal.tenancy.middleware.PartnerMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.middleware.PersonMiddleware",
    "portal.accounts.middleware.StaffIdleMiddleware",
    "portal.accounts.middleware.StaffSecondFactorMiddleware",
    "portal.tenancy.middleware.AdminPartnerMiddleware",
    "portal.channel.middleware.StaffAccessMiddleware",
    "customers.active_customer.ActiveCustomerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# Metrics, if set: each process uses the first free port of the range.
METRICS_PORTS: str = env.str("METRICS_PORTS", default="")
if METRICS_PORTS:
    first_port, _dash, last_port = METRICS_PORTS.partition("-")
    PROMETHEUS_METRICS_EXPORT_PORT_RANGE = range(int(first_port), int(last_port or first_port) + 1)
    PROMETHEUS_METRICS_EXPORT_ADDRESS = env.str("METRICS_ADDRESS", default="127.0.0.1")
    SHARED_APPS.append("django_prometheus")
    INSTALLED_APPS.append("django_prometheus")
    MIDDLEWARE = [
        "django_prometheus.middleware.PrometheusBeforeMiddleware",
        *MIDDLEWARE,
        "django_prometheus.middleware.PrometheusAfterMiddleware",
    ]

HEALTH_TOKEN: str = env.str("HEALTH_TOKEN", default="")  # for /healthz/deep from elsewhere
WEB_THREADS: int = env.int("WEB_THREADS", default=0)  # of a web process; 0: no bound

ROOT_URLCONF = "portal.urls"
PUBLIC_SCHEMA_URLCONF = "portal.urls_public"
PARTNER_ADMIN_URLCONF = "portal.urls_partner_admin"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "portal.core.templatetags.kontor",
                "portal.core.templatetags.addresses",
                "portal.core.templatetags.charts",
                "portal.core.templatetags.people",
                "django.templatetags.i18n",
            ],
            "libraries": {"kontor": "portal.core.templatetags.kontor"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workspace.context.page",
            ],
        },
    }
]
FORM_RENDERER = "portal.core.form_rendering.KontorRenderer"

# Database
_database: dict[str, Any] = env.db_url("DATABASE_URL", default="postgres://kontor@127.0.0.1/kontor")
_database["ENGINE"] = "portal.tenancy.backend"
_database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
_database["CONN_HEALTH_CHECKS"] = True
# How long this kind of process waits for a lock, a statement and a server that is frozen.
DATABASE_LIMITS = LIMITS[kind_of_process()]
_database = with_limits(_database, DATABASE_LIMITS)
DATABASES: dict[str, dict[str, Any]] = {"default": _database}
# What makes or removes tables does so as the role that owns them, if there is one: these commands,
# and the worker of the queue `schemas` alone (AVAIL-08).
OWNERS = {"migrate", "create_partner", "restore_partner", "--queues=schemas"}
if env.str("MIGRATE_DATABASE_URL", default="") and OWNERS.intersection(sys.argv):
    _migrate = env.db_url("MIGRATE_DATABASE_URL")
    DATABASES["default"] = {
        **_database,
        **{k: v for k, v in _migrate.items() if v and k != "ENGINE"},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis or Valkey: Celery's broker and counters of limits. It holds nothing that must be kept.
REDIS_URL: str = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
IMAP_URL: str = env.str("IMAP_URL", default="")  # a mailbox that mail is fetched from
CACHES = {
    "default": {
        "BACKEND": "portal.core.cache.LimitsCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "limits",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}
# Counters of limits are shared by all hosts (INP-10); every other cache must be per partner.
SHARED_CACHES = ["default"]

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "max_retries": 0,
    "visibility_timeout": 3600,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ROUTES = ROUTES
CELERY_BEAT_SCHEDULE = schedule(mailbox=bool(IMAP_URL))

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.backends.MembershipBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name, "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
DEMO_PASSWORD = "demo-2026-kontor"  # noqa: S105  refused unless EMBEDDED
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# A path, because below /admin/p/<partner>/ the name can't be reversed.
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "portal.accounts.adapter.MfaAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SCHEME
ACCOUNT_FORMS = {
    "login": "portal.accounts.sign_in_forms.SignInForm",
    "reset_password": "portal.accounts.sign_in_forms.ResetPasswordForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kontor"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
USERSESSIONS_TRACK_ACTIVITY = False
STAFF_SECOND_FACTOR = not EMBEDDED
# After so many minutes without a request staff are signed out; 0: never.
STAFF_IDLE_MINUTES: int = env.int("STAFF_IDLE_MINUTES", default=0 if EMBEDDED else 30)

# Sessions and cookies: bound to one host, in production by the browser too.
SESSION_ENGINE = "portal.accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrftoken"
LANGUAGE_COOKIE_NAME = "__Host-language" if SECURE else "language"
PERSON_COOKIE_NAME = "__Host-person" if SECURE else "person"
DEVICE_COOKIE_NAME = "__Host-device" if SECURE else "device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "portal.core.http.csrf_failure"

# Headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE and env.bool("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz(?:/deep)?$"]
# Our own proxies in front: limits count the address that the outermost one saw, not a proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXIES", default=1 if SECURE else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("sv", _("Swedish"))]
COUNTRIES_OVERRIDE = lazy_names()
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(BASE_DIR / "var" / "files")},
    },
    "staticfiles": {
        "BACKEND": "portal.core.storage.PlainStorage"
        if TESTING or DEBUG
        else "portal.core.storage.StaticStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Mail: smtp://, smtps://, submission:// (STARTTLS) or file:///folder (the embedded run)
EMAIL_URL: str = env.str("EMAIL_URL", default="file://" + str(BASE_DIR / "var" / "mail"))
# Reports about undelivered mail go to this address with the message's id after a plus sign.
BOUNCE_ADDRESS: str = env.str("BOUNCE_ADDRESS", default="")
# Where answers to e-mails come in (manage.py receive_mail), each recipient's as name+token@….
REPLY_ADDRESS: str = env.str("REPLY_ADDRESS", default="")
DEFAULT_FROM_EMAIL: str = env.str("MAIL_FROM", default="kontor@kontor.example")
# Channel sales: its name and address in the e-mails that its acts cause, and for questions to it.
VENDOR_NAME: str = env.str("VENDOR_NAME", default="Kontor")
VENDOR_EMAIL: str = env.str(
    "VENDOR_EMAIL",
    default="channel-sales@kontor.example" if EMBEDDED or TESTING or DEBUG else "",
)
# The vendor's time zone: that of channel sales' own pages and of its morning.
VENDOR_TIME_ZONE: str = env.str("VENDOR_TIME_ZONE", default="Europe/Stockholm")
# For each answer; until a message is handed over; then until the server says that it took it.
EMAIL_TIMEOUT, EMAIL_MESSAGE_SECONDS, EMAIL_RECEIPT_SECONDS = 20, 45, 60
MAIL_RETRY_HOURS = 72

CONFIRMATION_DAYS, REMINDER_HOURS = 30, 20  # D7: a link's longest life; before a reminder

# How long a partner waits to be erased, during which that can be cancelled.
ERASURE_DAYS: int = env.int("ERASURE_DAYS", default=30)

# The signature of documents. Without a file of the operator the portal creates a key.
SIGNING_FILE: str = env.str("SIGNING_FILE", default="")
SIGNING_PASSWORD: str = env.str("SIGNING_PASSWORD", default="")
SIGNING_TIMESTAMP_URL: str = env.str("SIGNING_TIMESTAMP_URL", default="")

# Change log
AUDITLOG_LOGENTRY_MODEL = "history.Entry"
AUDITLOG_DISABLE_REMOTE_ADDR = True
AUDITLOG_STORE_JSON_CHANGES = True
AUDITLOG_USE_FK_STRING_REPRESENTATION = True

# Logs: see the module.
LOGGING = LOG_SETTINGS
