"""What is logged, and how: JSON in production. The settings read it; it imports nothing of ours."""

from __future__ import annotations

from typing import Any

# The console renderer of structlog prints local variables, and is not used.
LOG_SETTINGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": "ext://portal.logs.renderer",
            "foreign_pre_chain": "ext://portal.logs.foreign_chain",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "fontTools": {"level": "ERROR"},
    },
}
