"""Platforms and the steps of their onboarding: data of channel sales, not code (ONB-01, ONB-02)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.catalog.models.products import in_language

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# The first step of every platform, and the page at the end: no platform can have them again.
CUSTOMER, SUMMARY = "customer", "summary"
RESERVED = frozenset({CUSTOMER, SUMMARY, "new", "cancel", "check"})
_CODE = RegexValidator(
    r"\A[a-z][a-z0-9_]*\Z", _("Lower-case letters, digits and underscores; a letter first.")
)


class Platform(models.Model):
    """A telephone system that customers are onboarded onto."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(_("code"), max_length=30, unique=True, validators=[_CODE])
    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    description_de = models.CharField(_("description (German)"), max_length=200, blank=True)
    description_sv = models.CharField(_("description (Swedish)"), max_length=200, blank=True)
    is_offered = models.BooleanField(
        _("offered"), default=False, help_text=_("Partners can begin an onboarding onto it.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # Raised by every change of its steps; an onboarding keeps the steps it was begun with.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    steps: RelatedManager[PlatformStep]

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")

    def __str__(self) -> str:
        return self.name

    @property
    def summary(self) -> str:
        """Return the description in the reader's language."""
        return in_language(self, "description")


class PlatformStep(models.Model):
    """A step of a platform's onboarding, after the customer's."""

    class Test(models.TextChoices):
        NOTHING = "", _("Nothing")
        REACH = "reach", _("Whether the address answers at the port")
        DIRECTORY = "directory", _("A pasted sample of the directory")

    id = models.BigAutoField(primary_key=True)
    platform = models.ForeignKey(
        Platform, models.CASCADE, related_name="steps", verbose_name=_("platform")
    )
    code = models.CharField(
        _("code"), max_length=30, validators=[_CODE], help_text=_("Part of the step's address.")
    )
    title = models.CharField(_("title"), max_length=60)
    title_de = models.CharField(_("title (German)"), max_length=60, blank=True)
    title_sv = models.CharField(_("title (Swedish)"), max_length=60, blank=True)
    help = models.CharField(_("help"), max_length=300, blank=True)
    help_de = models.CharField(_("help (German)"), max_length=300, blank=True)
    help_sv = models.CharField(_("help (Swedish)"), max_length=300, blank=True)
    test = models.CharField(
        _("what can be tested"),
        max_length=10,
        choices=Test.choices,
        blank=True,
        default="",
        help_text=_("The address is the first host name or IP address, the port the first number."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    fields: RelatedManager[StepField]

    class Meta:
        verbose_name = _("step of onboarding")
        verbose_name_plural = _("steps of onboarding")
        constraints = [
            models.UniqueConstraint(fields=["platform", "code"], name="platformstep_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.platform.name}: {self.title}"

    def clean(self) -> None:
        """Refuse the names of steps that every platform has."""
        if self.code in RESERVED:
            raise ValidationError({"code": _("Every platform has a step of this code already.")})


class StepField(models.Model):
    """Something that a step asks for."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        CHOICE = "choice", _("Choice")
        YES_NO = "yes_no", _("Yes or no")
        IP = "ip", _("IP address")
        NETWORK = "network", _("IP address with its network")
        HOST = "host", _("Host name or IP address")
        MAC = "mac", _("MAC address")
        SERIAL = "serial", _("Serial number")
        SECRET = "secret", _("Secret")
        FILE = "file", _("File")
        RANGES = "ranges", _("Number ranges")
        SITE = "site", _("Site")

    id = models.BigAutoField(primary_key=True)
    step = models.ForeignKey(PlatformStep, models.CASCADE, related_name="fields")
    code = models.CharField(_("code"), max_length=30, validators=[_CODE])
    label = models.CharField(_("label"), max_length=80)
    label_de = models.CharField(_("label (German)"), max_length=80, blank=True)
    label_sv = models.CharField(_("label (Swedish)"), max_length=80, blank=True)
    help = models.CharField(_("help"), max_length=200, blank=True)
    help_de = models.CharField(_("help (German)"), max_length=200, blank=True)
    help_sv = models.CharField(_("help (Swedish)"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    is_required = models.BooleanField(_("required"), default=True)
    is_fact = models.BooleanField(
        _("on the customer's page"),
        default=True,
        help_text=_("Secrets are never shown, whatever is ticked."),
    )
    choices = models.TextField(
        _("choices"),
        blank=True,
        help_text=_("For a choice: one a line, like dhcp = Automatic | Automatisch | Automatiskt."),
    )
    pattern = models.CharField(
        _("pattern"),
        max_length=120,
        blank=True,
        help_text=_("A regular expression for a text or serial number."),
    )
    example = models.CharField(
        _("example"),
        max_length=80,
        blank=True,
        help_text=_("Shown where the pattern is not met."),
    )
    minimum = models.IntegerField(_("minimum"), null=True, blank=True)
    maximum = models.IntegerField(_("maximum"), null=True, blank=True)
    only_if = models.CharField(
        _("only if"),
        max_length=80,
        blank=True,
        help_text=_("Like mode=static: asked for only with that answer in the same step."),
    )
    inside = models.CharField(
        _("in the network of"),
        max_length=30,
        blank=True,
        help_text=_("The code of a field of this step: the IP address has to be in its network."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("field of a step")
        verbose_name_plural = _("fields of a step")
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="stepfield_code_once")]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Refuse what no form could be made of."""
        if self.kind == self.Kind.CHOICE and len(list(choices_of(self.choices))) < 2:
            raise ValidationError({"choices": _("Write at least two choices, one a line.")})
        if self.pattern:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValidationError(
                    {"pattern": _("This is not a regular expression: %s.") % error}
                ) from error
        if self.only_if and "=" not in self.only_if:
            raise ValidationError({"only_if": _("Write it like mode=static.")})
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValidationError({"maximum": _("The maximum is below the minimum.")})


def choices_of(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Return each choice with its label by language; lines without ``=`` are their own value."""
    for line in text.splitlines():
        value, _sign, labels = line.partition("=")
        names = [part.strip() for part in (labels or value).split("|")]
        if value.strip():
            english = names[0] or value.strip()
            rest = [*names[1:3], "", ""]
            yield (
                value.strip()[:40],
                {"en": english, "de": rest[0] or english, "sv": rest[1] or english},
            )


def is_network(text: str) -> None:
    """Refuse what is no network; for a field of a form."""
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise ValidationError(_("Enter a network like 192.0.2.0/24.")) from error


class AllowedNetwork(models.Model):
    """A network that is not public, in which onboarding may check whether an address answers."""

    id = models.BigAutoField(primary_key=True)
    network = models.CharField(_("network"), max_length=50, unique=True, validators=[is_network])
    note = models.CharField(_("what it is"), max_length=120)

    class Meta:
        verbose_name = _("network that may be checked")
        verbose_name_plural = _("networks that may be checked")

    def __str__(self) -> str:
        return f"{self.network} ({self.note})"
