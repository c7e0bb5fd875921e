"""What keeps partners, servers and sessions apart and alive, and the tests that notice."""

from __future__ import annotations

from dev.soak.protections.kind import Protection

BACKEND = "portal/tenancy/backend/base.py"
DRIVER = "portal/tenancy/backend/driver.py"
TEST_BACKEND = "tests/isolation/test_backend.py::"
TEST_LIMITS = "tests/portal/core/test_database_limits.py::"
TEST_BOUNDS = "tests/portal/core/test_bounds.py::"
TEST_CRASHING = "tests/portal/outbox/test_crashing_documents.py::"
TEST_DELIVERY = "tests/portal/outbox/test_delivery.py::"
TEST_SIGN_IN = "tests/portal/accounts/test_sign_in.py::"
TEST_TOKENS = "tests/portal/core/test_form_tokens.py::"
TEST_LOCK = "tests/flows/test_held_locks_flow.py::"
TEST_TRIPWIRE = "tests/isolation/test_tripwire.py::"
TEST_SESSIONS = "tests/portal/accounts/test_sessions.py::"
TEST_BOMBS = "tests/customers/test_import_bombs.py::"
TEST_NEXT = "tests/workspace/test_next.py::test_buttons_never_lead_to_another_host"

PLATFORM = (
    Protection(
        "path forgotten after an error",
        BACKEND,
        "        if exc_type is not None:\n            self.wrapper.forget_path()",
        "        if exc_type is None:\n            self.wrapper.forget_path()",
        TEST_BACKEND + "test_path_is_forgotten_after",
    ),
    Protection(
        "path forgotten after a savepoint's rollback",
        BACKEND,
        "        finally:\n            self.forget_path()",
        "        finally:\n            pass",
        TEST_BACKEND + "test_savepoint_rollback_reverts_the_path_and_is_noticed",
    ),
    Protection(
        "connection without a partner sees nothing",
        "portal/core/database_limits.py",
        "-c search_path=kontor_nowhere",
        "-c search_path=public",
        TEST_BACKEND + "test_new_connection_sees_nothing",
    ),
    Protection(
        "row of another partner is noticed",
        "portal/tenancy/guard.py",
        '    if partner_id != getattr(connection.tenant, "pk", None):',
        "    if partner_id is None:",
        TEST_TRIPWIRE + "test_row_of_another_partner_is_not_read",
    ),
    Protection(
        "row of another partner is refused by the database",
        "portal/tenancy/guard.py",
        "CHECK (partner_id = '{partner_id}'::uuid)",
        "CHECK (partner_id IS NOT NULL)",
        TEST_TRIPWIRE + "test_row_of_another_partner_is_not_written",
        makes_database=True,
    ),
    Protection(
        "session belongs to its host",
        "portal/accounts/sessions.py",
        " AND partner_id IS NOT DISTINCT FROM %s\n",
        " AND (partner_id IS NOT DISTINCT FROM %s OR TRUE)\n",
        TEST_SESSIONS + "test_store_finds_nothing_of_another_host",
    ),
    Protection(
        "lock is waited for with a limit",
        "portal/core/database_limits.py",
        '            "lock_timeout": self.lock,',
        '            "lock_timeout": 0,',
        TEST_LIMITS + "test_each_kind_of_process_has_limits_of_its_own",
    ),
    Protection(
        "frozen server is given up",
        DRIVER,
        "if not servers.answers(self.place) or (longest and waited > longest):",
        "if longest and waited > longest:",
        TEST_LIMITS + "test_a_frozen_server_is_given_up",
    ),
    Protection(
        "silent server gets no new connections",
        DRIVER,
        "        if servers.silent():\n            raise ServerSilent\n",
        "",
        TEST_LIMITS + "test_a_frozen_server_is_given_up",
    ),
    Protection(
        "process that never asked knows of the silence",
        DRIVER,
        "(*self._known, NEVER_ASKED)",
        "self._known",
        TEST_LIMITS + "test_a_process_that_never_asked_knows_of_the_silence",
    ),
    Protection(
        "slow statement of a server that is there goes on",
        DRIVER,
        "if not servers.answers(self.place) or",
        "if servers.answers(self.place) or",
        TEST_LIMITS + "test_a_slow_statement_goes_on",
    ),
    Protection(
        "health page has a limit of its own",
        "portal/tenancy/health.py",
        "question.result(timeout=seconds)",
        "question.result()",
        TEST_LIMITS + "test_health_waits_no_longer_than_it_was_told",
    ),
    Protection(
        "one host can't take all threads",
        "portal/core/bounds.py",
        "if self._working.get(host, 0) >= self.working and not self._wait(host):",
        "if self._working.get(host, 0) >= 999 and not self._wait(host):",
        TEST_BOUNDS + "test_one_host_cannot_take_all_threads",
    ),
    Protection(
        "one thread is left",
        "portal/core/bounds.py",
        "if self._busy >= self.threads - 1:",
        "if self._busy >= self.threads:",
        TEST_BOUNDS + "test_one_thread_is_always_left",
    ),
    Protection(
        "thread is given back after an error",
        "portal/core/bounds.py",
        "            else:\n                self.bound.leave(host)",
        "            elif response is not None:\n                self.bound.leave(host)",
        TEST_BOUNDS + "test_an_error_gives_the_thread_back",
    ),
    Protection(
        "thread of a file is held",
        "portal/core/bounds.py",
        "if isinstance(response, StreamingHttpResponse):",
        "if response is None:",
        TEST_BOUNDS + "test_a_file_holds_its_thread_until_it_is_sent",
    ),
    Protection(
        "lock is said to be one",
        "portal/core/busy.py",
        'LOCKED = ("55P03", "40P01", "40001")',
        'LOCKED = ("40P01", "40001")',
        TEST_LOCK + "test_a_held_lock_is_said_and_what_was_typed_is_sent_again",
    ),
    Protection(
        "passwords are not shown again",
        "portal/core/busy.py",
        'r"pass(?:word|wd|phrase)|secret',
        'r"secret',
        TEST_LOCK + "test_a_held_lock_is_said_and_what_was_typed_is_sent_again",
    ),
    Protection(
        "attempt at a document is written first",
        "portal/outbox/issuing.py",
        "    document.started_at, document.next_try_at = at, at + LEASE\n",
        "    document.next_try_at = at + LEASE\n",
        TEST_CRASHING + "test_a_document_that_ends_its_process_is_given_up",
    ),
    Protection(
        "document that crashes is given up",
        "portal/outbox/issuing.py",
        "    if document.crashes >= CRASHES:\n",
        "    if document.crashes >= 999:\n",
        TEST_CRASHING + "test_a_document_that_ends_its_process_is_given_up",
    ),
    Protection(
        "partners take turns",
        "portal/outbox/issuing.py",
        ".exclude(partner__in=served)",
        "",
        TEST_CRASHING + "test_partners_take_turns",
    ),
    Protection(
        "document has a time limit",
        "portal/core/pdf.py",
        "signal.setitimer(signal.ITIMER_REAL, min(seconds, outer or seconds))",
        "signal.setitimer(signal.ITIMER_REAL, 20)",
        TEST_CRASHING + "test_the_limit_is_part_of_making_a_pdf",
    ),
    Protection(
        "acceptance leaves without its document",
        "portal/outbox/late_documents.py",
        "if email.template in _complete_without:",
        "if email.template in ():",
        TEST_CRASHING + "test_an_acceptance_leaves_without_its_document_which_follows",
    ),
    Protection(
        "who waits for a document is told",
        "portal/outbox/late_documents.py",
        "            tell_waiting(email, document, at=at)\n",
        "",
        TEST_CRASHING + "test_others_wait_and_say_why",
    ),
    Protection(
        "limit of a task is no error of the message",
        "portal/outbox/delivery.py",
        '        return Unreachable("The time for this batch is over.")',
        '        return Refused("The message can\'t be made", status=None, for_good=True)',
        TEST_DELIVERY + "test_what_is_not_the_messages_fault_is_tried_again",
    ),
    Protection(
        "message has an upper bound",
        "portal/outbox/transports.py",
        "        self._timer.start()\n",
        "",
        TEST_DELIVERY + "test_one_message_has_an_upper_bound",
    ),
    Protection(
        "secret is erased when it is sent",
        "portal/outbox/delivery.py",
        "        email.secrets_encrypted = None\n",
        "        email.last_error = ''\n",
        TEST_DELIVERY + "test_dispatch_due_erases_secrets_when_sent_only",
    ),
    Protection(
        "dispatcher holds the lock of the row",
        "portal/outbox/delivery.py",
        "        .select_for_update(skip_locked=True)\n",
        "",
        TEST_DELIVERY + "test_dispatch_due_takes_nothing_that_another_holds",
    ),
    Protection(
        "closed channel says so",
        "portal/core/broker.py",
        "if self.connection is None or self.connection.client is None:",
        "if self.connection is None:",
        "tests/portal/core/test_broker.py::test_a_message_of_a_closed_connection_ends_no_worker",
    ),
    Protection(
        "what ends is started again",
        "dev/embedded/runner.py",
        "        self._program(program.name, program.command[1:], program.env)\n",
        "",
        "tests/dev/test_supervising.py::test_a_program_that_ends_is_started_again",
    ),
    Protection(
        "cookie of a link names its object",
        "portal/core/link_cookies.py",
        "return bool(held == str(pk))",
        "return bool(held)",
        "tests/quotes/test_reading.py::test_the_cookie_of_one_confirmation_opens_no_other",
    ),
    Protection(
        "workbook with a document type is refused",
        "customers/imports/parts.py",
        "    def _refuse(*_args: Any) -> None:\n        raise damaged()",
        "    def _refuse(*_args: Any) -> None:\n        return",
        TEST_BOMBS + "test_a_harmless_workbook_with_a_document_type_is_refused",
    ),
    Protection(
        "bytes without an event are bounded",
        "customers/imports/parts.py",
        "if size - self.parser.CurrentByteIndex > MAX_TAG:",
        "if size < 0:",
        TEST_BOMBS + "test_a_long_token_is_refused_after_a_megabyte",
    ),
    Protection(
        "next after switch and leave is of this host",
        "workspace/views/home.py",
        "if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):",
        "if wanted:",
        TEST_NEXT,
    ),
    Protection(
        "next after language is of this host",
        "workspace/views/language.py",
        "if not url_has_allowed_host_and_scheme(after, {request.get_host()}, request.is_secure())",
        "if not after",
        TEST_NEXT,
    ),
    Protection(
        "token of a form names its customer",
        "portal/core/form_tokens.py",
        ', "customer": str(subject.customer_id)}',
        "}",
        TEST_TOKENS + "test_a_token_of_another_customer_or_object_is_none",
    ),
    Protection(
        "token of a form names its object",
        "portal/core/form_tokens.py",
        '"id": str(subject.pk), ',
        "",
        TEST_TOKENS + "test_a_token_of_another_customer_or_object_is_none",
    ),
    Protection(
        "account is closed for one address only",
        "portal/accounts/guessing.py",
        'return f"{_account(email)}:{device or _address(request)}"',
        'return f"{_account(email)}"',
        TEST_SIGN_IN + "test_nobody_elsewhere_keeps_the_owner_out",
    ),
    Protection(
        "guessing from many addresses is bounded",
        "portal/accounts/guessing.py",
        "seconds=SECONDS) >= ALL_TOGETHER",
        "seconds=SECONDS) >= 10**9",
        TEST_SIGN_IN + "test_guessing_from_many_addresses_gains_nothing",
    ),
    Protection(
        "cookie of a browser names its account",
        "portal/accounts/guessing.py",
        'return device if account == _account(email) else ""',
        "return device",
        TEST_SIGN_IN + "test_guessing_from_many_addresses_gains_nothing",
    ),
    Protection(
        "asking for a new password takes as long for all",
        "portal/accounts/urls_sign_in.py",
        "takes_as_long(views.password_reset)",
        "views.password_reset",
        TEST_SIGN_IN + "test_reset_takes_as_long_for_everybody",
    ),
    Protection(
        "stranger is not told which partners exist",
        "portal/tenancy/middleware.py",
        '        if not getattr(user, "is_staff", False):',
        "        if user is None:",
        "tests/workspace/test_admin_partners.py::"
        "test_a_strangers_answer_does_not_tell_which_partners_exist",
    ),
    Protection(
        "secret without a digit is hidden in logs",
        "portal/logs.py",
        "    for parts in (_LINK_PART, _SECRET_PART, _LONG_PART):",
        "    for parts in (_LONG_PART,):",
        "tests/portal/outbox/test_logs.py::test_secrets_without_a_digit_are_hidden_too",
    ),
    Protection(
        "web server's own answers carry the headers",
        "gunicorn.conf.py",
        "    util.write_error = write_error\n",
        "",
        "tests/isolation/test_web_server.py::test_refusals_of_the_web_server_are_protected",
    ),
    Protection(
        "figures for monitoring are not for strangers",
        "workspace/views/health.py",
        "    if not _may_look(request):\n        raise Http404\n",
        "",
        "tests/workspace/test_health.py::test_only_monitoring_may_look",
    ),
    Protection(
        "all of a document's making is limited",
        "portal/outbox/issuing.py",
        "    with limited(SECONDS), in_partner(partner):\n",
        "    with in_partner(partner):\n",
        TEST_CRASHING + "test_what_a_document_is_made_of_is_under_the_limit_too",
    ),
    Protection(
        "limit within a limit does not lengthen it",
        "portal/core/pdf.py",
        "min(seconds, outer or seconds)",
        "seconds",
        TEST_CRASHING + "test_of_two_limits_the_one_that_ends_first_holds",
    ),
    Protection(
        "trying again loads a page, not a form's address",
        "portal/core/referrer.py",
        'return came_from(request) if request.method == "POST" else ""',
        'return ""',
        "tests/portal/core/test_error_pages.py::"
        "test_a_lock_behind_the_step_is_not_said_to_be_before_it",
    ),
    Protection(
        "unreadable address of a form breaks no page",
        "portal/core/referrer.py",
        "    except (ValueError, DisallowedHost):\n",
        "    except DisallowedHost:\n",
        "tests/portal/core/test_referrer.py::test_a_form_from_nowhere_is_no_error",
    ),
    Protection(
        "rollback and its release are sent without a path",
        "portal/tenancy/backend/base.py",
        "        if self._without_path:\n            return\n",
        "",
        "tests/isolation/test_savepoints.py::test_nothing_stands_between_a_rollback_and_its_release",
    ),
    Protection(
        "claimed document is waited for",
        "portal/outbox/issuing.py",
        "        .select_for_update()\n",
        "        .select_for_update(skip_locked=True)\n",
        "tests/flows/test_held_rows_flow.py::test_a_document_that_is_claimed_is_made",
    ),
    Protection(
        "taken job is waited for",
        "workspace/jobs.py",
        'select_for_update(of=("self",))',
        'select_for_update(of=("self",), skip_locked=True)',
        "tests/flows/test_held_rows_flow.py::test_a_job_that_is_taken_is_done",
    ),
    Protection(
        "portal's role writes rows and empties no table",
        "docs/operator.md",
        "GRANT USAGE ON SCHEMA extensions TO kontor;\n",
        "GRANT USAGE ON SCHEMA extensions TO kontor;\n"
        "ALTER DEFAULT PRIVILEGES FOR ROLE kontor_owner GRANT ALL ON TABLES TO kontor;\n",
        "tests/workspace/test_bootstrap.py::test_the_manual_leads_to_the_first_order",
    ),
)
