"""Small truths of drafts, their PDF, and what beat does with orders (ORD-56, ORD-67)."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer
from orders.documents import PLAIN, PRICED
from orders.models import Order, Service
from orders.services.drafts import save_details, start_draft
from orders.services.tidying import delete_empty_drafts, renew_terms
from orders.terms import (
    agreement_of,
    agreement_words,
    early_endings,
    end_of_term,
    left_to_pay,
    months_left,
)
from portal.accounts.models import Membership
from portal.catalog.models import Product
from portal.history.models import Entry
from portal.outbox.issuing import render_due
from portal.outbox.models import Document
from tests import factories
from tests.admin_helpers import bring_to
from tests.conftest import NOW, SignIn
from tests.orders.test_fulfilment import place_on
from tests.orders.test_wizard import switch

DAY = timedelta(days=1)


def test_drafts_of_nothing_go_after_a_day(anna: Membership, havsbris: Customer) -> None:
    """ORD-67: what was written into, returned or is waiting stays; the log keeps that it was."""
    empty = start_draft(customer=havsbris, family="flex", by=anna, at=NOW)
    written = start_draft(customer=havsbris, family="flex", by=anna, at=NOW)
    Order.objects.filter(pk=written.pk).update(reference="Floor 3")
    returned = start_draft(customer=havsbris, family="flex", by=anna, at=NOW)
    Order.objects.filter(pk=returned.pk).update(submitted_at=NOW)
    # Whom it is confirmed to is no field that is asked for here, but it was chosen by somebody.
    chosen = start_draft(customer=havsbris, family="flex", by=anna, at=NOW)
    save_details(
        chosen.pk,
        version=chosen.version,
        at=NOW + timedelta(minutes=5),
        reference="",
        po_number="",
        start_date=None,
        contact=factories.make_contact(havsbris, at=NOW),
    )
    full = factories.make_draft(havsbris, by=anna, at=NOW)
    assert delete_empty_drafts(at=NOW + DAY) == 0
    assert delete_empty_drafts(at=NOW + DAY + timedelta(hours=1)) == 1
    kept = set(Order.objects.values_list("pk", flat=True))
    assert kept == {written.pk, returned.pk, chosen.pk, full.pk}
    assert Entry.objects.filter(object_pk=str(empty.pk)).count() == 2


def test_the_chip_names_the_drafts_customer(
    anna: Membership, havsbris: Customer, own: Customer, sign_in: SignIn
) -> None:
    """ORD-67, ORD-05: nobody reads "No customer chosen" in a draft that has one; step 2 ends."""
    draft = start_draft(customer=havsbris, family="flex", by=anna, at=NOW)
    client = sign_in(anna)
    page = client.get(f"/orders/{draft.pk}/products/").content.decode()
    assert "No customer chosen" not in page and "of this draft" in page
    assert f'href="/orders/{draft.pk}/delete/">Cancel' in page
    assert "No customer chosen" in client.get("/orders/").content.decode()
    first = client.get("/orders/new/flex/").content.decode()
    assert "You have not chosen a customer" in first and "Filled in for you" in first
    switch(client, own)
    chosen = client.get("/orders/new/flex/").content.decode()
    assert "You are working for your own company. Tick to confirm" in chosen
    assert "You have not chosen a customer" not in chosen and "Filled in for you" not in chosen


def test_what_is_demanded_at_times_is_not_called_optional(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-67."""
    draft = start_draft(customer=havsbris, family="meeting", by=anna, at=NOW)
    page = sign_in(anna).get(f"/orders/{draft.pk}/products/").content.decode()
    assert "optional" not in page[page.index("id_hosts") - 400 : page.index("id_hosts") + 200]


@pytest.mark.documents
def test_an_order_as_a_pdf_with_and_without_prices(
    anna: Membership, mikael: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-67, RIGHTS-03: one for each version and right; nobody gets the other."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    client, url = sign_in(anna), f"/orders/{order.pk}/"
    assert client.post(f"{url}pdf/").status_code == 302
    assert client.post(f"{url}pdf/").status_code == 302
    (priced,) = Document.objects.for_partner(anna.partner).filter(about_id=order.pk)
    assert (priced.kind, priced.file_name) == (PRICED, f"{order.number}.pdf")
    assert client.get(f"{url}documents/{priced.pk}/").status_code == 404
    render_due(at=timezone.now())
    answer = client.get(f"{url}documents/{priced.pk}/")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert text_of(answer.content).count("258.00") == 2
    assert order.number in client.get(url).content.decode()
    mikael.role.rights = [*mikael.role.rights, "view_order", "view_customer"]
    mikael.role.save()
    other = sign_in(mikael)
    assert other.get(f"{url}documents/{priced.pk}/").status_code == 404
    assert other.post(f"{url}pdf/").status_code == 302
    render_due(at=timezone.now())
    plain = Document.objects.for_partner(anna.partner).get(about_id=order.pk, kind=PLAIN)
    words = text_of(other.get(f"{url}documents/{plain.pk}/").content)
    assert "Product FLX-PRO" in words and "258" not in words and "129" not in words


def text_of(content: bytes) -> str:
    """Return the words of a PDF."""
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=content, check=True, capture_output=True).stdout.decode()


def test_terms_count_in_months() -> None:
    """ORD-56: the last day, whatever the month's length; begun months are paid whole."""
    assert end_of_term(date(2026, 12, 1), 24) == date(2028, 11, 30)
    assert end_of_term(date(2027, 8, 31), 6) == date(2028, 2, 28)
    assert end_of_term(date(2026, 12, 1), 0) is None
    end = date(2028, 11, 30)
    assert (months_left(end, end), months_left(end, date(2028, 12, 1))) == (1, 0)
    assert months_left(end, date(2026, 12, 1)) == 24


def test_the_agreed_term_stays_with_the_service(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-56: from the order to the service, with its end, notice and renewal."""
    order = factories.make_order(havsbris, by=anna, at=NOW)
    order.lines.update(term_months=24)
    Order.objects.filter(pk=order.pk).update(quote_number="Q-2026-0007")
    assert "Agreed term: 24 months" in sign_in(anna).get(f"/orders/{order.pk}/").content.decode()
    bring_to(order, "completed")
    service = Service.objects.select_related("product").get()
    assert (service.term_months, service.term_ends_on) == (24, date(2028, 11, 22))
    agreed = agreement_of(service, today=NOW.date())
    assert agreed is not None and agreed.notice_by == date(2028, 8, 22)
    words = "Term until 22 Nov 2028. Without notice by 22 Aug 2028 it goes on without a term."
    assert agreement_words(agreed) == words
    page = sign_in(anna).get(f"/customers/{havsbris.pk}/").content.decode()
    assert words in page
    assert left_to_pay(service, end=agreed.ends_on, day=date(2028, 9, 23)) == 2 * 2 * 129


def test_terms_renew_as_agreed(anna: Membership, havsbris: Customer) -> None:
    """ORD-56: by the product's months, once its end has passed; others go on without."""
    order = bring_to(factories.make_order(havsbris, by=anna, at=NOW), "completed")
    service = Service.objects.select_related("product").get(made_by__order=order)
    ends: dict[str, Any] = {"term_months": 24, "term_ends_on": date(2026, 11, 30)}
    Service.objects.filter(pk=service.pk).update(**ends)
    late = NOW + timedelta(days=8)
    assert renew_terms(at=late) == 0
    service = Service.objects.select_related("product").get(pk=service.pk)
    assert agreement_of(service, today=late.date()) is None
    Product.objects.filter(pk=service.product_id).update(renewal_months=12, notice_months=1)
    assert renew_terms(at=NOW) == 0
    assert (renew_terms(at=late), renew_terms(at=late)) == (1, 0)
    service.refresh_from_db()
    assert service.term_ends_on == date(2027, 11, 30)
    agreed = agreement_of(Service.objects.get(pk=service.pk), today=late.date())
    assert agreed is not None and agreed.notice_by == date(2027, 10, 31)
    assert agreement_words(agreed) == (
        "Term until 30 Nov 2027. Without notice by 31 Oct 2027 it renews for 12 months."
    )


def test_ending_early_says_what_it_means(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-56: until when a service is agreed and what may be charged; to who sees prices."""
    bring_to(factories.make_order(havsbris, by=anna, at=NOW), "completed")
    service = Service.objects.get()
    Service.objects.update(term_months=24, term_ends_on=date(2028, 11, 22))
    order = place_on(service, Order.Kind.TERMINATE, 0, anna)
    lines = order.lines.select_related("service__product")
    ends = date(2028, 9, 23)
    agreed = "Product FLX-PRO is agreed until 22 Nov 2028. If it ends before, "
    assert early_endings(lines, day=ends, prices=True) == [
        f"{agreed}up to SEK\xa0516.00 of the agreed term may still be charged."
    ]
    assert early_endings(lines, day=ends, prices=False) == [
        f"{agreed}the rest of the agreed term may still be charged."
    ]
    assert early_endings(lines, day=date(2028, 11, 22), prices=True) == []
    Order.objects.filter(pk=order.pk).update(state="draft", start_date=ends)
    page = sign_in(anna).get(f"/orders/{order.pk}/review/").content.decode()
    assert f"{agreed}up to SEK\xa0516.00" in page
