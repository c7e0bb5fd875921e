"""The web process, which refuses to start when a system check finds an error.

Errors are, for example, a page without a policy, an app in both schemas, a library below its
minimum version, and in production cookies that are not bound to their host.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("KONTOR_PROCESS", "web")
application = get_wsgi_application()

from portal.checks import refuse_to_start  # noqa: E402  needs the apps
from portal.core import memory, warm_up  # noqa: E402

refuse_to_start()
warm_up.warm_up()
memory.keep_loaded()
