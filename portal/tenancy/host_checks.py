"""Whether an own host of a partner is theirs: what its DNS says, asked by the worker (CHAN-22)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings
from django.db import transaction

from portal.tenancy.context import in_public
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Domain, Partner
from portal.tenancy.queueing import enqueue

TASK = "tenancy.check_host"
SECONDS = 5.0
# How long a host that waits is checked by itself.
PATIENCE = timedelta(days=14)
Answer = tuple[Domain.Result, str]


def set_state(domain: Domain, *, at: datetime) -> None:
    """Let a host of ours lead to its partner at once, and any other wait for its record.

    For a host that is new or has another name; saved by the caller.
    """
    domain.state = Domain.State.VERIFIED if domain.is_ours else Domain.State.WAITING
    domain.token = secrets.token_hex(16)
    domain.added_at, domain.checked_at = at, None
    domain.result = domain.found = ""


def alias_of(partner: Partner) -> str:
    """Return the host of ours that a partner's own may be an alias of."""
    return f"{partner.slug}.{settings.DOMAIN}"


def check_host(domain_id: int, *, at: datetime) -> Domain | None:
    """Ask the DNS for a host's record and note what was found; verified if it is theirs.

    Safe to be called again; a verified host stays verified, so that a name server that fails closes
    nobody's portal. Return None if the host is gone.
    """
    with in_public():
        domain: Domain | None = Domain.objects.select_related("tenant").filter(pk=domain_id).first()
        if domain is None or domain.is_verified:
            return domain
        # Asked outside of any transaction: it may take some seconds.
        result, found = _ask(domain)
        with transaction.atomic():
            rows = Domain.objects.select_for_update().filter(pk=domain_id, domain=domain.domain)
            rows = rows.filter(token=domain.token, state=Domain.State.WAITING)
            current: Domain | None = rows.first()
            if current is None:
                return domain
            current.result, current.found, current.checked_at = result, found[:200], at
            if result in (Domain.Result.TXT, Domain.Result.CNAME):
                current.state = Domain.State.VERIFIED
            current.save(update_fields=["state", "result", "found", "checked_at"])
    forget_hosts()
    return current


def _resolver() -> dns.resolver.Resolver:
    servers = [server.rpartition(":") for server in settings.DNS_SERVERS]
    resolver = dns.resolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers = [
            dns.nameserver.Do53Nameserver(host, int(port)) for host, _colon, port in servers
        ]
    resolver.lifetime = SECONDS
    return resolver


def _texts(resolver: dns.resolver.Resolver, name: str, kind: str) -> list[str]:
    """Return the values of a record; none where there is no such name or record."""
    try:
        answer = resolver.resolve(f"{name}.", kind, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return []
    values = answer.rrset or ()
    return [value.to_text().replace('" "', "").strip('"').rstrip(".") for value in values]


def _ask(domain: Domain) -> Answer:
    resolver, result = _resolver(), Domain.Result
    try:
        texts = _texts(resolver, domain.record, "TXT")
        if domain.token and domain.token in (text.strip() for text in texts):
            return result.TXT, ""
        aliases = _texts(resolver, str(domain.domain), "CNAME")
        if alias_of(domain.tenant).lower() in (alias.lower() for alias in aliases):
            return result.CNAME, ""
    except (dns.exception.DNSException, OSError, ValueError):
        return result.UNREACHABLE, ""
    others = [*texts, *aliases]
    return (result.OTHER, ", ".join(others)) if others else (result.NOTHING, "")


def check_hosts_of(partner: Partner) -> int:
    """Let the worker check each host of a partner that waits; return how many."""
    with in_public():
        waiting = partner.domains.filter(state=Domain.State.WAITING).values_list("pk", flat=True)
        for pk in waiting:
            enqueue(TASK, partner=None, host=pk)
        return len(waiting)


def check_waiting(*, at: datetime) -> None:
    """Let the worker check the hosts that wait, until somebody has had two weeks for it."""
    with in_public():
        waiting = Domain.objects.filter(state=Domain.State.WAITING, added_at__gt=at - PATIENCE)
        for pk in waiting.values_list("pk", flat=True):
            enqueue(TASK, partner=None, host=pk)
