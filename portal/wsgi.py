"""The web process. It refuses to start when a system check finds an error: a page without a
policy, an app in both schemas, a library below its minimum version."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
call_command("check")
