"""Users of Flex pasted from a spreadsheet (ORD-31)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from customers.models import Customer
from orders.families.pasting import MOST_LINES, PastedUsers, read_users
from orders.models import Order
from portal.accounts.models import Membership
from portal.catalog.models import Product
from tests import factories
from tests.conftest import HostClient, SignIn
from tests.orders.test_wizard import form_token_of, start_url


def seats() -> list[Product]:
    """Return two kinds of seats, named in the three languages."""
    named = (("FLX-PRO", "Professional", "Profi", "Proffs"), ("FLX-BASIC", "Basic", "Basis", "Bas"))
    return [
        Product(sku=sku, name=f"Seat {en}", name_de=f"Platz {de}", name_sv=f"Plats {sv}")
        for sku, en, de, sv in named
    ]


def read(text: str, *, taken: tuple[str, ...] = ()) -> PastedUsers:
    return read_users(text, seats=seats(), default="FLX-BASIC", taken=taken)


def good(text: str) -> list[tuple[str, str, str]]:
    """Return name, address and SKU of every user, none of which has a problem."""
    found = read(text)
    assert not found.trouble
    assert not [problem for user in found.users for problem in user.problems]
    return [(user.name, user.email, user.seat) for user in found.users]


EVA = ("Eva Öberg", "eva@a.example", "FLX-PRO")


@pytest.mark.parametrize(
    "text",
    [
        "Eva Öberg\teva@a.example\tFLX-PRO",
        "flx-pro;eva@a.example;Eva Öberg",
        "eva@a.example, Seat Professional, Eva Öberg",
        "Name;E-mail;Seat\r\nEva Öberg;eva@a.example;Professional\r\n",
        "Platz;E-Mail-Adresse;Nachname;Vorname\nPlatz Profi;eva@a.example;Öberg;Eva",
        "Namn\tE-post\tPlats\nEva Öberg\teva@a.example\tplats proffs",
        "Name;Vorname;E-Mail;Lizenz\nÖberg;Eva;eva@a.example;Profi",
        "Eva;Öberg;eva@a.example;FLX-PRO",
        "User principal name,Display name,First name,Last name,Licenses\n"
        "eva@a.example,Eva Öberg,Eva,Öberg,FLX-PRO",
    ],
)
def test_columns_are_told_by_headings_or_content(text: str) -> None:
    """ORD-31: any order, the three languages, name or SKU."""
    assert good(text) == [EVA]


def test_a_missing_seat_is_the_chosen_one() -> None:
    assert good("Eva;eva@a.example\nBo;bo@a.example") == [
        ("Eva", "eva@a.example", "FLX-BASIC"),
        ("Bo", "bo@a.example", "FLX-BASIC"),
    ]
    assert [user[2] for user in good("Eva;e@a.example;\nBo;b@a.example;FLX-PRO")] == [
        "FLX-BASIC",
        "FLX-PRO",
    ]


def test_what_is_wrong_is_said_at_its_line() -> None:
    """ORD-31, USE-07: all at once."""
    found = read(
        "Name;E-mail;Seat;Phone\n"
        "Eva;eva@a.example;Seat Basic;1\n"
        ";b@a.example;;2\n"
        "Cilla;nonsense;;3\n"
        "\n"
        "Dan;EVA@a.example;Premium;4\n"
        "Eli;typed@a.example;;5\n"
        f"{'N' * 300};n@a.example;;6\n"
        "Fia;;;7\n",
        taken=("Typed@A.example",),
    )
    assert {user.line: user.problems for user in found.users} == {
        2: [],
        3: ["The name is missing."],
        4: ['"nonsense" is not an e-mail address.'],
        6: ["The same address as in line 2.", '"Premium" is no seat that can be ordered here.'],
        7: ["This address is among the users already."],
        8: ["The name has 300 characters; at most 120 fit."],
        9: ["The e-mail address is missing."],
    }
    assert found.ignored == ["Phone"]
    assert found.rest.splitlines()[:2] == ["Name;E-mail;Seat;Phone", ";b@a.example;;2"]


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", "Paste the list first."),
        (" \n\t\n", "Paste the list first."),
        ("Name;E-mail", "The list has headings only."),
        ("Eva Berg;Sales", "No column with e-mail addresses was found."),
        ("Eva Berg;Key accounts;e@a.example", "Which column holds the name can't be told."),
        ("\n".join(f"P{n};p{n}@a.example" for n in range(501)), "At most 500 lines at once"),
    ],
)
def test_what_can_not_be_read_says_why(text: str, trouble: str) -> None:
    found = read(text)
    assert found.trouble.startswith(trouble)
    assert found.users == []


def test_the_most_lines_are_read() -> None:
    rows = "\n".join(f"Person {n};p{n}@a.example" for n in range(MOST_LINES))
    assert len(good(rows)) == MOST_LINES


class Step:
    """Step 2 of a Flex order, filled in as a browser would."""

    def __init__(self, client: HostClient, customer: Customer) -> None:
        self.client = client
        answer = client.post(start_url("flex"), {"customer": str(customer.pk)})
        self.url = str(answer["Location"])
        self.data = {
            f"q_{factories.product('FLX-PRO').pk}": "1",
            "users-TOTAL_FORMS": "2",
            "users-INITIAL_FORMS": "0",
            "users-0-name": "Typed",
            "users-0-email": "typed@a.example",
            "users-0-seat": "FLX-PRO",
            "users-1-name": "Half",
            "users-1-email": "",
            "users-1-seat": "FLX-PRO",
            "form_token": form_token_of(client, self.url),
        }

    def post(self, then: str = "", **more: str) -> Any:
        data = {**self.data, **{key.replace("__", "-"): text for key, text in more.items()}}
        return self.client.post(self.url, {**data, "then": then} if then else data)

    @property
    def order(self) -> Order:
        found = re.search(r"/orders/([0-9a-f-]{36})/", self.url)
        assert found is not None
        return Order.objects.get(pk=found.group(1))


def values(page: str, name: str) -> list[str]:
    """Return the values of the inputs with a name like ``users-0-email``, without empty ones."""
    inputs = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    found = [re.search(r'value="([^"]*)"', each) for each in inputs]
    return [each.group(1) for each in found if each and each.group(1)]


def test_rows_are_added_without_scripts(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """USE-03: more empty rows, nothing lost, nothing said to be wrong yet, nothing saved."""
    step = Step(sign_in(anna), havsbris)
    phone = f"q_{factories.product('FLX-D30').pk}"
    page = step.post("rows", **{phone: "three"}).content.decode()
    assert values(page, phone) == ["three"]
    assert values(page, r"users-\d-name") == ["Typed", "Half"]
    assert values(page, "users-TOTAL_FORMS") == ["7"]
    assert "is-invalid" not in page
    assert step.order.version == 1


def test_a_pasted_list_is_shown_then_added(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-31: what was typed stays, what is wrong stays in the box, nothing is saved."""
    step = Step(sign_in(anna), havsbris)
    text = "Eva\teva@a.example\r\nBo\tnonsense\r\nAgain\tTYPED@a.example"
    page = step.post("paste", paste__text=text, paste__seat="FLX-PRO").content.decode()
    assert "1 user can be added." in page
    assert "This address is among the users already." in page
    assert values(page, r"users-\d-email") == ["typed@a.example"]
    assert "Order as many seats" in page and "3 × Product FLX-PRO" in page
    token = values(page, "paste-read")[0]

    answer = step.post(
        "add", paste__text=text, paste__seat="FLX-PRO", paste__read=token, paste__match_seats="on"
    )
    page = answer.content.decode()
    assert "1 user was added to the form. Nothing is saved yet." in page
    assert values(page, r"users-\d-name") == ["Typed", "Half", "Eva"]
    assert values(page, f"q_{factories.product('FLX-PRO').pk}") == ["3"]
    box = page[page.index("<textarea") : page.index("</textarea>")]
    assert "Bo\tnonsense" in box and "eva@a.example" not in box
    assert step.order.lines.count() == 0


def test_only_what_was_shown_is_added(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-31: a list that was changed after it was shown is shown again."""
    step = Step(sign_in(anna), havsbris)
    shown = step.post("paste", paste__text="Eva\teva@a.example").content.decode()
    token = values(shown, "paste-read")[0]
    page = step.post("add", paste__text="Bo\tbo@a.example", paste__read=token).content.decode()
    assert values(page, r"users-\d-email") == ["typed@a.example"]
    assert "bo@a.example" in page and "1 user can be added." in page


def test_a_list_in_the_box_is_not_forgotten(
    anna: Membership, havsbris: Customer, sign_in: SignIn
) -> None:
    """ORD-31: going on with a list that is not among the users says so."""
    step = Step(sign_in(anna), havsbris)
    answer = step.post(paste__text="Eva\teva@a.example")
    assert answer.status_code == 200
    assert "Add the list to the users, or empty this box." in answer.content.decode()
    assert "Eva\teva@a.example" in answer.content.decode()
    assert step.order.lines.count() == 0


def test_a_thousand_users_are_kept(anna: Membership, havsbris: Customer, sign_in: SignIn) -> None:
    """ORD-31: two full lists fill an order, and more are refused with a message."""
    step = Step(sign_in(anna), havsbris)
    step.data["users-TOTAL_FORMS"] = "1"
    for part, most in ((0, 500), (1, 499)):
        text = "\n".join(f"P {n};p{part}-{n}@a.example" for n in range(most))
        page = step.post("paste", paste__text=text).content.decode()
        token = values(page, "paste-read")[0]
        page = step.post("add", paste__text=text, paste__read=token).content.decode()
        rows = range(int(values(page, "users-INITIAL_FORMS")[0]))
        for row in rows:
            for name in ("name", "email"):
                step.data[f"users-{row}-{name}"] = values(page, f"users-{row}-{name}")[0]
            step.data[f"users-{row}-seat"] = "FLX-PRO"
        step.data["users-TOTAL_FORMS"] = str(len(rows))
    assert len(rows) == 1000
    page = step.post("paste", paste__text="One;more@a.example").content.decode()
    assert "This order has room for 0 more users" in page
