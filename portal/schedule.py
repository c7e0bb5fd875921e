"""What happens periodically: each task, and every how many seconds (or when) beat calls it."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

# CON-49: a clock time, since a long interval begins anew with each start of beat.
EVERY_NIGHT = crontab(hour="2", minute="20")

# PDFs have a worker of their own, so that a long document never delays e-mails; so has what makes
# and drops partners' schemas, which the role of the other workers may not do (AVAIL-08).
QUEUES = {
    "pdf": ("documents.render", "quotes.paper", "quotes.papers"),
    "schemas": ("workspace.make_partner", "workspace.sweep_partners"),
}
ROUTES = {name: {"queue": queue} for queue, names in QUEUES.items() for name in names}


def schedule(*, mailbox: bool) -> dict[str, dict[str, Any]]:
    """Return beat's schedule; ``mailbox`` says whether there is one to fetch mail from."""
    return {
        "dispatch-mail": {"task": "outbox.dispatch", "schedule": 10.0},
        "render-documents": {"task": "documents.render", "schedule": 20.0},
        "expire-confirmations": {"task": "quotes.expire_everywhere", "schedule": 300.0},
        "make-papers": {"task": "quotes.papers_everywhere", "schedule": 300.0},
        "verify-evidence": {"task": "quotes.verify_everywhere", "schedule": EVERY_NIGHT},
        "mail-notices": {"task": "notices.mail_everywhere", "schedule": 60.0},
        "mail-staff-notices": {"task": "channel.mail_notices", "schedule": 60.0},
        "sweep-reports": {"task": "support.sweep_everywhere", "schedule": 60.0},
        "sweep-received-mail": {"task": "outbox.sweep_received", "schedule": 600.0},
        **({"fetch-mail": {"task": "outbox.fetch_mail", "schedule": 60.0}} if mailbox else {}),
        "sweep-announcements": {"task": "channel.sweep_announcements", "schedule": 300.0},
        "go-on-after-suspension": {"task": "tenancy.go_on", "schedule": 60.0},
        "check-hosts": {"task": "tenancy.check_hosts", "schedule": 600.0},
        "sweep-partners": {"task": "workspace.sweep_partners", "schedule": 60.0},
        "sweep-imports": {"task": "customers.sweep_imports", "schedule": 60.0},
        "tidy-orders": {"task": "orders.tidy_everywhere", "schedule": 3600.0},
        "sweep-bulk-acts": {"task": "orders.sweep_bulk_acts", "schedule": 60.0},
    }
