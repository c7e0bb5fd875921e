"""The admin sites: what Django's own views answer otherwise than the portal's."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import User
from tests.conftest import SignIn


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_the_look_up_of_choices_only_reads(
    sign_in: SignIn, staff: User, method: str, settings: Any
) -> None:
    """ISO-20: OPTIONS is answered like everywhere else, and not with the methods of a view."""
    settings.STAFF_SECOND_FACTOR = False
    client = sign_in(staff)
    asked = getattr(client, method)("/admin/autocomplete/")
    assert asked.status_code == 405 and asked["Allow"] == "GET, HEAD"
    # Django's own refusal: nothing was said that can be looked up.
    assert client.get("/admin/autocomplete/").status_code == 403
