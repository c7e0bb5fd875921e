"""Each family's product step. A new family adds a module here and a line to FORMS (ORD-02)."""

from __future__ import annotations

from orders.families.base import FamilyForm
from orders.families.flex import FlexForm
from orders.families.meeting import MeetingForm
from orders.families.trunk import TrunkForm
from portal.catalog.models import Family

FORMS: dict[str, type[FamilyForm]] = {
    Family.TRUNK: TrunkForm,
    Family.MEETING: MeetingForm,
    Family.FLEX: FlexForm,
}
