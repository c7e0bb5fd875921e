"""The signature of documents (PAdES), by which a reader detects any later change.

It proves that the portal issued the file and that it is unchanged. Who agreed to what is recorded
by the evidence: a simple electronic signature, which claims no more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import connection, transaction
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.outbox.models import SigningKey
from portal.outbox.secrets import decrypt, encrypt

YEARS = 10
FIELD = "KontorSeal"


def _make(at: datetime) -> tuple[str, str]:
    """Return a new key and its self-signed certificate, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kontor"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Document seal of {settings.DOMAIN}"[:64]),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    return private, certificate.public_bytes(serialization.Encoding.PEM).decode()


@transaction.atomic
def new_key(*, at: datetime) -> SigningKey:
    """Create a key and use it from now on; older ones are kept for comparison."""
    private, certificate = _make(at)
    return SigningKey._default_manager.create(
        certificate=certificate, private_encrypted=encrypt({"key": private}), created_at=at
    )


@transaction.atomic
def current_key(*, at: datetime) -> SigningKey:
    """Return the newest key; the first call on a new portal creates it."""
    found = SigningKey._default_manager.order_by("-id").first()
    if found is not None:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('kontor.signing_key'))")
    return SigningKey._default_manager.order_by("-id").first() or new_key(at=at)


def _signer(at: datetime) -> Any:
    """pyHanko's signer: the operator's own PKCS #12 file where SIGNING_FILE names one."""
    if settings.SIGNING_FILE:
        return signers.SimpleSigner.load_pkcs12_data(
            Path(settings.SIGNING_FILE).read_bytes(),
            other_certs=[],
            passphrase=settings.SIGNING_PASSWORD.encode() or None,
        )
    key = current_key(at=at)
    private = decrypt(key.private_encrypted)["key"].encode()
    return signers.SimpleSigner(
        signing_cert=next(iter(load_certs_from_pemder_data(key.certificate.encode()))),
        signing_key=load_private_key_from_pemder_data(private, passphrase=None),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )


def sign(pdf: bytes, *, at: datetime, reason: str, name: str) -> bytes:
    """Return the PDF signed by the portal, and timestamped (RFC 3161) where that is set up.

    The signature is not visible on a page. Raise whatever pyHanko raises; the caller retries.
    """
    stamper = None
    if settings.SIGNING_TIMESTAMP_URL:
        stamper = timestamps.HTTPTimeStamper(settings.SIGNING_TIMESTAMP_URL, timeout=10)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
        name=name,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    out = signers.PdfSigner(meta, signer=_signer(at), timestamper=stamper).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf))
    )
    return bytes(out.getbuffer())
