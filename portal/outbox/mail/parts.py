"""The parts of a message: which of them is text, which a file, and which stays closed (OUT-34)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message

from asn1crypto import cms

from portal.outbox.mail.decoding import charset_of, decoded, header, payload, raw_header, unflowed
from portal.outbox.mail.markup import text_of_html
from portal.outbox.mail.winmail import text_of_winmail

DEEPEST = 30
MOST_PARTS = 500
# An inline picture that is smaller is a pixel that counts readers, or an icon.
SMALLEST_PICTURE = 1_500
SIGNATURES = {
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
}
SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
WINMAIL = {"application/ms-tnef", "application/vnd.ms-tnef"}


@dataclass(frozen=True)
class MailFile:
    """A file that came with a message."""

    name: str
    content: bytes


@dataclass
class Found:
    """What was found in a message so far."""

    texts: list[str] = field(default_factory=list)
    files: list[MailFile] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    is_encrypted: bool = False
    parts: int = 0

    def text(self) -> str:
        """Return the text of all parts, in their order."""
        return "\n\n".join(text for text in self.texts if text.strip())


def _children(part: Message) -> Iterator[Message]:
    payload_of = part.get_payload()
    for each in payload_of if isinstance(payload_of, list) else []:
        if isinstance(each, Message):
            yield each


def collect(part: Message, found: Found, depth: int) -> None:
    """Put what a part contains into ``found``."""
    found.parts += 1
    if found.parts > MOST_PARTS or depth > DEEPEST:
        found.left_out.append(_name_of(part))
        return
    kind = part.get_content_type()
    if kind == "message/rfc822":
        _forwarded(part, found)
    elif kind == "multipart/encrypted":
        found.is_encrypted = True
    elif kind == "multipart/alternative":
        _alternative(part, found, depth)
    elif part.is_multipart():
        for child in _children(part):
            collect(child, found, depth + 1)
    elif kind in SIGNATURES:
        return
    elif kind in SEALED:
        _sealed(part, found, depth)
    elif kind in WINMAIL or _name_of(part).lower() == "winmail.dat":
        text = text_of_winmail(payload(part))
        if text and not found.text().strip():
            found.texts.append(text)
        found.left_out.append("winmail.dat")
    elif kind in ("text/plain", "text/html") and not _is_file(part):
        text = decoded(payload(part), charset_of(part))
        is_html = kind == "text/html"
        found.texts.append(text_of_html(text) if is_html else unflowed(part, text))
    elif kind.startswith("multipart/"):
        # Declared as such, without a boundary: text after all.
        found.texts.append(decoded(payload(part), charset_of(part)))
    else:
        _file(part, found)


def _alternative(part: Message, found: Found, depth: int) -> None:
    """Take one of several forms of the same: the plain text, if it says anything.

    Files of all forms are taken; that of the HTML has the pictures.
    """
    forms: list[tuple[bool, str]] = []
    for child in _children(part):
        inner = Found(parts=found.parts)
        collect(child, inner, depth + 1)
        found.parts = inner.parts
        forms.append((child.get_content_type() != "text/plain", inner.text()))
        found.files += inner.files
        found.left_out += inner.left_out
        found.is_encrypted = found.is_encrypted or inner.is_encrypted
    found.texts += [text for _is_html, text in sorted(forms, key=_first) if text.strip()][:1]


def _first(form: tuple[bool, str]) -> bool:
    return form[0]


def _sealed(part: Message, found: Found, depth: int) -> None:
    """Read an S/MIME container that is only signed; what is encrypted stays closed."""
    try:
        info = cms.ContentInfo.load(payload(part))
        signed = info["content_type"].native == "signed_data"
        content = info["content"]["encap_content_info"]["content"].native if signed else None
    except (ValueError, TypeError, KeyError):
        content = None
    if isinstance(content, bytes):
        inner = message_from_bytes(content, policy=policy.compat32)
        collect(inner, found, depth + 1)
    else:
        found.is_encrypted = True


def _forwarded(part: Message, found: Found) -> None:
    """Take a message within the message as a file, with what can be read of it."""
    inner = next(_children(part), None)
    if inner is None:
        found.left_out.append(_name_of(part))
        return
    name = header(inner, "Subject")[:80] or "message"
    try:
        content = inner.as_bytes()
    except (LookupError, ValueError, TypeError, AttributeError):
        found.left_out.append(f"{name}.eml")
        return
    found.files.append(MailFile(f"{name}.eml.txt", content))


def _is_file(part: Message) -> bool:
    return raw_header(part, "Content-Disposition").strip().lower().startswith("attachment") or (
        bool(_file_name(part))
    )


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename("")
    except (LookupError, ValueError, TypeError, AttributeError):
        name = ""
    shown = Message()
    shown["Name"] = " ".join(str(name).split())
    return header(shown, "Name")[:150]


def _name_of(part: Message) -> str:
    return _file_name(part) or part.get_content_type()


def _file(part: Message, found: Found) -> None:
    content = payload(part)
    inline = bool(raw_header(part, "Content-ID")) and not raw_header(
        part, "Content-Disposition"
    ).lower().startswith("attachment")
    if inline and len(content) < SMALLEST_PICTURE:
        return
    if any(each.content == content for each in found.files):
        return
    name = _file_name(part) or f"file.{part.get_content_subtype()}"[:40]
    found.files.append(MailFile(name, content))
