"""Reading mail: 40 programs in three languages, broken parts, and what machines write."""

from __future__ import annotations

import base64
import json
import struct
from email.message import EmailMessage
from pathlib import Path

import pytest
from asn1crypto import cms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.outbox.mail.markup import text_of_html
from portal.outbox.mail.message import read_mail
from portal.outbox.mail.quoting import split_quoted

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "mail"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
HEAD = b"From: Karin <karin@havsbris.example>\nTo: x@y.example\nSubject: Re: calls\n"


def test_the_new_text_is_found_in_what_programs_write() -> None:
    """OUT-34: at least 36 of 40 without what was quoted, and in all of them nothing is lost."""
    assert len(EXPECTED) >= 40
    clean = []
    for name, wanted in EXPECTED.items():
        mail = read_mail((SAMPLES / f"{name}.eml").read_bytes())
        assert mail.from_address == "karin@havsbris.example", name
        assert not mail.automatic, name
        everything = mail.text + mail.quoted
        assert all(line in everything for line in wanted["new"]), name
        found = all(line in mail.text for line in wanted["new"])
        if found and not (wanted["old"] and wanted["old"] in mail.text):
            clean.append(name)
    assert len(clean) >= len(EXPECTED) * 36 / 40, sorted(set(EXPECTED) - set(clean))


def test_line_ends_of_other_systems_change_nothing() -> None:
    for name in EXPECTED:
        raw = (SAMPLES / f"{name}.eml").read_bytes()
        assert read_mail(raw.replace(b"\n", b"\r\n")).text == read_mail(raw).text, name


def test_pictures_in_the_text_are_files_and_pixels_are_not() -> None:
    mail = read_mail((SAMPLES / "outlook_picture.eml").read_bytes())
    assert [each.name for each in mail.files] == ["image001.png"]
    pixel = (SAMPLES / "outlook_picture.eml").read_bytes()
    body = pixel.index(b"base64\n\n") + 8
    small = pixel[:body] + base64.b64encode(b"\x89PNG\r\n\x1a\n0") + b"\n--b1--\n"
    assert read_mail(small).files == ()


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=utf-8\n", "Tür".encode("latin-1"), "Tür"),
        (b"Content-Type: text/plain; charset=us-ascii\n", "Tür".encode(), "Tür"),
        (b"Content-Type: text/plain; charset=x-unknown\n", "Tür".encode(), "Tür"),
        (b"Content-Type: text/plain; charset=hex\n", "Tür".encode(), "Tür"),
        (b"Content-Type: text/plain; charset=iso-8859-1\n", b"it\x92s 5 \x80", "it’s 5 €"),
        (b"", "Tür".encode("cp1252"), "Tür"),
        (b"Content-Type: multipart/mixed\n", b"no boundary", "no boundary"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n", b"SGFsbG8*", "Hallo"),
        (b"Content-Type: text/plain\n", b"a\x00b\x1bc", "abc"),
        (b"Content-Type: nonsense\n", b"still text", "still text"),
    ],
)
def test_wrong_charsets_and_broken_parts_are_read_all_the_same(
    head: bytes, body: bytes, text: str
) -> None:
    """OUT-34."""
    assert read_mail(HEAD + head + b"\n" + body).text == text


def test_headers_are_read_however_they_are_encoded() -> None:
    """OUT-34: also those that break the rules, as some web forms write them."""
    for subject in (
        "Störung im Büro".encode(),
        "Störung im Büro".encode("latin-1"),
        b"=?utf-8?q?St=C3=B6rung?= im =?iso-8859-1?b?QvxybyA=?=",
        "Störung\r\n im Büro".encode(),
    ):
        raw = b"From: \xc3\x96lle <o@x.example>\r\nSubject: " + subject + b"\r\n\r\nHi"
        mail = read_mail(raw)
        assert (mail.subject, mail.from_name) == ("Störung im Büro", "Ölle"), subject


def test_a_missing_end_of_a_part_and_missing_headers_lose_nothing() -> None:
    cut = read_mail(HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nHello')
    assert cut.text == "Hello"
    bare = read_mail(b"no header at all")
    assert (bare.from_address, bare.message_id) == ("", "")


def test_only_the_outer_message_speaks_and_the_forwarded_one_is_a_file() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Broken phone"
    inner.set_content("I am the inner one.")
    outer = EmailMessage()
    outer["From"] = "karin@havsbris.example"
    outer.set_content("See below.")
    outer.add_attachment(inner)
    mail = read_mail(outer.as_bytes())
    assert mail.text == "See below."
    assert [each.name for each in mail.files] == ["Broken phone.eml.txt"]
    assert b"I am the inner one." in mail.files[0].content


def tnef(text: bytes) -> bytes:
    """Return winmail.dat with this text."""
    version = struct.pack("<BIIIH", 1, 0x00089006, 4, 0x00010000, 1)
    body = struct.pack("<BII", 1, 0x0002800C, len(text) + 1) + text + b"\0" + b"\0\0"
    return struct.pack("<IH", 0x223E9F78, 1) + version + body


def test_the_text_of_winmail_dat_is_found_and_the_container_kept_out() -> None:
    """OUT-34."""
    message = EmailMessage()
    message["From"] = "karin@havsbris.example"
    message.set_content("")
    content = tnef("Das Telefon läutet.".encode("cp1252"))
    message.add_attachment(content, maintype="application", subtype="ms-tnef", filename="x.dat")
    mail = read_mail(message.as_bytes())
    assert (mail.text, mail.files, mail.left_out) == ("Das Telefon läutet.", (), ("winmail.dat",))
    message.get_payload()[0].set_content("The plain one.")  # type: ignore[index, union-attr]
    assert read_mail(message.as_bytes()).text == "The plain one."


def test_signed_mail_is_read_and_encrypted_mail_is_said_to_be() -> None:
    """OUT-34."""
    part = b"Content-Type: text/plain; charset=utf-8\n\nSigned and true."
    clear = (
        b'Content-Type: multipart/signed; boundary="s"; protocol="application/pkcs7-signature"\n\n'
        b"--s\n" + part + b"\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\n"
        b"Content-Transfer-Encoding: base64\n\nMIIB\n--s--\n"
    )
    mail = read_mail(HEAD + clear)
    assert (mail.text, mail.files, mail.is_encrypted) == ("Signed and true.", (), False)
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data", "content": part},
            "signer_infos": [],
        }
    )
    sealed = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    opaque = b"Content-Type: application/pkcs7-mime; smime-type=%s\n" % b"signed-data"
    opaque += b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(sealed)
    assert read_mail(HEAD + opaque).text == "Signed and true."
    for closed in (
        opaque.replace(base64.encodebytes(sealed), b"MIIB\n"),
        b'Content-Type: multipart/encrypted; boundary="e"\n\n--e\n\nVersion: 1\n--e--\n',
        b"\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n",
    ):
        assert read_mail(HEAD + closed).is_encrypted, closed
    armour = (
        b"\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nIn the clear.\n"
        b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    )
    assert read_mail(HEAD + armour).text == "In the clear."


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (holiday)",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "List-Id: <news.havsbris.example>",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
        "X-Failed-Recipients: eva@havsbris.example",
    ],
)
def test_what_machines_write_is_known_by_its_headers(header: str) -> None:
    """OUT-35: RFC 3834."""
    raw = HEAD + header.encode() + b"\n\nI am on holiday until Monday."
    assert read_mail(raw).automatic == header.partition(":")[0]


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: no", "Precedence: normal", "X-Auto-Response-Suppress: DR, RN, NRN", "X-A: b"],
)
def test_what_people_write_is_theirs(header: str) -> None:
    """OUT-35."""
    assert not read_mail(HEAD + header.encode() + b"\n\nHello").automatic


def test_html_becomes_text_without_anything_of_it() -> None:
    html = (
        "<title>no</title><style>p{}</style><script>alert(1)</script><p>One<br>two</p>"
        "<ul><li>three</li></ul><a href='https://x.example/a'>here</a><img src=x onerror=y>"
        "<blockquote>old<blockquote>older</blockquote></blockquote>"
    )
    text = "One\ntwo\n\n- three\n\nhere <https://x.example/a>\n\n> old\n> > older"
    assert [line for line in text_of_html(html).split("\n") if line.strip("> ")] == [
        line for line in text.split("\n") if line.strip("> ")
    ]


def test_deep_nesting_many_parts_and_long_lines_end_in_time() -> None:
    """OUT-34."""
    deep = b""
    for number in range(2_000):
        deep += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (number, number)
    for raw in (
        HEAD + deep + b"\nHello",
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 20_000,
        HEAD + b"\n" + b"-" * 1_000_000,
        HEAD + b"\n" + b"On 1 wrote " * 100_000,
        HEAD + b"Content-Type: text/html\n\n" + b"<" * 200_000,
        HEAD + b"Content-Type: text/html\n\n" + b"<blockquote>" * 100_000 + b"x",
        HEAD + b"X-Long: " + b"a " * 2_000_000 + b"\n\nHello",
        b"To: " + b"a@b.example, " * 1_000 + b"\n" + HEAD + b"\nHello",
    ):
        mail = read_mail(raw)
        assert mail.is_broken or mail.from_address == "karin@havsbris.example"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(sorted(EXPECTED)),
    cuts=st.lists(
        st.tuples(st.integers(0, 4_000), st.integers(0, 40), st.binary(max_size=12)), max_size=6
    ),
)
def test_damaged_mail_is_always_read_somehow(name: str, cuts: list[tuple[int, int, bytes]]) -> None:
    """OUT-34: never an error, and nothing that a database cannot store."""
    raw = (SAMPLES / f"{name}.eml").read_bytes()
    for place, length, put in cuts:
        raw = raw[:place] + put + raw[place + length :]
    mail = read_mail(raw)
    for text in (mail.text, mail.quoted, mail.subject, mail.from_address, mail.message_id):
        assert "\x00" not in text
        text.encode()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["> old", "new", "", "Am 1.1. um 9:30 schrieb A:", "From: a", "To: b", "Subject: c"]
        )
    )
)
def test_splitting_loses_no_line(lines: list[str]) -> None:
    """OUT-34: what is not new is quoted."""
    split = split_quoted("\n".join(lines))
    both = f"{split.text}\n{split.quoted}".split("\n")
    for line in set(lines) - {""}:
        assert both.count(line) == lines.count(line)
