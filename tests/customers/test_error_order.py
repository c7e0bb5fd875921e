"""The error summary of a customer's form stands in the order of the page (USE-18)."""

from __future__ import annotations

import re

from portal.accounts.models import Membership
from tests.conftest import SignIn
from tests.customers.test_views import data


def test_the_summary_follows_the_page(anna: Membership, sign_in: SignIn) -> None:
    """USE-18: the VAT number stands above the credit limit, and that above the billing e-mail."""
    wrong = data(credit_limit="x", billing_email="x", name="", vat_number="SE1", language="xx")
    page = sign_in(anna).post("/customers/new/", wrong).content.decode()
    summary = page[page.index('id="errors"') : page.index("</ul>", page.index('id="errors"'))]
    anchors = re.findall(r'href="#([^"]+)"', summary)
    assert anchors == [
        "id_name",
        "id_vat_number",
        "id_language",
        "id_credit_limit",
        "id_billing_email",
    ]
    places = [page.index(f'id="{anchor}"') for anchor in anchors]
    assert places == sorted(places)


def test_fields_stand_in_the_order_of_the_page(anna: Membership, sign_in: SignIn) -> None:
    """USE-18: also those that are no column of the customer, like the e-mail domains."""
    page = sign_in(anna).get("/customers/new/")
    names = list(page.context["form"].fields)
    content = page.content.decode()
    places = [content.find(f'id="id_{name}') for name in names]
    shown = [place for place in places if place >= 0]
    assert len(shown) > 15
    assert shown == sorted(shown)
