"""Gauges of the portal for Prometheus, beside those of requests (AVAIL-16).

They are asked for when somebody fetches the metrics, a few counts along indexes; no label says who
somebody is. All processes offer the same ones: take the highest.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from portal.outbox.models import Document, OutboundEmail
from portal.tenancy.connection import connection
from portal.tenancy.context import in_public
from portal.tenancy.health import watch
from portal.tenancy.schema import partners_behind
from workspace.health import age

log = logging.getLogger(__name__)
UP = "kontor_database_up"


def gauges(at: datetime) -> Iterator[tuple[str, str, float]]:
    """Yield name, meaning and value of each gauge; the database has to answer."""
    mails = OutboundEmail.objects.across_partners()
    documents = Document.objects.across_partners()
    queued, pending = mails.filter(state="queued"), documents.filter(state="pending")
    yield "kontor_mails_queued", "E-mails that wait to be sent", queued.count()
    yield (
        "kontor_mails_oldest_due_seconds",
        "How long the oldest e-mail that is due has waited",
        age(queued.filter(next_try_at__lte=at), at),
    )
    yield (
        "kontor_mails_waiting_for_document",
        "E-mails that wait for their document",
        mails.filter(state="waiting").count(),
    )
    yield (
        "kontor_mails_dead",
        "E-mails that were given up or came back, and that nobody has sent again",
        mails.filter(state__in=OutboundEmail.FAILED).count(),
    )
    yield "kontor_documents_pending", "Documents that are to be made", pending.count()
    yield (
        "kontor_documents_oldest_due_seconds",
        "How long the oldest document that is due has waited",
        age(pending.filter(next_try_at__lte=at), at),
    )
    yield (
        "kontor_documents_dead",
        "Documents that were given up",
        documents.filter(state="dead").count(),
    )
    yield (
        "kontor_partners_behind",
        "Partners whose schema lacks a migration",
        len(partners_behind()),
    )


class PortalCollector(Collector):
    """Asks for the gauges when the metrics are fetched, on a connection that is closed after it."""

    def describe(self) -> list[Metric]:
        """Return nothing, so that registering asks no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield whether the database answers and, if it does, each gauge."""
        found: list[tuple[str, str, float]] = []
        up = watch.answers()
        if up:
            try:
                with in_public():
                    found = list(gauges(timezone.now()))
            except DatabaseError as error:
                log.warning("the metrics could not be read: %s", error)
                up = False
            finally:
                # The thread that answers is not one of requests, which Django tidies up.
                connection.close()
        yield GaugeMetricFamily(UP, "Whether the database answers", value=float(up))
        for name, meaning, value in found:
            yield GaugeMetricFamily(name, meaning, value=value)


def register(registry: CollectorRegistry = REGISTRY) -> None:
    """Offer the gauges beside the metrics of requests."""
    registry.register(PortalCollector())
