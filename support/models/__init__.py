"""Models of support: problem reports, service reports and their settings."""

from support.models.comment import Comment
from support.models.report import ProblemReport, ReportRecipient, ReportWatcher
from support.models.service_report import ServicePart, ServiceReport
from support.models.settings import StateLabel, SupportSettings

__all__ = [
    "Comment",
    "ProblemReport",
    "ReportRecipient",
    "ReportWatcher",
    "ServicePart",
    "ServiceReport",
    "StateLabel",
    "SupportSettings",
]
