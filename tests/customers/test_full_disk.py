"""A database that has no room left, in the middle of what somebody saves (OUT-09)."""

from __future__ import annotations

import pytest
from django.db import connection

from customers.models import Customer
from portal.accounts.models import Membership
from tests.conftest import SignIn
from tests.customers.test_views import data

FAILS = """
    CREATE FUNCTION pg_temp.fails() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '{code}'; END $$;
    CREATE TRIGGER fails BEFORE INSERT ON customers_customerdomain
    FOR EACH ROW EXECUTE FUNCTION pg_temp.fails()
"""
MENDED = "DROP TRIGGER fails ON customers_customerdomain; DROP FUNCTION pg_temp.fails()"


# disk_full, out_of_memory, too_many_connections
@pytest.mark.parametrize("code", ["53100", "53200", "53300"])
def test_a_full_disk_is_said_and_nothing_is_half_done(
    code: str, anna: Membership, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OUT-09, OUT-08: no customer without its domains; the same form saves it afterwards."""
    client = sign_in(anna)
    client.raise_request_exception = False
    # The page gives the connection up, which is the test's own here.
    gone = type("Gone", (), {"close": lambda self: None})()
    monkeypatch.setattr("portal.core.http.connection", gone)
    form = data(domains="acme.example")
    with connection.cursor() as cursor:
        cursor.execute(FAILS.format(code=code))
    refused = client.post("/customers/new/", form)
    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    assert "was not confirmed" in refused.content.decode()
    assert not Customer.objects.filter(name="Acme AB").exists()
    with connection.cursor() as cursor:
        cursor.execute(MENDED)
    assert client.post("/customers/new/", form).status_code == 302
    assert Customer.objects.get(name="Acme AB").domains.get().domain == "acme.example"
