"""The check from the worker, whether an address resolves and its port answers.

It must not be a way to look into networks that only our servers reach: every address that a name
resolves to has to be public, or in a network that channel sales allows, and the connection goes to
the very address that was looked at.
"""

from __future__ import annotations

import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Onboarding, ReachCheck
from customers.onboarding.flow import Kind, Step
from portal.accounts.models import Membership
from portal.catalog.models import AllowedNetwork
from portal.core.errors import RuleError
from portal.core.limits import exceeded
from portal.tenancy.context import require_partner
from portal.tenancy.queueing import enqueue

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Result = ReachCheck.Result
SECONDS = 5.0
AN_HOUR = 30
# Through a gateway to IPv4, whatever address that would be.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
DEFAULT_PORT = 443


@transaction.atomic
def request_check(
    onboarding: Onboarding, step: Step, *, by: Membership, at: datetime
) -> ReachCheck:
    """Queue a check of the step's saved address and port.

    Raise RuleError without an address, and after 30 checks of a person in an hour.
    """
    answers = onboarding.answers.get(step.code, {})
    field, number = step.first(Kind.HOST, Kind.IP), step.first(Kind.NUMBER)
    host = str(answers.get(field.code) or "") if field else ""
    if not host:
        raise RuleError(_("Enter the address first, then it can be checked."))
    if exceeded("reach", str(by.pk), allowed=AN_HOUR, seconds=3600):
        raise RuleError(_("At most %(n)s checks in an hour. Try again later.") % {"n": AN_HOUR})
    port = (answers.get(number.code) if number else None) or DEFAULT_PORT
    check = ReachCheck.objects.create(
        onboarding=onboarding,
        step=step.code,
        host=host,
        port=min(65_535, max(1, int(port))),
        created_by=by,
        created_at=at,
    )
    enqueue("customers.check_address", partner=require_partner(), check=check.pk)
    return check


def run_check(check_id: UUID, *, at: datetime) -> None:
    """Do a check that waits; one that was done, or whose onboarding is gone, is left alone."""
    check = ReachCheck.objects.filter(pk=check_id, result=Result.WAITING).first()
    if check is None:
        return
    result, address = reach(check.host, check.port)
    ReachCheck.objects.filter(pk=check.pk, result=Result.WAITING).update(
        result=result, address=address, finished_at=at
    )


def reach(host: str, port: int) -> tuple[str, str]:
    """Return how an address answers, and the one that was tried; takes at most 10 seconds."""
    addresses = _resolved(host)
    if not addresses:
        return Result.NOT_FOUND, ""
    if not all(is_allowed(address) for address in addresses):
        return Result.NOT_ALLOWED, ""
    address = addresses[0]
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(SECONDS)
            connection.connect((str(address), port))
    except TimeoutError:
        return Result.SILENT, str(address)
    except ConnectionRefusedError:
        return Result.REFUSED, str(address)
    except OSError:
        return Result.UNREACHABLE, str(address)
    return Result.ANSWERS, str(address)


def _resolved(host: str) -> list[Address]:
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    # The resolver has no limit of its own.
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        found = pool.submit(socket.getaddrinfo, host, None, 0, socket.SOCK_STREAM).result(SECONDS)
    except (OSError, UnicodeError, TooSlow):
        return []
    finally:
        pool.shutdown(wait=False)
    return list(dict.fromkeys(ipaddress.ip_address(str(row[4][0])) for row in found))


def is_allowed(address: Address) -> bool:
    """Return whether an address is public, or in a network that channel sales allows."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_allowed(address.ipv4_mapped)
        if address.sixtofour or address.teredo or address in _NAT64:
            return False
    if address.is_global and not address.is_multicast:
        return True
    allowed = AllowedNetwork._default_manager.values_list("network", flat=True)
    return any(address in ipaddress.ip_network(network) for network in allowed)


def newest_check(onboarding: Onboarding, step: str) -> ReachCheck | None:
    """Return the newest check of a step."""
    return onboarding.checks.filter(step=step).order_by("-created_at", "pk").first()
