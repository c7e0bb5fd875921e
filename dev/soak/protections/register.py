"""What keeps the register and confirmations true, and the tests that notice (REG, CON)."""

from __future__ import annotations

from dev.soak.protections.kind import Protection

REGISTER = (
    Protection(
        "phone without a name is kept among the notes",
        "customers/imports/reading.py",
        "            self._without_name(texts)\n",
        "",
        "tests/customers/test_import_reading.py::test_a_phone_without_a_contacts_name_arrives",
    ),
    Protection(
        "file without headings keeps its first customer",
        "customers/imports/heading_rows.py",
        "        return -1 if _looks_like_data(row) and not counts[place] else place\n",
        "        return place\n",
        "tests/customers/test_import_reading.py::test_a_file_without_headings_keeps_its_first_customer",
    ),
    Protection(
        "imported state is kept",
        "customers/imports/reading.py",
        '        values["is_active"], lifecycle = state\n',
        "        lifecycle = state[1]\n",
        "tests/customers/test_import_reading.py::test_the_state_is_imported",
    ),
    Protection(
        "check of a file tells no more names than the form",
        "customers/services/told_names.py",
        "        if cache.get(known) or not exceeded(",
        "        if True or not exceeded(",
        "tests/customers/test_import_reading.py::test_a_check_tells_no_more_taken_names_than_the_form",
    ),
    Protection(
        "who has left is in no list",
        "customers/models/customer.py",
        "        return self.contacts.filter(erased_at=None, left_at=None)",
        "        return self.contacts.filter(erased_at=None)",
        "tests/customers/test_leaving.py::test_who_has_left_is_in_no_list_to_choose_from",
    ),
    Protection(
        "drafts ask for somebody else than who has left",
        "customers/services/support_contacts.py",
        "        data.take_off(current, at=at)\n",
        "        pass\n",
        "tests/customers/test_leaving.py::test_who_has_left_is_in_no_list_to_choose_from",
    ),
    Protection(
        "last maintainer does not leave",
        "customers/services/support_contacts.py",
        "    set_support_roles(current, (), at=at)\n    for data",
        "    for data",
        "tests/customers/test_leaving.py::test_the_last_maintainer_does_not_leave",
    ),
    Protection(
        "erased name is emptied",
        "customers/services/contact_data.py",
        '        last_name="",\n',
        "",
        "tests/customers/test_personal_data.py::test_every_table_that_names_a_person_is_in_the_report",
    ),
    Protection(
        "evidence is in the report of a person",
        "quotes/related_data.py",
        '            "evidence": _evidence(contact),\n',
        '            "evidence": [],\n',
        "tests/customers/test_personal_data.py::test_every_table_that_names_a_person_is_in_the_report",
    ),
    Protection(
        "successor has the rights of the work",
        "workspace/offboarding.py",
        "not all(successor.may(each) for each in rights_needed(person)):",
        "False:",
        "tests/workspace/test_offboarding.py::test_only_people_with_the_rights_take_over",
    ),
    Protection(
        "shared filters go over",
        "customers/services/lists.py",
        "        saved.membership = to\n",
        "",
        "tests/workspace/test_offboarding.py::test_shared_filters_go_over_and_one_mail_lists_all",
    ),
    Protection(
        "missing credit is no refusal to ask",
        "quotes/services/sending.py",
        "    lines = check_lines(quote, to_order=False)\n",
        "    lines = check_lines(quote, to_order=True)\n",
        "tests/quotes/test_obstacles.py::test_missing_credit_and_clearance_warn_and_refuse_the_order_only",
    ),
    Protection(
        "answer is of the browser that gave it",
        "quotes/http.py",
        "    return is_let_in(request, ANSWERED, confirmation.pk)",
        "    return True",
        "tests/quotes/test_standing.py::test_who_comes_second_is_not_thanked_for_the_first",
    ),
    Protection(
        "only a contact of the list declines",
        "quotes/services/answering.py",
        "    if chosen is None:\n        raise UnknownName\n    return chosen",
        "    if chosen is None:\n        chosen = next(iter(names.values()))\n    return chosen",
        "tests/quotes/test_answering.py::test_only_a_contact_of_the_list_declines",
    ),
    Protection(
        "who declined is in the evidence",
        "quotes/services/answering.py",
        '        "decliner": _person(decliner),\n',
        "",
        "tests/quotes/test_answering.py::test_who_declined_is_named_everywhere",
    ),
    Protection(
        "price in words is found",
        "quotes/commercials.py",
        " or find_price_words(text, plans)",
        "",
        "tests/quotes/test_price_words.py::test_the_name_of_a_rate_plan_is_refused",
    ),
    Protection(
        "line without a term claims none",
        "templates/quotes/pdf/_proposal.html",
        '{{ line.term|default:_("No term") }}',
        "{{ line.term }}",
        "tests/quotes/test_documents.py::test_the_document_explains_itself",
    ),
    Protection(
        "document names where it is verified",
        "quotes/documents/confirmation.py",
        '            "verify": verify_code(),\n',
        '            "verify": None,\n',
        "tests/quotes/test_documents.py::test_the_document_explains_itself",
    ),
    Protection(
        "text to read is for who holds the link",
        "quotes/views/reading.py",
        "    found = ConfirmationPaper.objects.filter(confirmation=confirmation).first()\n"
        "    if confirmation is None or found is None:",
        "    found = ConfirmationPaper.objects.first()\n    if found is None:",
        "tests/quotes/test_papers.py::test_the_text_is_opened_as_a_pdf_before_accepting",
    ),
)
