"""The strict and sticky database backend (ISO-01 to ISO-04)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import InternalError
from django_tenants.postgresql_backend import base as library

from portal.tenancy.backend.base import DatabaseWrapper
from portal.tenancy.connection import connection
from portal.tenancy.models import Partner
from tests.isolation.physical import Spy, ask, own_connection, path_of, whose
from tests.isolation.world import partner_of

# Django's own backend, which knows no paths.
PLAIN: Any = BaseDatabaseWrapper


@pytest.fixture
def partners(db: None) -> tuple[Partner, Partner]:
    """Both partners of the database."""
    return partner_of("nordlys"), partner_of("brueckner")


@pytest.fixture
def wrapper(db: None) -> Iterator[DatabaseWrapper]:
    """A separate connection, in autocommit."""
    with own_connection() as other:
        yield other


def test_backend_is_ours() -> None:
    """The project runs on the strict backend, over the library's."""
    assert type(connections["default"]) is DatabaseWrapper
    assert issubclass(DatabaseWrapper, library.DatabaseWrapper)


def test_new_connection_sees_nothing(wrapper: DatabaseWrapper) -> None:
    """ISO-02: the path of the role is an empty schema, until a partner is chosen."""
    with psycopg.connect(**wrapper.get_connection_params()) as raw:
        assert raw.execute("SHOW search_path").fetchone() == ("kontor_nowhere",)
        assert raw.execute("SELECT to_regclass('accounts_user')").fetchone() == (None,)
        assert raw.execute("SELECT to_regclass('customers_customer')").fetchone() == (None,)
        with pytest.raises(psycopg.errors.UndefinedTable):
            raw.execute("SELECT * FROM customers_customer")


def test_statements_are_not_prepared_on_the_server(wrapper: DatabaseWrapper) -> None:
    """A plan cached by the server would be another place that remembers a schema."""
    wrapper.ensure_connection()
    assert wrapper.connection.prepare_threshold is None


def test_path_is_sent_only_when_it_differs(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]
) -> None:
    """ISO-01: sticky; one SET for any number of queries of one partner."""
    spy = Spy(wrapper)
    for _round in range(3):
        for number, partner in enumerate(partners):
            spy.statements.clear()
            wrapper.set_tenant(partner)
            assert [whose(wrapper) for _query in range(5)] == [partner.pk] * 5
            assert (number, spy.sets, len(spy.statements)) == (number, 1, 6)
    spy.statements.clear()
    wrapper.set_tenant(partners[1])
    assert whose(wrapper) == partners[1].pk
    assert spy.sets == 0


def test_path_is_sent_again_when_public_comes_between(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]
) -> None:
    """Going to the public schema and back is two changes."""
    spy = Spy(wrapper)
    wrapper.set_tenant(partners[0])
    whose(wrapper)
    wrapper.set_schema_to_public()
    assert ask(wrapper) == path_of(None)
    wrapper.set_tenant(partners[0])
    assert ask(wrapper) == path_of(partners[0])
    assert spy.sets == 3


def test_failing_set_raises(wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]) -> None:
    """ISO-01: no query runs after a SET that failed; the next try sends it again."""
    spy = Spy(wrapper)
    wrapper.set_tenant(partners[0])
    assert whose(wrapper) == partners[0].pk
    wrapper.set_tenant(partners[1])
    spy.fail_on = "SET search_path"
    spy.statements.clear()
    for _try in range(3):
        with pytest.raises(OperationalError):
            whose(wrapper)
    assert spy.statements == [spy.statements[0]] * 3 and spy.sets == 3
    spy.fail_on = None
    assert whose(wrapper) == partners[1].pk


def test_failing_set_reads_another_partner_with_the_library(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: django-tenants ignores the failure and reads the previous partner."""
    swallows = library.DatabaseWrapper._handle_search_path
    with monkeypatch.context() as patch:
        patch.setattr(DatabaseWrapper, "_handle_search_path", swallows)
        spy = Spy(wrapper)
        wrapper.set_tenant(partners[0])
        assert whose(wrapper) == partners[0].pk
        wrapper.set_tenant(partners[1])
        spy.fail_on = "SET search_path"
        assert whose(wrapper) == partners[0].pk != partners[1].pk
        assert spy.failed == 1


def _error(wrapper: DatabaseWrapper) -> None:
    with pytest.raises(ProgrammingError):
        ask(wrapper, "SELECT * FROM there_is_no_such_table")


def _rollback(wrapper: DatabaseWrapper) -> None:
    wrapper.set_autocommit(False)
    ask(wrapper, "SELECT 1")
    wrapper.rollback()
    wrapper.set_autocommit(True)


def _cancelled(wrapper: DatabaseWrapper) -> None:
    with pytest.raises(OperationalError), wrapper.cursor() as cursor:
        cursor.execute("SET statement_timeout = 20")
        cursor.execute("SELECT pg_sleep(5)")
    with wrapper.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def _reconnect(wrapper: DatabaseWrapper) -> None:
    wrapper.close()


def _error_while_fetching(wrapper: DatabaseWrapper) -> None:
    with pytest.raises(DatabaseError), wrapper.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.fetchone()


@pytest.mark.parametrize("what", [_error, _rollback, _reconnect, _error_while_fetching])
def test_path_is_forgotten_after(
    wrapper: DatabaseWrapper,
    partners: tuple[Partner, Partner],
    what: Callable[[DatabaseWrapper], None],
) -> None:
    """ISO-01: PostgreSQL may have reverted the path, so it is sent again."""
    wrapper.set_tenant(partners[0])
    assert whose(wrapper) == partners[0].pk
    what(wrapper)
    assert wrapper._applied is None
    assert whose(wrapper) == partners[0].pk


def test_path_is_forgotten_after_a_cancelled_query(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]
) -> None:
    """ISO-01: a cancelled query is an error like any other."""
    wrapper.set_tenant(partners[1])
    _cancelled(wrapper)
    assert ask(wrapper) == path_of(partners[1])


def test_rollback_reverts_the_path_and_is_noticed(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]
) -> None:
    """PostgreSQL reverts a SET with its transaction: the previous path is in force again."""
    wrapper.set_tenant(partners[0])
    assert whose(wrapper) == partners[0].pk
    wrapper.set_autocommit(False)
    wrapper.set_tenant(partners[1])
    assert whose(wrapper) == partners[1].pk
    wrapper.rollback()
    # Below Django: the path that the next query would have used.
    raw = wrapper.connection.execute("SHOW search_path").fetchone()
    assert raw == (path_of(partners[0]),)
    assert whose(wrapper) == partners[1].pk
    wrapper.rollback()
    wrapper.set_autocommit(True)


def test_rollback_unnoticed_reads_another_partner(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: a backend that does not forget reads the previous partner."""
    with monkeypatch.context() as patch:
        patch.setattr(DatabaseWrapper, "forget_path", lambda self: None)
        wrapper.set_tenant(partners[0])
        assert whose(wrapper) == partners[0].pk
        wrapper.set_autocommit(False)
        wrapper.set_tenant(partners[1])
        assert whose(wrapper) == partners[1].pk
        wrapper.rollback()
        assert whose(wrapper) == partners[0].pk
        wrapper.rollback()


def test_savepoint_rollback_reverts_the_path_and_is_noticed(
    partners: tuple[Partner, Partner],
) -> None:
    """ISO-01: the same for savepoints, with Django's own atomic."""
    connection.set_tenant(partners[0])
    assert whose(connection) == partners[0].pk
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        connection.set_tenant(partners[1])
        assert whose(connection) == partners[1].pk
        raise ZeroDivisionError
    assert whose(connection) == partners[1].pk
    connection.set_schema_to_public()


def test_savepoint_rollback_works_in_a_broken_transaction(
    partners: tuple[Partner, Partner],
) -> None:
    """No SET precedes the ROLLBACK TO that repairs a broken transaction."""
    connection.set_tenant(partners[0])
    with pytest.raises(ProgrammingError), transaction.atomic():
        ask(connection, "SELECT * FROM there_is_no_such_table")
    assert whose(connection) == partners[0].pk
    connection.set_schema_to_public()


def test_broken_transaction_refuses_rather_than_reads(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]
) -> None:
    """After an error inside a transaction nothing is read until it has ended."""
    wrapper.set_tenant(partners[0])
    wrapper.set_autocommit(False)
    _error(wrapper)
    wrapper.set_tenant(partners[1])
    with pytest.raises(InternalError):
        whose(wrapper)
    wrapper.rollback()
    assert whose(wrapper) == partners[1].pk
    wrapper.rollback()


def test_server_side_cursor_reads_its_partner(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]
) -> None:
    """A named cursor carries only one statement: the SET is sent before it."""
    sql = "SELECT partner_id FROM customers_customer WHERE is_own_company"
    for partner in (*partners, *reversed(partners)):
        wrapper.set_tenant(partner)
        wrapper.set_autocommit(False)
        with wrapper.chunked_cursor() as cursor:
            cursor.execute(sql)
            assert cursor.fetchall() == [(partner.pk,)]
        wrapper.commit()
        wrapper.set_autocommit(True)


def test_server_side_cursor_keeps_its_partner_while_another_is_chosen(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]
) -> None:
    """A cursor opened for one partner keeps reading that partner."""
    wrapper.set_autocommit(False)
    wrapper.set_tenant(partners[0])
    with wrapper.chunked_cursor() as cursor:
        cursor.execute("SELECT partner_id FROM customers_customer, generate_series(1, 500)")
        first = cursor.fetchone()
        wrapper.set_tenant(partners[1])
        assert whose(wrapper) == partners[1].pk
        assert {row[0] for row in [first, *cursor.fetchall()]} == {partners[0].pk}
    wrapper.rollback()


def test_server_side_cursor_raises_when_the_set_fails(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]
) -> None:
    """ISO-04: the rule holds for named cursors too."""
    spy = Spy(wrapper)
    wrapper.set_tenant(partners[0])
    whose(wrapper)
    wrapper.set_tenant(partners[1])
    spy.fail_on = "SET search_path"
    with pytest.raises(OperationalError):
        wrapper.chunked_cursor()


def test_content_types_stay_cached_over_partners(partners: tuple[Partner, Partner]) -> None:
    """Content types are in the public schema alone, so that the cache may stay (ISO-03)."""
    from django.contrib.contenttypes.models import ContentType

    connection.set_tenant(partners[0])
    first = ContentType.objects.get_for_model(Partner)
    connection.set_tenant(partners[1])
    assert ContentType.objects.get_for_model(Partner) is first
    connection.set_schema_to_public()


class Chaos:
    """Random steps on one connection; after each, the path in force is the chosen one."""

    def __init__(self, wrapper: DatabaseWrapper, partners: tuple[Partner, Partner], seed: int):
        self.wrapper, self.random = wrapper, random.Random(seed)
        self.choices: list[Partner | None] = [*partners, None]
        self.chosen: Partner | None = None
        self.savepoints: list[str] = []
        self.broken = False

    def step(self) -> str:
        """Do one thing, and return which."""
        names = ["choose", "choose", "ask", "fail", "commit", "rollback", "savepoint", "back"]
        name = self.random.choice(names)
        getattr(self, name)()
        return name

    def choose(self) -> None:
        self.chosen = self.random.choice(self.choices)
        if self.chosen is None:
            self.wrapper.set_schema_to_public()
        else:
            self.wrapper.set_tenant(self.chosen)

    def ask(self) -> None:
        if self.broken:
            with pytest.raises(InternalError):
                ask(self.wrapper)
        else:
            assert ask(self.wrapper) == path_of(self.chosen)

    def fail(self) -> None:
        with pytest.raises(DatabaseError):
            ask(self.wrapper, "SELECT 1 / 0")
        self.broken = True

    def commit(self) -> None:
        self.wrapper.commit()
        self.savepoints, self.broken = [], False

    def rollback(self) -> None:
        self.wrapper.rollback()
        self.savepoints, self.broken = [], False

    def savepoint(self) -> None:
        if not self.broken:
            name = f"s{len(self.savepoints)}"
            self.wrapper._savepoint(name)
            self.savepoints.append(name)

    def back(self) -> None:
        if self.savepoints:
            number = self.random.randrange(len(self.savepoints))
            self.wrapper.savepoint_rollback(self.savepoints[number])
            self.savepoints = self.savepoints[: number + 1]
            self.broken = False


def _chaos(wrapper: DatabaseWrapper, partners: tuple[Partner, Partner], seed: int) -> None:
    wrapper.set_schema_to_public()
    wrapper.set_autocommit(False)
    chaos = Chaos(wrapper, partners, seed)
    steps: list[str] = []
    for _number in range(40):
        steps.append(chaos.step())
        chaos.ask()
    wrapper.rollback()
    wrapper.set_autocommit(True)


def test_path_is_right_whatever_happens(
    wrapper: DatabaseWrapper, partners: tuple[Partner, Partner]
) -> None:
    """ISO-01: 6,000 random steps of choosing, failing, committing and rolling back."""
    for seed in range(150):
        _chaos(wrapper, partners, seed)


@pytest.mark.parametrize(
    "taken_away",
    [
        {"forget_path": lambda self: None},
        {"rollback": PLAIN.rollback, "_rollback": PLAIN._rollback},
        {"_savepoint_rollback": PLAIN._savepoint_rollback},
    ],
    ids=["never forgets", "forgets no rollback", "forgets no savepoint"],
)
def test_path_goes_wrong_without_forgetting(
    wrapper: DatabaseWrapper,
    partners: tuple[Partner, Partner],
    monkeypatch: pytest.MonkeyPatch,
    taken_away: dict[str, Any],
) -> None:
    """Negative control: with any part of the forgetting removed, the random steps fail."""
    with monkeypatch.context() as patch:
        for name, replacement in taken_away.items():
            patch.setattr(DatabaseWrapper, name, replacement)
        with pytest.raises((AssertionError, DatabaseError, pytest.fail.Exception)):
            for seed in range(150):
                _chaos(wrapper, partners, seed)
