"""The settings of the next version: the portal's, with an app whose migrations are new.

Only `dev.soak.operations` uses them.
"""

from __future__ import annotations

from portal.settings import *  # noqa: F403  everything is as in the portal
from portal.settings import INSTALLED_APPS, TENANT_APPS

TENANT_APPS = [*TENANT_APPS, "dev.soak.ahead"]
INSTALLED_APPS = [*INSTALLED_APPS, "dev.soak.ahead"]
