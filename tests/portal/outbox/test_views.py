"""`/outbox/` on a partner's host."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer
from portal.accounts.models import Membership
from portal.outbox.delivery import dispatch_due
from portal.outbox.models import OutboundEmail
from portal.outbox.queries import listed
from portal.outbox.rows import rows_about
from portal.tenancy.models import Partner
from tests.conftest import HostClient, SignIn
from tests.portal.outbox.conftest import AT, MailServer

Queue = Callable[..., OutboundEmail]
State = OutboundEmail.State
SECRET = "https://nordlys.example/geheim?a=1&b=2"


@pytest.fixture
def client(sign_in: SignIn, anna: Membership) -> HostClient:
    """Anna, the administrator."""
    return sign_in(anna)


def given_up(email: OutboundEmail, **values: Any) -> OutboundEmail:
    email.state, email.dead_at, email.attempts = State.DEAD, AT, 1
    email.last_error, email.last_status = "5.1.1 No such mailbox", 550
    email.secrets_encrypted = None
    for name, value in values.items():
        setattr(email, name, value)
    email.save()
    return email


def page(client: HostClient, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return html_module.unescape(response.content.decode())


def subjects(client: HostClient, query: str = "") -> list[str]:
    return [row.source.subject for row in client.get(f"/outbox/{query}").context["rows"]]


def test_list_shows_subject_address_state_and_cause(
    client: HostClient, queue: Queue, anna: Membership
) -> None:
    given_up(queue(about=anna))
    text = page(client, "/outbox/")
    for words in ("News for Eva", "eva@havsbris.example", "Not delivered", "There is no mailbox"):
        assert words in text
    assert "20 Nov 2026 09:30" in text


def test_list_newest_first_and_sorted_by_its_headings(client: HostClient, queue: Queue) -> None:
    queue(context={"name": "B"}, at=AT)
    queue(context={"name": "A"}, at=AT + timedelta(hours=1))
    queue(context={"name": "C"}, at=AT - timedelta(hours=1))
    assert subjects(client) == ["News for A", "News for B", "News for C"]
    assert subjects(client, "?sort=created") == ["News for C", "News for B", "News for A"]
    assert subjects(client, "?sort=-subject") == ["News for C", "News for B", "News for A"]
    assert subjects(client, "?sort=nonsense") == ["News for A", "News for B", "News for C"]


def test_list_by_state_and_by_words(client: HostClient, queue: Queue, anna: Membership) -> None:
    given_up(queue(context={"name": "100 % sure"}))
    later = AT + timedelta(hours=1)
    queue(context={"name": "Olle_K"}, to="olle@bjorkvik.example", about=anna, at=later)
    assert subjects(client, "?state=dead") == ["News for 100 % sure"]
    assert subjects(client, "?state=queued") == ["News for Olle_K"]
    assert subjects(client, "?state=sent") == []
    assert subjects(client, "?state=nonsense") == []  # USE-14
    assert subjects(client, "?q=BJORKVIK") == ["News for Olle_K"]
    assert subjects(client, "?q=anna") == ["News for Olle_K"]
    assert subjects(client, "?q=%25") == ["News for 100 % sure"]
    assert subjects(client, "?q=_") == ["News for Olle_K"]
    assert subjects(client, "?q=sure&state=queued") == []
    assert client.get("/outbox/?q=%00").status_code < 500


def test_list_empty_says_what_comes_here(client: HostClient) -> None:
    """USE-05: the empty state."""
    text = page(client, "/outbox/")
    assert "Nothing was sent yet" in text
    assert 'name="q" value' not in text.split('id="main"')[1]


def test_list_without_a_match_offers_the_way_back(client: HostClient, queue: Queue) -> None:
    queue()
    text = page(client, "/outbox/?q=nobody")
    assert "No e-mail matches" in text
    assert "Remove all filters" in text


def test_list_in_pages_of_50(client: HostClient, queue: Queue) -> None:
    one = queue()
    OutboundEmail.objects.across_partners().bulk_create(
        OutboundEmail(
            partner=one.partner,
            key=f"more-{n}",
            template="probe/plain",
            language="en",
            to_address="eva@havsbris.example",
            from_address=one.from_address,
            from_name=one.from_name,
            subject=f"More {n}",
            text="x",
            html="x",
            message_id=f"<{n}@x>",
            state=State.SENT,
            next_try_at=AT,
            created_at=AT + timedelta(minutes=n),
            queued_at=AT,
        )
        for n in range(1, 60)
    )
    assert len(subjects(client)) == 50
    assert subjects(client, "?page=2")[-1] == "News for Eva"
    assert "1 to 50 of 60" in page(client, "/outbox/")
    assert len(subjects(client, "?page=99")) == 10


def test_list_asks_as_many_statements_for_three_as_for_one(
    client: HostClient, queue: Queue
) -> None:
    client.get("/outbox/")
    counts = []
    for number in (1, 2):
        for _each in range(number):
            queue()
        with CaptureQueriesContext(connection) as queries:
            client.get("/outbox/")
        counts.append([q["sql"] for q in queries if "search_path" not in q["sql"].lower()])
    assert [len(each) for each in counts] == [7, 7]


def test_list_does_not_read_the_bodies(client: HostClient, queue: Queue) -> None:
    queue()
    with CaptureQueriesContext(connection) as queries:
        client.get("/outbox/")
    (listing,) = [q["sql"] for q in queries if "ORDER BY" in q["sql"] and "outbound" in q["sql"]]
    assert '"html"' not in listing
    assert '"secrets_encrypted"' not in listing


def urls(email: OutboundEmail) -> list[str]:
    names = ("detail", "html")
    return ["/outbox/", *(reverse(f"outbox:{name}", args=[email.pk]) for name in names)]


def test_only_those_who_manage_people(
    sign_in: SignIn, queue: Queue, jonas: Membership, mikael: Membership
) -> None:
    email = queue()
    again = reverse("outbox:send_again", args=[email.pk])
    for person in (jonas, mikael):
        client = sign_in(person)
        assert [client.get(url).status_code for url in urls(email)] == [403, 403, 403]
        assert client.post(again).status_code == 403
    stranger = HostClient("nordlys.localhost")
    assert {stranger.get(url).status_code for url in urls(email)} == {302}
    assert stranger.post(again).status_code == 302


def test_another_partners_messages_are_not_there(
    sign_in: SignIn, queue: Queue, lena: Membership, brueckner: Partner, client: HostClient
) -> None:
    email = given_up(queue(context={"name": "Nordlys alone"}))
    theirs = queue(partner=brueckner, key="theirs")
    other = sign_in(lena)
    assert "Nordlys alone" not in page(other, "/outbox/")
    assert [other.get(url).status_code for url in urls(email)[1:]] == [404, 404]
    assert other.post(reverse("outbox:send_again", args=[email.pk])).status_code == 404
    email.refresh_from_db()
    assert email.is_dead
    assert [client.get(url).status_code for url in urls(theirs)[1:]] == [404, 404]
    unknown = reverse("outbox:detail", args=[uuid4()])
    assert client.get(unknown).status_code == 404


def test_detail_shows_message_headers_and_delivery(
    client: HostClient, queue: Queue, nordlys: Partner, settings: Any
) -> None:
    settings.DEFAULT_FROM_EMAIL = "post@kontor.example"
    email = queue(language="sv")
    text = page(client, reverse("outbox:detail", args=[email.pk]))
    for words in (
        "News for Eva",
        "eva@havsbris.example",
        f"{nordlys.name}<br>post@kontor.example",
        nordlys.notification_email,
        "Swedish",
        email.message_id,
        "Hello Eva,",
        "Queued",
    ):
        assert words in text
    assert "Send again" not in text


def test_detail_links_to_what_it_is_about(
    client: HostClient, queue: Queue, own: Any, anna: Membership
) -> None:
    customer = reverse("customers:customer", args=[own.pk])
    about_customer = queue(about=own)
    assert f'href="{customer}"' in page(client, reverse("outbox:detail", args=[about_customer.pk]))
    about_person = queue(about=anna)
    assert "Anna Test" in page(client, reverse("outbox:detail", args=[about_person.pk]))


def test_detail_of_a_dead_message_names_the_cause_and_the_remedy(
    client: HostClient, queue: Queue
) -> None:
    """OUT-03: in sight, with the cause and the remedy."""
    email = given_up(queue())
    text = page(client, reverse("outbox:detail", args=[email.pk]))
    assert "This e-mail did not reach eva@havsbris.example." in text
    assert "There is no mailbox eva@havsbris.example." in text
    said = text.partition("What the mail server said")[2]
    assert re.search(r"550\s+5\.1\.1 No such mailbox", said)
    assert f'action="{reverse("outbox:send_again", args=[email.pk])}"' in text


def test_detail_of_a_dead_message_whose_link_nobody_can_renew(
    client: HostClient, queue: Queue
) -> None:
    email = given_up(queue(template="probe/link", context={}, secrets={"link": SECRET}))
    text = page(client, reverse("outbox:detail", args=[email.pk]))
    assert "Repeat the action that sent it" in text
    assert "Send again" not in text


def test_detail_of_a_delayed_message_says_when_it_is_tried_again(
    client: HostClient, queue: Queue, mail_server: MailServer
) -> None:
    mail_server.at_rcpt["eva@havsbris.example"] = "451 Greylisted"
    email = queue()
    dispatch_due(at=AT)
    text = page(client, reverse("outbox:detail", args=[email.pk]))
    words = " ".join(text.split())
    assert "The mail server of havsbris.example takes no e-mail for the moment." in words
    assert "The next attempt is at 20 Nov 2026 09:30." in words


def test_detail_hides_links(client: HostClient, queue: Queue) -> None:
    """OUT-04: the log shows no link."""
    email = queue(template="probe/link", context={}, secrets={"link": SECRET})
    text = page(client, reverse("outbox:detail", args=[email.pk]))
    html = page(client, reverse("outbox:html", args=[email.pk]))
    assert "Open (link hidden) now" in text
    assert "<a>Open</a><p>or (link hidden)</p>" in html
    for body in (text, html, page(client, "/outbox/")):
        assert "geheim" not in body
        assert email.pk.hex not in body.replace(email.message_id, "")


def test_links_work_only_in_the_embedded_run(
    client: HostClient, queue: Queue, settings: Any, tmp_path: Path
) -> None:
    """OUT-04: the exception of a development run."""
    settings.EMBEDDED = True
    settings.EMAIL_URL = tmp_path.as_uri()
    email = queue(template="probe/link", context={}, secrets={"link": SECRET})
    detail, html = (reverse(f"outbox:{name}", args=[email.pk]) for name in ("detail", "html"))
    for _when in ("before", "after"):
        text = client.get(detail).content.decode()
        assert 'href="https://nordlys.example/geheim?a=1&amp;b=2"' in text
        frame = client.get(html).content.decode()
        assert '<a href="https://nordlys.example/geheim?a=1&amp;b=2">Open</a>' in frame
        assert '<base target="_blank">' in frame
        dispatch_due(at=AT)
    assert OutboundEmail.objects.across_partners().get().secrets_encrypted is None
    settings.EMBEDDED = False
    assert "geheim" not in page(client, detail) + page(client, html)


def test_links_of_a_file_that_is_gone_are_hidden(
    client: HostClient, queue: Queue, settings: Any, tmp_path: Path
) -> None:
    settings.EMBEDDED = True
    settings.EMAIL_URL = tmp_path.as_uri()
    email = queue(template="probe/link", context={}, secrets={"link": SECRET})
    dispatch_due(at=AT)
    for path in tmp_path.iterdir():
        path.unlink()
    assert "Open (link hidden) now" in page(client, reverse("outbox:detail", args=[email.pk]))


def policy_of(response: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts if name}


def test_html_has_a_policy_of_its_own(client: HostClient, queue: Queue) -> None:
    response = client.get(reverse("outbox:html", args=[queue().pk]))
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; "
        "frame-ancestors 'self'"
    )
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == "text/html; charset=utf-8"


def test_html_may_open_tabs_only_where_links_work(
    client: HostClient, queue: Queue, settings: Any
) -> None:
    settings.EMBEDDED = True
    response = client.get(reverse("outbox:html", args=[queue().pk]))
    assert policy_of(response)["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"


def test_frames_are_allowed_on_the_message_page_only(client: HostClient, queue: Queue) -> None:
    detail = client.get(reverse("outbox:detail", args=[queue().pk]))
    assert policy_of(detail)["frame-src"] == "'self'"
    assert detail["X-Frame-Options"] == "DENY"
    assert "no-store" in detail["Cache-Control"]
    assert "frame-src" not in policy_of(client.get("/outbox/"))


def test_a_typed_script_stays_text(client: HostClient, queue: Queue) -> None:
    email = queue(context={"name": "<script>alert(1)</script>"})
    for url in urls(email):
        assert "<script>alert" not in client.get(url).content.decode()


def test_send_again(client: HostClient, queue: Queue) -> None:
    email = given_up(queue())
    response = client.post(reverse("outbox:send_again", args=[email.pk]), follow=True)
    assert response.redirect_chain == [(reverse("outbox:detail", args=[email.pk]), 302)]
    assert "The e-mail to eva@havsbris.example is queued again." in response.content.decode()
    email.refresh_from_db()
    assert email.state == State.QUEUED


def test_send_again_that_is_refused_says_why(client: HostClient, queue: Queue) -> None:
    email = queue()
    response = client.post(reverse("outbox:send_again", args=[email.pk]))
    assert response.status_code == 409
    assert "This e-mail is queued and cannot be sent again." in response.content.decode()


def test_send_again_by_get_does_nothing(client: HostClient, queue: Queue) -> None:
    email = given_up(queue())
    assert client.get(reverse("outbox:send_again", args=[email.pk])).status_code == 405
    email.refresh_from_db()
    assert email.is_dead


def test_there_is_no_outbox_on_the_public_host(
    sign_in: SignIn, staff: Any, queue: Queue, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    assert sign_in(staff).get("/outbox/").status_code == 404


def test_an_objects_page_shows_its_messages(queue: Queue, nordlys: Partner, own: Any) -> None:
    queue(about=own, at=AT)
    given_up(queue(about=own, at=AT + timedelta(hours=1)))
    queue()
    rows = rows_about(nordlys, own)
    assert [row.state for row in rows] == ["Not delivered", "Queued"]
    shown = render_to_string("outbox/_emails.html", {"rows": rows, "may_read": True})
    assert rows[0].url in shown
    assert f'action="{rows[0].again_url}"' in shown
    assert "There is no mailbox eva@havsbris.example." in shown
    for reader in (False, True):
        shown = render_to_string("outbox/_emails.html", {"rows": rows, "may_read": reader})
        assert ("Send again" in shown) is reader
        assert ("<a " in shown) is reader
    assert "No e-mail was sent yet." in render_to_string("outbox/_emails.html", {"rows": []})


def test_what_was_not_delivered(queue: Queue, nordlys: Partner, brueckner: Partner) -> None:
    dead = given_up(queue())
    given_up(queue(partner=brueckner, key="theirs"))
    queue()
    assert list(listed(nordlys, state=State.DEAD)) == [dead]


def test_list_names_the_customer_and_is_filtered_by_it(
    client: HostClient, queue: Queue, havsbris: Customer, bjorkvik: Customer
) -> None:
    """REG-09, USE-05: from the customers' app, which stands above this one."""
    queue(context={"name": "A"}, about=havsbris)
    queue(context={"name": "B"}, about=bjorkvik, at=AT - timedelta(hours=1))
    queue(context={"name": "C"}, at=AT - timedelta(hours=2))
    cells = [row.cells for row in client.get("/outbox/").context["rows"]]
    names = (havsbris.name, bjorkvik.name)
    assert [[name in each for name in names] for each in cells] == [
        [True, False],
        [False, True],
        [False, False],
    ]
    assert subjects(client, f"?customer={bjorkvik.number}") == ["News for B"]
    assert subjects(client, "?customer=nobody") == []
    answer: Any = client.get(f"/outbox/export/?format=csv&customer={havsbris.pk}")
    text = b"".join(answer.streaming_content).decode()
    assert "News for A" in text and "News for B" not in text
    assert "Every e-mail was delivered" in page(client, "/outbox/?state=dead")
