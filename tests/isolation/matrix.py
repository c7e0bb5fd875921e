"""The declared responses by person and address, compared with the portal by the tests.

This table is written by hand and not computed from the policies in the code, so that a right that
is missing from a view shows as a difference. An address that is not in the table fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import Resolver404, URLPattern, resolve

from portal.checks import patterns_of
from tests.isolation.world import Things, World

NORDLYS, BRUECKNER = "nordlys.localhost", "brueckner.localhost"
PUBLIC, UNKNOWN = "localhost", "nobody.localhost"
HOSTS = (NORDLYS, BRUECKNER, PUBLIC, UNKNOWN)
# Of customers: administrator and user of the assigned one, administrator of the other, one with a
# place at both (now at the assigned one), administrator of the other partner's assigned one.
AT_ASSIGNED = frozenset({"karin", "per", "bo", "kurt"})
AT_OTHER = frozenset({"ulla"})
CUSTOMERS = AT_ASSIGNED | AT_OTHER
OF_PARTNERS = ("anna", "jonas", "mikael", "mona", "lena", "staff", "nobody")
PEOPLE = (*OF_PARTNERS, *sorted(CUSTOMERS))
# The host of each person's session. On every other host the same cookie is unknown.
HOME = {
    "anna": NORDLYS,
    "jonas": NORDLYS,
    "mikael": NORDLYS,
    "mona": NORDLYS,
    "lena": BRUECKNER,
    "staff": PUBLIC,
    "nobody": "",
    **dict.fromkeys(CUSTOMERS, NORDLYS),
    "kurt": BRUECKNER,
}

ADMIN = frozenset({"anna", "lena"})
SALES = ADMIN | {"jonas"}
ASSIGNED = SALES | {"mikael"}
EVERYBODY = ASSIGNED | {"mona"}
MANAGERS = frozenset({"karin", "ulla", "kurt"})

RANDOM = UUID("00000000-0000-4000-8000-00000000dead")


@dataclass(frozen=True)
class Page:
    """One address of a partner's host.

    ``who``: the people (by name) who may use it, if they see what the address names. ``of``: what
    it names. ``get`` and ``post``: the status for those who may; None: the method is refused. POST
    is sent without fields.
    """

    who: frozenset[str]
    of: str = ""
    get: int | None = 200
    post: int | None = None
    anything: bool = False  # also other methods are handled like GET
    # Of the customers' own portal: it exists for nobody else. All other pages exist for customers'
    # people only if ``shared`` has their statuses of GET and POST (ISO-23).
    own: bool = False
    shared: tuple[int | None, int | None] | None = None


def both(who: frozenset[str], of: str = "", post: int = 200) -> Page:
    """Return a form: shown, and shown again with errors if nothing is filled in."""
    return Page(who, of, 200, post)


def own(who: frozenset[str], of: str = "", get: int | None = 200, post: int | None = None) -> Page:
    """Return a page of the customers' own portal."""
    return Page(who, of, get, post, own=True)


def act(who: frozenset[str], of: str = "", post: int = 302) -> Page:
    """Return a button: POST only."""
    return Page(who, of, None, post)


REFUSED = (403, 403)
PAGES: dict[str, Page] = {
    "workspace:dashboard": Page(EVERYBODY, shared=(302, None)),
    "workspace:search": Page(EVERYBODY),
    "workspace:suggest": Page(EVERYBODY),
    "workspace:recent": Page(EVERYBODY),
    # An empty customer id is handled like an unknown one.
    "workspace:switch": act(EVERYBODY, post=404),
    "workspace:leave": act(EVERYBODY),
    "workspace:own_company": act(SALES),
    "customers:customer": Page(ASSIGNED, "customer"),
    "customer_changes:type": both(ASSIGNED, "customer"),
    "customer_changes:rate_plan": both(ADMIN, "customer"),
    "customers:list": Page(EVERYBODY),
    "customers:export": Page(SALES),
    "customers:columns": act(EVERYBODY),
    "customers:filters": Page(EVERYBODY),
    # Without a name the form is shown again.
    "customers:filter_add": act(EVERYBODY, post=200),
    "customers:filter": both(ADMIN, "filter"),
    "customers:filter_delete": both(ADMIN, "filter", post=302),
    "customers:fields": Page(ADMIN),
    "customers:field_add": both(ADMIN),
    "customers:field": both(ADMIN, "field"),
    "customers:field_move": act(ADMIN, "field"),
    "customers:field_retire": act(ADMIN, "field"),
    "customers:field_restore": act(ADMIN, "field"),
    "customers:field_delete": both(ADMIN, "field"),
    "customers:create": both(SALES),
    "customers:ask_name": both(SALES),
    "customers:settings": both(ADMIN),
    "customers:change": both(ASSIGNED, "customer"),
    "customers:deactivate": both(ASSIGNED, "customer"),
    "customers:delete": both(ADMIN, "customer"),
    "customers:contact_data": Page(ASSIGNED, "contact"),
    "customers:contact_json": Page(ASSIGNED, "contact"),
    "customers:contact_erase": both(ASSIGNED, "contact"),
    # With nobody ticked it returns to the list.
    "customers:assign": Page(ADMIN, get=302, post=302),
    "customers:assign_one": both(ADMIN, "customer"),
    "customers:access": Page(ADMIN, "customer"),
    "customers:grant": act(ADMIN, "customer and member"),
    "customers:log": Page(ASSIGNED, "customer"),
    "customers:user_invite": both(ADMIN, "customer"),
    "customers:user": both(ADMIN, "customer and user"),
    "customers:user_invite_again": act(ADMIN, "customer and user"),
    "customers:user_end": both(ADMIN, "customer and user", post=302),
    "customers:settings_log": Page(ADMIN),
    "workspace:accesses": Page(ADMIN),
    "customers:away": both(EVERYBODY),
    "customers:back": act(EVERYBODY),
    "customers:away_of": Page(ADMIN, "member", get=302, post=302),
    "customers:back_of": act(ADMIN, "member"),
    "customers:reactivate": act(ASSIGNED, "customer"),
    "customers:personal_number": act(ASSIGNED, "customer", post=200),
    "customers:contact_add": both(ASSIGNED, "customer"),
    "customers:contact": both(ASSIGNED, "contact"),
    "customers:contact_delete": both(ASSIGNED, "contact", post=302),
    "customers:contact_left": act(ASSIGNED, "contact"),
    "customers:contact_back": act(ASSIGNED, "contact"),
    "customers:import_upload": both(ADMIN),
    "customers:import_template": Page(ADMIN),
    "customers:import": Page(ADMIN, "import"),
    "customers:import_columns": Page(ADMIN, "import", post=200),
    "customers:import_reading": both(ADMIN, "import", post=302),
    "customers:import_start": act(ADMIN, "import"),
    "customers:import_errors": Page(ADMIN, "import"),
    "customers:import_undo": Page(ADMIN, "import", get=302, post=302),
    "customers:import_discard": both(ADMIN, "import", post=302),
    "customers:file_add": both(ASSIGNED, "customer"),
    "customers:file": Page(ASSIGNED, "attachment"),
    "customers:file_delete": both(ADMIN, "attachment", post=302),
    "customers:site_add": both(ASSIGNED, "customer"),
    "customers:site": both(ASSIGNED, "site"),
    "customers:site_delete": both(ASSIGNED, "site", post=302),
    "systems:handover": Page(ASSIGNED, "system"),
    "onboarding:list": Page(EVERYBODY),
    # Without a customer in the address it is for a new one, and says who may create one.
    "onboarding:start": both(EVERYBODY),
    # For the customer's own people they exist, and are refused (ONB-22).
    "onboarding:resume": Page(EVERYBODY, "onboarding", get=302, shared=REFUSED),
    "onboarding:customer": Page(EVERYBODY, "onboarding", 200, 200, shared=REFUSED),
    # The steps before are not done.
    "onboarding:summary": Page(EVERYBODY, "onboarding", 302, 302, shared=REFUSED),
    "onboarding:cancel": Page(EVERYBODY, "onboarding", 200, 302, shared=REFUSED),
    "onboarding:step": Page(EVERYBODY, "onboarding", 200, 200, shared=REFUSED),
    "onboarding:check": Page(EVERYBODY, "onboarding", shared=REFUSED),
    "registrations:list": Page(SALES),
    "registrations:existing": both(SALES),
    "registrations:new": both(SALES),
    "registrations:registration": Page(SALES, "registration"),
    "registrations:file": Page(SALES, "registration"),
    "registrations:answer": both(SALES, "registration"),
    # A form without its version is stale (D22).
    "registrations:withdraw": both(SALES, "registration", post=409),
    "orders:list": Page(SALES),
    "orders:export": Page(SALES),
    "orders:accounting": Page(SALES),
    "orders:prices": Page(SALES),
    "orders:announcement": Page(SALES, "announcement"),
    "orders:services": Page(SALES),
    "orders:service_export": Page(SALES),
    "orders:templates": Page(SALES),
    "orders:template_order": both(SALES, "template"),
    "orders:template_rename": both(ADMIN, "template"),
    "orders:template_delete": both(ADMIN, "template", post=302),
    "orders:template_add": both(SALES, "order"),
    "orders:again": both(SALES, "order"),
    "orders:new": both(SALES),
    "orders:start": both(SALES, "family"),
    "orders:create_customer": both(SALES, "own family"),
    "orders:not_yet": Page(SALES, "step", get=302),
    "orders:order": Page(SALES, "order"),
    # A form without its form_token is stale (D22).
    "orders:customer": both(SALES, "draft", post=409),
    "orders:products": both(SALES, "draft", post=409),
    "orders:review": both(SALES, "draft", post=409),
    "orders:cancel": both(SALES, "order"),
    "orders:withdraw_cancel": act(SALES, "order"),
    "orders:say": act(SALES, "order", post=200),
    "orders:file": Page(SALES, "order", get=404),
    "orders:authority": both(SALES, "order"),
    "orders:letter": Page(SALES, "order", get=404),
    "orders:remove_letter": Page(SALES, "order", get=404, post=404),
    "orders:make_pdf": act(SALES, "order"),
    "orders:document": Page(SALES, "order", get=404),
    "orders:delete": both(SALES, "draft", post=302),
    "orders:recreate": both(SALES, "order"),
    "orders:change_services": act(SALES, "services"),
    "accounts:people": Page(ADMIN),
    "accounts:invite": both(ADMIN),
    "accounts:account": Page(EVERYBODY, post=200, shared=(200, 200)),
    "accounts:person": both(ADMIN, "member"),
    "accounts:invite_again": act(ADMIN, "member"),
    "workspace:offboard": both(ADMIN, "member", post=302),
    "accounts:roles": Page(ADMIN),
    "accounts:role_add": both(ADMIN),
    # An own role without a name is refused at the field.
    "accounts:role": both(ADMIN, "role"),
    "accounts:role_reset": act(ADMIN, "role"),
    "accounts:role_delete": act(ADMIN, "role"),
    "accounts:teams": both(ADMIN),
    "accounts:team": both(ADMIN, "team"),
    "accounts:team_delete": act(ADMIN, "team"),
    "accounts:log": Page(ADMIN),
    "notices:list": Page(EVERYBODY, shared=(200, None)),
    "notices:settings": Page(EVERYBODY, get=200, post=302, shared=(200, 302)),
    "notices:read_all": Page(EVERYBODY, get=None, post=302, shared=(None, 302)),
    "notices:open": Page(EVERYBODY, "notice", None, 302, shared=(None, 302)),
    "outbox:list": Page(ADMIN),
    "outbox:export": Page(ADMIN),
    "outbox:detail": Page(ADMIN, "email"),
    "outbox:html": Page(ADMIN, "email"),
    # A message that arrived has nothing to correct.
    "outbox:correct": Page(ADMIN, "email", get=302, post=302),
    "outbox:send_again": act(ADMIN, "email", post=409),
    "quotes:list": Page(SALES),
    "quotes:export": Page(SALES),
    "quotes:start": both(SALES),
    "quotes:settings": both(ADMIN),
    "quotes:quote": Page(SALES, "quote"),
    "quotes:details": both(SALES, "quote", post=409),
    "quotes:lines": both(SALES, "quote", post=409),
    "quotes:products": Page(SALES, "quote"),
    "quotes:revise": act(SALES, "quote"),
    "quotes:delete": both(SALES, "quote", post=302),
    # Without a contact there is nothing to show.
    "quotes:send_preview": Page(SALES, "quote", get=404),
    "quotes:send": both(SALES, "quote", post=409),
    "quotes:add_contact": both(SALES, "quote"),
    "quotes:remind": act(SALES, "sent quote"),
    "quotes:withdraw": both(SALES, "sent quote", post=302),
    # A draft is progressed only where the partner's setting says so.
    "quotes:progress": Page(SALES, "quote", get=302, post=302),
    "quotes:make_pdf": act(SALES, "quote"),
    "quotes:document": Page(SALES, "document"),
    "quotes:document_again": act(SALES, "document"),
    "support:list": Page(EVERYBODY),
    "support:export": Page(SALES),
    # With nothing ticked it returns to the list.
    "support:bulk": act(EVERYBODY),
    "support:settings": both(ADMIN),
    "support:received": Page(EVERYBODY),
    "support:received_page": Page(EVERYBODY, "received"),
    "support:received_answer": both(EVERYBODY, "received"),
    "support:received_report": both(EVERYBODY, "received"),
    "support:received_dismiss": both(EVERYBODY, "received", post=302),
    "support:pick": both(EVERYBODY),
    "support:new": both(EVERYBODY, "customer"),
    "support:report": Page(EVERYBODY, "report"),
    "support:answer": act(EVERYBODY, "report", post=200),
    "support:change": both(EVERYBODY, "report"),
    # Nobody chosen is a choice.
    "support:assign": both(EVERYBODY, "report", post=302),
    "support:merge": both(EVERYBODY, "report"),
    "support:escalate": both(ADMIN | {"mikael", "mona"}, "report"),
    "support:close": act(EVERYBODY, "report"),
    "support:ask": both(EVERYBODY, "report"),
    "support:act": act(EVERYBODY, "report"),
    "support:file": Page(EVERYBODY, "report file"),
    "service:list": Page(EVERYBODY),
    "service:export": Page(SALES),
    "service:pick": both(EVERYBODY),
    "service:new": both(EVERYBODY, "customer"),
    "service:work": Page(EVERYBODY, "service report"),
    # A draft has begun already.
    "service:begin": act(EVERYBODY, "service report"),
    "service:cancel": both(EVERYBODY, "service report"),
    "service:write": both(EVERYBODY, "service report"),
    "service:save": act(EVERYBODY, "service report", post=422),
    "service:pictures": act(EVERYBODY, "service report", post=200),
    "service:picture": Page(EVERYBODY, "picture"),
    "service:sign": both(EVERYBODY, "service report"),
    "service:unsigned": both(EVERYBODY, "service report"),
    "service:signature": Page(EVERYBODY, "signed report"),
    "service:pdf": Page(EVERYBODY, "signed report"),
    "service:pdf_again": act(EVERYBODY, "signed report"),
    "styleguide": Page(EVERYBODY, post=200, anything=True),
    "my:home": own(CUSTOMERS),
    "my_reports:list": own(CUSTOMERS),
    "my_reports:new": own(MANAGERS, post=200),
    "my_reports:report": own(CUSTOMERS, "own report"),
    "my_reports:answer": own(MANAGERS, "own report", get=None, post=200),
    "my_reports:reopen": own(MANAGERS, "own report", post=200),
    "my_reports:file": own(CUSTOMERS, "own report file"),
    "my_reports:contact_add": own(MANAGERS, post=200),
    "my_reports:contact": own(MANAGERS, "own contact", post=200),
    "my_service:list": own(CUSTOMERS),
    "my_service:pdf": own(CUSTOMERS, "own work"),
    "my:orders": own(CUSTOMERS),
    "my:order": own(CUSTOMERS, "own order"),
    "my:services": own(CUSTOMERS),
    "my:contacts": own(CUSTOMERS),
    "my:confirmations": own(CUSTOMERS),
    "my:confirmation": own(CUSTOMERS, "own confirmation"),
    # Nothing is accepted yet.
    "my:confirmation_pdf": own(CUSTOMERS, "own confirmation", get=404),
    "my:users": own(MANAGERS),
    "my:user_invite": own(MANAGERS, post=200),
    "my:user": own(MANAGERS, "own user", post=200),
    "my:user_invite_again": own(MANAGERS, "own user", get=None, post=302),
    "my:user_end": own(MANAGERS, "own user", post=302),
}
# The page that asks a person with several places; everybody else is led on.
ASKED, ASKS = "choose_place", frozenset({"bo"})

# Open to anybody: (GET, POST, others); they show nothing of a partner's.
OPEN: dict[str, tuple[int, int, int]] = {
    "brand_css": (200, 405, 405),
    # The world's partners have no logo.
    "logo": (404, 405, 405),
    "set_language": (405, 302, 405),
    # The secret in the address decides, and the one sent is unknown.
    "accept_invitation": (404, 404, 405),
    "invitation_link": (404, 405, 405),
    "invitation_link_spoilt": (404, 405, 405),
    # It only cuts off what stands behind a link.
    "password_link_spoilt": (302, 405, 405),
    # The same for the page of a customer who was asked, and the page that verifies a file.
    "confirm:open": (404, 405, 405),
    "confirm:open_spoilt": (404, 405, 405),
    "confirm:open_nothing": (404, 405, 405),
    "confirm:page": (404, 404, 405),
    "confirm:decline": (405, 404, 405),
    "confirm:pdf": (404, 405, 405),
    "confirm:paper": (404, 405, 405),
    "confirm:verify": (200, 200, 405),
    "support_link:open": (404, 405, 405),
    "support_link:open_spoilt": (404, 405, 405),
    "support_link:open_nothing": (404, 405, 405),
    "support_link:page": (404, 404, 405),
    # The public host has no page of its own.
    "public_home": (302, 302, 302),
    # Monitoring; the wire is this machine, and the world is well.
    "health_deep": (200, 405, 405),
}

# allauth's pages: (GET, POST) when signed out, (GET, POST) when signed in. Its class views handle
# PUT like POST if they have a form, and refuse it with 405 otherwise.
SIGN_IN: dict[str, tuple[int, int, int, int]] = {
    "account_login": (200, 200, 302, 302),
    "account_logout": (302, 302, 200, 302),
    "account_inactive": (200, 405, 200, 405),
    "account_reauthenticate": (302, 302, 200, 200),
    "account_change_password": (302, 302, 200, 200),
    "account_set_password": (302, 302, 302, 302),
    "account_reset_password": (200, 200, 200, 200),
    "account_reset_password_done": (200, 405, 200, 405),
    "account_reset_password_from_key": (200, 200, 200, 200),
    "account_reset_password_from_key_done": (200, 405, 200, 405),
    "mfa_index": (302, 302, 200, 405),
    "mfa_authenticate": (302, 302, 302, 302),
    "mfa_reauthenticate": (302, 302, 302, 302),
    "mfa_activate_totp": (302, 302, 302, 302),
    "mfa_deactivate_totp": (302, 302, 404, 404),
    "mfa_view_recovery_codes": (302, 302, 404, 405),
    "mfa_generate_recovery_codes": (302, 302, 302, 302),
    "mfa_download_recovery_codes": (302, 302, 404, 404),
    "mfa_list_webauthn": (302, 302, 200, 405),
    "mfa_add_webauthn": (302, 302, 302, 302),
    "mfa_reauthenticate_webauthn": (302, 302, 302, 302),
    "mfa_remove_webauthn": (302, 302, 302, 302),
    "mfa_edit_webauthn": (302, 302, 302, 302),
    "mfa_login_webauthn": (302, 302, 302, 302),
    "usersessions_list": (302, 302, 200, 302),
}

# The admin, by the last part of the URL name: the statuses for staff. Everybody else is sent to the
# sign-in.
STAFF: dict[str, frozenset[int]] = {
    "index": frozenset({200, 405}),
    "login": frozenset({302}),
    "logout": frozenset({200, 302, 405}),
    "password_change": frozenset({302}),
    "password_change_done": frozenset({200, 405}),
    "autocomplete": frozenset({403, 404, 405}),
    "jsi18n": frozenset({200, 405}),
    "view_on_site": frozenset({404, 405}),
    "app_list": frozenset({200, 404, 405}),
    "changelist": frozenset({200, 302, 403, 405}),
    "add": frozenset({200, 302, 403, 404, 405}),
    "change": frozenset({302, 403, 404, 405}),
    "delete": frozenset({302, 403, 404, 405}),
    "history": frozenset({302, 403, 404, 405}),
    "action": frozenset({404, 405}),
    "html": frozenset({404, 405}),
    "again": frozenset({404, 405}),
    "preview": frozenset({404, 405}),
    "file": frozenset({404, 405}),
    "find": frozenset({200, 405}),
    "offering": frozenset({200, 405}),
    "views": frozenset({200, 302, 405}),
    "bulk": frozenset({302, 404, 405}),
    "download": frozenset({404, 405}),
    "own_company": frozenset({200, 302, 405}),
    "read": frozenset({302, 405}),
    "settings": frozenset({200, 302, 405}),
    "": frozenset({302, 404, 405}),
}
# URL names of the admin that end in more than one word, longest first.
ADMIN_ENDINGS = tuple(sorted((name for name in STAFF if name), key=len, reverse=True))


@dataclass(frozen=True)
class Case:
    """One way to fill an address: what it names, and who sees that."""

    label: str
    values: dict[str, Any]
    seen_by: frozenset[str]
    # What belongs to a visible customer is loaded after the method was checked.
    inner: bool = False


@dataclass(frozen=True)
class Address:
    """One pattern of one URL configuration."""

    urlconf: str
    route: str
    name: str
    pattern: URLPattern
    own: frozenset[str] = field(default_factory=frozenset)

    def path(self, values: dict[str, Any]) -> str:
        """Return the address, filled in."""
        return prefix_of(self.urlconf) + fill(self.route, values)


def prefix_of(urlconf: str) -> str:
    """Return the prefix of a URL configuration on its host."""
    return "/admin/p/nordlys/" if urlconf == settings.PARTNER_ADMIN_URLCONF else "/"


_PLACE = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
DEFAULTS: dict[str, Any] = {
    "family": "flex",
    "kind": "change",
    "ending": "csv",
    "step": "products",
    "question": "cancel",
    "act": "start",
    "secret": "x" * 43,
    "uidb36": "1",
    "key": "set-password",
    "token": "abc123-" + "0" * 32,
    "stuck": ".",
    "url": "nowhere/at/all",
    "app_label": "catalog",
    "content_type_id": "1",
    "object_id": str(RANDOM),
}


def fill(route: str, values: dict[str, Any]) -> str:
    """Return a path from a route, with every parameter filled in."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(2)
        if name in values:
            return str(values[name])
        if name in DEFAULTS:
            return str(DEFAULTS[name])
        if "int" in match.group(0):
            return "999999"
        return str(RANDOM)

    return _PLACE.sub(value, route).replace("^", "").replace("$", "").replace("\\", "")


def addresses() -> list[Address]:
    """Return every pattern of the three URL configurations."""
    found = []
    for urlconf in (
        settings.ROOT_URLCONF,
        settings.PUBLIC_SCHEMA_URLCONF,
        settings.PARTNER_ADMIN_URLCONF,
    ):
        for route, pattern, namespaces in patterns_of(urlconf):
            name = ":".join([*namespaces, pattern.name or ""])
            found.append(Address(urlconf, route, name, pattern))
    return found


def staff_kind(name: str) -> str | None:
    """Return the row of STAFF that a URL name of the admin belongs to; None if there is none."""
    last = name.split(":")[-1]
    if last == "":
        return ""
    for ending in ADMIN_ENDINGS:
        if last == ending or last.endswith("_" + ending):
            return ending
    return None


def is_known(address: Address) -> bool:
    """Return whether the tables contain this address."""
    if address.name.startswith("admin:"):
        return staff_kind(address.name) is not None
    known = PAGES.keys() | OPEN.keys() | SIGN_IN.keys() | {ASKED}
    return address.name in known


def cases(page: Page, mine: Things, theirs: Things) -> Iterator[Case]:
    """Yield what to put into the address: own, not assigned, foreign, deleted, never existing."""
    everybody, none = EVERYBODY, frozenset[str]()
    invisible = {"foreign": None, "random": RANDOM, "deleted": None}
    if page.of in ("", "family", "own family", "step"):
        yield Case("", {}, everybody | CUSTOMERS)
    elif page.of.startswith("own ") or page.of == "customer and user":
        yield from _cases_of_customers(page, mine, theirs)
    elif page.of in ("customer", "services"):
        yield Case("assigned", {"customer_id": mine.assigned.pk}, ASSIGNED)
        yield Case("not assigned", {"customer_id": mine.other.pk}, SALES)
        invisible |= {"foreign": theirs.assigned.pk, "deleted": mine.deleted_customer}
        for label, value in invisible.items():
            yield Case(label, {"customer_id": value}, none)
    elif page.of == "import":
        yield Case("own", {"import_id": mine.upload.pk}, everybody)
        for label, value in {"foreign": theirs.upload.pk, "random": RANDOM}.items():
            yield Case(label, {"import_id": value}, none)
    elif page.of == "onboarding":
        values = {"step": "gateway"}
        seen = ASSIGNED | AT_ASSIGNED
        yield Case("assigned", {**values, "onboarding_id": mine.onboarding.pk}, seen)
        others = {**values, "onboarding_id": mine.other_onboarding.pk}
        yield Case("not assigned", others, SALES | AT_OTHER)
        for label, value in {"foreign": theirs.onboarding.pk, "random": RANDOM}.items():
            yield Case(label, {**values, "onboarding_id": value}, none)
    elif page.of == "announcement":
        yield Case("own", {"announcement_id": mine.announcement.pk}, everybody)
        for label, value in {"foreign": theirs.announcement.pk, "random": RANDOM}.items():
            yield Case(label, {"announcement_id": value}, none)
    elif page.of == "template":
        yield Case("own", {"template_id": mine.template.pk}, everybody)
        for label, value in {"foreign": theirs.template.pk, "random": RANDOM}.items():
            yield Case(label, {"template_id": value}, none)
    elif page.of == "registration":
        yield Case("assigned", {"registration_id": mine.registration.pk}, ASSIGNED)
        yield Case("not assigned", {"registration_id": mine.other_registration.pk}, SALES)
        for label, value in {"foreign": theirs.registration.pk, "random": RANDOM}.items():
            yield Case(label, {"registration_id": value}, none)
    elif page.of in ("contact", "site", "attachment", "system"):
        key = "file_id" if page.of == "attachment" else f"{page.of}_id"
        here, other = getattr(mine, page.of), getattr(mine, f"other_{page.of}")
        foreign = getattr(theirs, page.of)
        yield Case("assigned", {"customer_id": mine.assigned.pk, key: here.pk}, ASSIGNED)
        yield Case("not assigned", {"customer_id": mine.other.pk, key: other.pk}, SALES)
        for label, customer, value in (
            ("another customer's", mine.assigned.pk, other.pk),
            ("foreign below own", mine.assigned.pk, foreign.pk),
            ("random below own", mine.assigned.pk, RANDOM),
        ):
            yield Case(label, {"customer_id": customer, key: value}, ASSIGNED, inner=True)
        for label, value in (("foreign", foreign.pk), ("own below foreign", here.pk)):
            yield Case(label, {"customer_id": theirs.assigned.pk, key: value}, none)
    elif page.of in ("order", "draft"):
        own = mine.draft if page.of == "draft" else mine.placed
        foreign_order = theirs.draft if page.of == "draft" else theirs.placed
        yield Case("own", {"order_id": own.pk}, SALES)
        invisible |= {"foreign": foreign_order.pk, "deleted": mine.deleted_order}
        for label, value in invisible.items():
            yield Case(label, {"order_id": value}, none)
    elif page.of in ("quote", "sent quote", "document"):
        sent = page.of == "sent quote"
        own_quote = mine.sent_quote if sent else mine.quote
        foreign_quote = theirs.sent_quote if sent else theirs.quote
        extra = {"document_id": mine.document.pk} if page.of == "document" else {}
        yield Case("own", {"quote_id": own_quote.pk, **extra}, SALES)
        invisible |= {"foreign": foreign_quote.pk, "deleted": mine.deleted_quote}
        for label, value in invisible.items():
            yield Case(label, {"quote_id": value, **extra}, none)
    elif page.of in ("report", "report file"):
        files = {"report file": {"file_id": mine.report_file.pk}}.get(page.of, {})
        yield Case("assigned", {"report_id": mine.report.pk, **files}, ASSIGNED)
        if page.of == "report":
            yield Case("not assigned", {"report_id": mine.other_report.pk}, SALES)
        else:
            wrong = {"report_id": mine.report.pk, "file_id": mine.attachment.pk}
            yield Case("file of something else", wrong, ASSIGNED, inner=True)
        for label, value in {"foreign": theirs.report.pk, "random": RANDOM}.items():
            yield Case(label, {"report_id": value, **files}, none)
    elif page.of in ("service report", "signed report", "picture"):
        signed = page.of == "signed report"
        work, foreign_work = (
            (mine.signed_work, theirs.signed_work) if signed else (mine.work, theirs.work)
        )
        files = {"picture_id": mine.picture.pk} if page.of == "picture" else {}
        yield Case("assigned", {"work_id": work.pk, **files}, ASSIGNED)
        if page.of == "service report":
            yield Case("not assigned", {"work_id": mine.other_work.pk}, SALES)
        if page.of == "picture":
            wrong = {"work_id": work.pk, "picture_id": mine.attachment.pk}
            yield Case("file of something else", wrong, ASSIGNED, inner=True)
        for label, value in {"foreign": foreign_work.pk, "random": RANDOM}.items():
            yield Case(label, {"work_id": value, **files}, none)
    elif page.of == "received":
        yield Case("assigned", {"row_id": mine.received.pk}, ASSIGNED)
        for label, value in {"foreign": theirs.received.pk, "random": RANDOM}.items():
            yield Case(label, {"row_id": value}, none)
    elif page.of == "member":
        yield Case("own", {"member_id": mine.invited.pk}, everybody)
        for label, value in {"foreign": theirs.invited.pk, "random": RANDOM}.items():
            yield Case(label, {"member_id": value}, none)
    elif page.of in ("role", "team"):
        key, here = f"{page.of}_id", getattr(mine, page.of)
        foreign = getattr(theirs, page.of)
        yield Case("own", {key: here.pk}, everybody)
        for label, value in {"foreign": foreign.pk, "random": RANDOM}.items():
            yield Case(label, {key: value}, none)
    elif page.of == "notice":
        yield Case("own", {"notice_id": mine.notice.pk}, mine.told)
        for label, value in {"foreign": theirs.notice.pk, "random": RANDOM}.items():
            yield Case(label, {"notice_id": value}, none)
    elif page.of == "customer and member":
        person, foreign_person = mine.administrator, theirs.administrator
        yield Case("own", {"customer_id": mine.assigned.pk, "member_id": person.pk}, ASSIGNED)
        for label, value in {"foreign": foreign_person.pk, "random": RANDOM}.items():
            yield Case(
                label,
                {"customer_id": mine.assigned.pk, "member_id": value},
                ASSIGNED,
                inner=True,
            )
        yield Case(
            "foreign customer",
            {"customer_id": theirs.assigned.pk, "member_id": person.pk},
            none,
        )
    elif page.of == "filter":
        # The administrator's own, shared with everybody.
        yield Case("shared", {"filter_id": mine.saved_filter.pk}, everybody)
        for label, value in {"foreign": theirs.saved_filter.pk, "random": RANDOM}.items():
            yield Case(label, {"filter_id": value}, none)
    elif page.of == "field":
        yield Case("own", {"field_id": mine.custom_field.pk}, ADMIN)
        for label, value in {"foreign": theirs.custom_field.pk, "random": RANDOM}.items():
            yield Case(label, {"field_id": value}, none)
    elif page.of == "email":
        yield Case("own", {"pk": mine.email.pk}, everybody)
        yield Case("foreign", {"pk": theirs.email.pk}, none)
        yield Case("foreign and dead", {"pk": theirs.dead_email.pk}, none)
        yield Case("random", {"pk": RANDOM}, none)
    else:
        raise AssertionError(f"unknown kind of object: {page.of}")


def _cases_of_customers(page: Page, mine: Things, theirs: Things) -> Iterator[Case]:
    """Yield the cases of what customers' people see, and of the partner's pages about them."""
    none = frozenset[str]()
    if page.of == "customer and user":
        user, other = mine.customer_user, mine.other_customer_user
        here = {"customer_id": mine.assigned.pk}
        yield Case("assigned", {**here, "member_id": user.pk}, ASSIGNED)
        there = {"customer_id": mine.other.pk, "member_id": other.pk}
        yield Case("not assigned", there, SALES)
        for label, pk in (
            ("another customer's", other.pk),
            ("one of the partner's own", mine.administrator.pk),
            ("foreign", theirs.customer_user.pk),
            ("random", RANDOM),
        ):
            yield Case(label, {**here, "member_id": pk}, none)
        return
    if page.of == "own work":
        yield Case("own", {"work_id": mine.signed_work.pk}, AT_ASSIGNED)
        for label, pk in (
            ("not signed yet", mine.work.pk),
            ("foreign", theirs.signed_work.pk),
            ("random", RANDOM),
        ):
            yield Case(label, {"work_id": pk}, none)
        return
    if page.of == "own report file":
        here = {"report_id": mine.report.pk}
        yield Case("own", {**here, "file_id": mine.report_file.pk}, AT_ASSIGNED)
        for label, pk in (("of an internal note", mine.note_file.pk), ("random", RANDOM)):
            yield Case(label, {**here, "file_id": pk}, AT_ASSIGNED, inner=True)
        return
    key = {"own user": "member_id"}.get(page.of, page.of.replace("own ", "") + "_id")
    own_one, others, foreign, hidden = {
        "own order": (mine.placed, mine.other_placed, theirs.placed, mine.draft),
        "own confirmation": (
            mine.confirmation,
            mine.other_confirmation,
            theirs.confirmation,
            mine.sent_quote,
        ),
        "own report": (mine.report, mine.other_report, theirs.report, mine.draft),
        "own contact": (mine.contact, mine.other_contact, theirs.contact, mine.site),
        "own user": (
            mine.customer_user,
            mine.other_customer_user,
            theirs.customer_user,
            mine.administrator,
        ),
    }[page.of]
    yield Case("own", {key: own_one.pk}, AT_ASSIGNED)
    yield Case("the other customer's", {key: others.pk}, AT_OTHER)
    for label, pk in (("foreign", foreign.pk), ("hidden", hidden.pk), ("random", RANDOM)):
        yield Case(label, {key: pk}, none)


def cases_of(address: Address, world: World, host: str) -> list[Case]:
    """Return the ways to fill an address on a host."""
    page = PAGES.get(address.name)
    if page is None:
        return [Case("", {}, EVERYBODY | CUSTOMERS)]
    mine, theirs = (
        (world.brueckner, world.nordlys) if host == BRUECKNER else (world.nordlys, world.brueckner)
    )
    return list(cases(page, mine, theirs))


def belongs_to(address: Address, host: str) -> bool:
    """Return whether an address is made for this host."""
    return (address.urlconf == settings.ROOT_URLCONF) == (host in (NORDLYS, BRUECKNER))


def exists_on(path: str, host: str) -> bool:
    """Return whether a host has this address at all."""
    if host == UNKNOWN:
        return False
    if host != PUBLIC:
        return _resolves(path, settings.ROOT_URLCONF)
    prefix = "/admin/p/nordlys/"
    if path.startswith(prefix):
        return _resolves("/" + path.removeprefix(prefix), settings.PARTNER_ADMIN_URLCONF)
    return _resolves(path, settings.PUBLIC_SCHEMA_URLCONF)


def _resolves(path: str, urlconf: str) -> bool:
    try:
        resolve(path.partition("?")[0], urlconf)
    except Resolver404:
        return False
    return True


def expected(address: Address, case: Case, name: str, host: str, method: str) -> frozenset[int]:
    """Return the statuses that the table allows."""
    if host == UNKNOWN:
        return frozenset({404})
    signed_in = HOME[name] == host
    if address.name.startswith("admin:"):
        return _expected_of_admin(address, signed_in, host, method)
    on_public = address.urlconf == settings.PUBLIC_SCHEMA_URLCONF
    if address.name in OPEN:
        get, post, other = OPEN[address.name]
        return frozenset({{"GET": get, "POST": post}.get(method, other)})
    if address.name in SIGN_IN:
        row = SIGN_IN[address.name][2:] if signed_in else SIGN_IN[address.name][:2]
        if method in ("GET", "POST"):
            return frozenset({row[0] if method == "GET" else row[1]})
        return frozenset({405, row[0], row[1]})
    if address.name == ASKED:
        asks = name in ASKS and signed_in
        return frozenset({200 if asks else 302} if method in ("GET", "POST") else {302, 405})
    assert not on_public, address.name
    return frozenset({_expected_of_page(PAGES[address.name], case, name, signed_in, method)})


def _expected_of_page(page: Page, case: Case, name: str, signed_in: bool, method: str) -> int:
    if not signed_in:
        return 302
    get, post = page.get, page.post
    if page.own != (name in CUSTOMERS):
        if page.shared is None or page.own:
            return 404
        get, post = page.shared
    if name not in case.seen_by:
        return 404
    if name not in page.who and page.shared in (None, REFUSED):
        return 403
    answer = {"GET": get, "POST": post}.get(method, page.get if page.anything else None)
    if answer is not None and case.inner:
        return 404
    return 405 if answer is None else answer


def _expected_of_admin(address: Address, signed_in: bool, host: str, method: str) -> frozenset[int]:
    if host != PUBLIC:
        return frozenset({404})
    if not signed_in:
        return frozenset({302})
    kind = staff_kind(address.name)
    assert kind is not None
    return STAFF[kind] | (frozenset({302}) if method == "GET" and kind == "" else frozenset())
