"""Partners, their hosts, and the base class of models in a partner's schema."""

from __future__ import annotations

import uuid
import zoneinfo
from typing import Any, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from django_tenants.models import DomainMixin, TenantMixin

from portal.core.colours import Brand, brand_of
from portal.tenancy.guard import checked_instance, current_partner_id
from portal.tenancy.lifecycle import (
    Job,
    PartnerCreation,
    PartnerErasure,
    PartnerEvent,
    PartnerExport,
    PartnerExportChunk,
    WaitingTask,
)

__all__ = [
    "Currency",
    "Domain",
    "Job",
    "Partner",
    "PartnerCreation",
    "PartnerErasure",
    "PartnerEvent",
    "PartnerExport",
    "PartnerExportChunk",
    "PartnerLogo",
    "TenantModel",
    "WaitingTask",
]


class Currency(models.TextChoices):
    """The currencies of price lists."""

    SEK = "SEK", _("Swedish krona")
    EUR = "EUR", _("Euro")
    GBP = "GBP", _("Pound sterling")
    NOK = "NOK", _("Norwegian krone")
    DKK = "DKK", _("Danish krone")


class Partner(TenantMixin):
    """A reseller: the top-level account (ACC-02), with a schema of its own.

    The fields here are changed by the vendor (ONB-23); what the partner sets itself is in
    ``customers.PartnerSettings``.
    """

    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    account_id = models.CharField(_("account ID"), max_length=20, unique=True)
    country = CountryField(verbose_name=_("country"))
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    # VAT-04: private customers elsewhere in the EU are charged the VAT of their country.
    uses_one_stop_shop = models.BooleanField(
        _("registered for the EU's One Stop Shop"), default=False
    )
    notification_email = models.EmailField(_("notification address"))
    brand_colour = models.CharField(
        _("brand colour"),
        max_length=7,
        default="#0e5f6c",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z")],
    )
    # OUT-22: in the foot of e-mails and documents.
    address = models.TextField(_("postal address"), blank=True, max_length=400)
    organisation_number = models.CharField(_("organisation number"), max_length=40, blank=True)
    # CHAN-23: what the law or the partner wants at the foot of e-mails and documents.
    mail_footer = models.CharField(
        _("footer"), max_length=300, blank=True, default="", db_default=""
    )
    # VAT-06: on documents with prices.
    vat_number = models.CharField(
        _("VAT number"), max_length=40, blank=True, default="", db_default=""
    )
    # OUT-30: which logo it has, and its width in e-mails; the picture is a row of its own.
    logo_sha = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    logo_width = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"))
    migrated_to = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name

    def url(self, path: str = "/") -> str:
        """Return the absolute address of ``path`` on the partner's primary host.

        It is never built from a request, so that a forged Host header can't get into an e-mail.
        """
        host = getattr(self, "_primary_host", None)
        if host is None:
            host = self.domains.filter(is_primary=True).values_list("domain", flat=True).get()
            self._primary_host = host
        port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
        return f"{settings.SCHEME}://{host}{port}{path}"

    @staticmethod
    def path(view: str, *args: object) -> str:
        """Return the path of one of a partner's pages.

        The result does not depend on the request: channel sales' admin has other URLs and another
        prefix.
        """
        prefix = get_script_prefix()
        set_script_prefix("/")
        try:
            return reverse(view, settings.ROOT_URLCONF, args=args)
        finally:
            set_script_prefix(prefix)

    def page(self, view: str, *args: object) -> str:
        """Return the absolute address of one of this partner's pages; see ``path``."""
        return self.url(self.path(view, *args))

    @property
    def brand(self) -> Brand:
        """Return the partner's colour in forms that can be read."""
        return brand_of(self.brand_colour)

    @property
    def logo_url(self) -> str:
        """Return the absolute address of the logo; empty without one."""
        return self.url(f"/logo/{self.logo_sha}.png") if self.logo_sha else ""

    @property
    def address_lines(self) -> list[str]:
        """Return the postal address, line by line."""
        return [line.strip() for line in self.address.splitlines() if line.strip()]

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        """Return the zone that decides every date shown or due (D20)."""
        return zoneinfo.ZoneInfo(self.time_zone)


class PartnerLogo(models.Model):
    """A partner's logo as PNG (OUT-30), apart from the partner, which every request reads."""

    partner = models.OneToOneField(
        Partner, models.CASCADE, primary_key=True, related_name="logo", editable=False
    )
    content = models.BinaryField(editable=False)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self) -> str:
        return str(self.partner)


class Domain(DomainMixin):
    """A host name of a partner; it leads to the partner once it is verified (CHAN-22)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for its DNS record")
        VERIFIED = "verified", _("Verified")

    class Result(models.TextChoices):
        """What the last check found."""

        TXT = "txt", _("The TXT record is there.")
        CNAME = "cname", _("The host is an alias of ours.")
        NOTHING = "nothing", _("There is no such record yet.")
        OTHER = "other", _("There is another value: %(found)s")
        UNREACHABLE = "unreachable", _("The name servers did not answer.")

    state = models.CharField(
        _("state"),
        max_length=10,
        choices=State.choices,
        default=State.VERIFIED,
        db_default=State.VERIFIED,
    )
    token = models.CharField(max_length=40, blank=True, db_default="", editable=False)
    result = models.CharField(
        max_length=12, choices=Result.choices, blank=True, db_default="", editable=False
    )
    found = models.CharField(max_length=200, blank=True, db_default="", editable=False)
    added_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")

    def __str__(self) -> str:
        return str(self.domain)

    @property
    def is_verified(self) -> bool:
        return self.state == self.State.VERIFIED

    @property
    def is_ours(self) -> bool:
        """Return whether the host is below our own, which needs no check."""
        return str(self.domain).endswith(f".{settings.DOMAIN}")

    @property
    def record(self) -> str:
        """Return the name of the TXT record that shows whose the host is."""
        return f"_kontor.{self.domain}"

    @property
    def result_words(self) -> str:
        """Return what the last check found, in words."""
        words = str(self.Result(self.result).label) if self.result else ""
        return words.replace("%(found)s", self.found)


class TenantModel(models.Model):
    """Base of every model in a partner's schema: a UUID and the partner the row belongs to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner_id = models.UUIDField(default=current_partner_id, editable=False)

    class Meta:
        abstract = True

    def customer_of_log(self) -> uuid.UUID | None:
        """Return the customer on whose page a change of this row is listed, if any."""
        return getattr(self, "customer_id", None)

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        """Build the row; raise TenantLeak if it belongs to another partner."""
        return checked_instance(super().from_db(db, field_names, values, **kwargs))
