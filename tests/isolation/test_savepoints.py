"""What is sent around a transaction within another one, and what happens if that is cancelled."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, transaction

from customers.models import Customer
from portal.accounts.models import Membership
from portal.tenancy.connection import connection
from tests.isolation.wire import Wire


def test_nothing_stands_between_a_rollback_and_its_release(
    anna: Membership, havsbris: Customer
) -> None:
    """AVAIL-04, ISO-01: a cancelled statement there would break the transaction around it."""
    sent: list[str] = []

    def watch(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SET search_path") and sent[-1:] == ["ROLLBACK"]:
            raise OperationalError("cancelled")
        sent.append(sql.split()[0])
        return run(sql, params, many, context)

    with connection.execute_wrapper(watch), transaction.atomic():
        with pytest.raises(LookupError), transaction.atomic():
            Customer.objects.filter(pk=havsbris.pk).update(name="Undone AB")
            raise LookupError
        assert sent[-2:] == ["ROLLBACK", "RELEASE"]
        assert Customer.objects.get(pk=havsbris.pk).name == havsbris.name


def test_requests_of_a_test_are_undone_if_they_change_anything(
    anna: Membership, havsbris: Customer
) -> None:
    """ISO-20: the matrix and the crawler rely on it: a change, a lock and a setting are undone."""
    undoing = "SELECT set_config('kontor.seen', 'yes', false)"
    sent: list[str] = []

    def watch(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql.split()[0])
        return run(sql, params, many, context)

    with connection.execute_wrapper(watch):
        with Wire().undone():
            assert Customer.objects.filter(pk=havsbris.pk).exists()
        assert "ROLLBACK" not in sent
        with Wire().undone():
            Customer.objects.filter(pk=havsbris.pk).update(name="Undone AB")
        with Wire().undone():
            list(Customer.objects.select_for_update().filter(pk=havsbris.pk))
        with Wire().undone(), connection.cursor() as cursor:
            cursor.execute(undoing)
    assert sent.count("ROLLBACK") == 3
    assert Customer.objects.get(pk=havsbris.pk).name == havsbris.name
