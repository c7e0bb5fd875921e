"""The forms of channel sales' pages about partners."""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar, Unpack

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from customers.numbers import clean_vat_number
from portal.core.admin_actions import Fieldsets, ObjectActionForm
from portal.core.admin_inlines import NamedFormSet
from portal.core.errors import RuleError
from portal.core.forms import (
    ActionFormOptions,
    FormData,
    FormFiles,
    FormOptions,
    ModelFormOptions,
)
from portal.tenancy.logos import MOST_BYTES, redrawn
from portal.tenancy.models import Currency, Domain, Partner

TEXT = {"class": "vTextField"}
HOST = RegexValidator(
    r"^(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z",
    gettext_lazy("Enter a host name, like portal.example.com."),
)
COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", gettext_lazy("Enter a colour, like #0e5f6c."))


def time_zones() -> list[tuple[str, str]]:
    """Return the time zones as choices, Europe's first."""
    names = sorted(zoneinfo.available_timezones(), key=lambda n: (not n.startswith("Europe/"), n))
    return [(name, name.replace("_", " ")) for name in names]


class NewPartnerForm(forms.Form):
    """What a new partner needs."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput(attrs=TEXT)
    )
    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=40,
        help_text=gettext_lazy("Part of its address; it can't be changed later."),
    )
    host = forms.CharField(
        label=gettext_lazy("Host"),
        max_length=253,
        required=False,
        validators=[HOST],
        help_text=gettext_lazy("Empty: the short name below our own host."),
        widget=forms.TextInput(attrs=TEXT),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=Currency.choices,
        help_text=gettext_lazy(
            "All prices and credit limits are in it; it can't be changed later."
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    uses_one_stop_shop = forms.BooleanField(
        label=gettext_lazy("Registered for the EU's One Stop Shop"),
        required=False,
        help_text=gettext_lazy("Private customers elsewhere in the EU pay their country's VAT."),
    )
    in_documents = ("name",)
    vat_number = forms.CharField(
        label=gettext_lazy("VAT number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("On its documents with prices."),
        widget=forms.TextInput(attrs=TEXT),
    )
    notification_email = forms.EmailField(
        label=gettext_lazy("Notification address"),
        help_text=gettext_lazy("Answers of its customers go there."),
        error_messages={"invalid": gettext_lazy("Enter a valid e-mail address.")},
        widget=forms.EmailInput(attrs=TEXT),
    )
    brand_colour = forms.CharField(
        label=gettext_lazy("Brand colour"), initial="#0e5f6c", max_length=7, validators=[COLOUR]
    )
    admin_name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
    )
    admin_email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("The invitation goes there."),
        error_messages={"invalid": gettext_lazy("Enter a valid e-mail address.")},
        widget=forms.EmailInput(attrs=TEXT),
    )

    def __init__(self, data: FormData = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, **options)
        blank = [("", "---------")]
        for name, choices in (("country", blank + list(countries)), ("time_zone", time_zones())):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("admin_name") and "admin_email" in data and not data["admin_email"]:
            self.add_error("admin_email", _("Enter the address that the invitation goes to."))
        return data

    def fieldsets(self) -> Fieldsets:
        """Return the groups: account, location and money, first administrator."""
        return [
            (None, {"fields": ["name", "slug", "host"]}),
            (
                gettext_lazy("Where it is"),
                {"fields": ["country", "language", "time_zone", "currency", "uses_one_stop_shop"]},
            ),
            (
                gettext_lazy("Mail and look"),
                {"fields": ["notification_email", "brand_colour", "vat_number"]},
            ),
            (
                gettext_lazy("First administrator"),
                {"fields": ["admin_name", "admin_email"]},
            ),
        ]


class PartnerForm(forms.ModelForm[Partner]):
    """The fields that can be changed without side effects."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy(
            "PNG or JPEG, at most 1 MB; shown at the head of e-mails, documents and the pages "
            "that customers open. Leave it empty to keep the present one."
        ),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
    )
    # What documents show of it (OUT-31).
    in_documents = ("address", "mail_footer")
    remove_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)

    class Meta:
        model = Partner
        fields = (
            "country",
            "language",
            "time_zone",
            "uses_one_stop_shop",
            "notification_email",
            "brand_colour",
            "address",
            "organisation_number",
            "mail_footer",
            "vat_number",
        )
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "address": forms.Textarea(attrs={"rows": 4}),
            "mail_footer": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts: ClassVar[dict[str, object]] = {
            "mail_footer": gettext_lazy(
                "At the foot of e-mails and documents, for example the managing directors and the "
                "register court."
            )
        }

    def __init__(
        self, data: FormData = None, files: FormFiles = None, *, instance: Partner | None = None
    ) -> None:
        super().__init__(data, files, instance=instance)
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = time_zones()
        if not (instance and instance.logo_sha):
            self.fields["remove_logo"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        country = data.get("country")
        if country and "vat_number" in data:
            try:
                data["vat_number"] = clean_vat_number(data["vat_number"], str(country))
            except RuleError as error:
                self.add_error("vat_number", str(error))
        return data

    def clean_mail_footer(self) -> str:
        """Return one line, as it stands at the foot (CHAN-23)."""
        return " ".join(str(self.cleaned_data["mail_footer"]).split())

    def clean_logo(self) -> bytes | None:
        file = self.cleaned_data["logo"]
        content: bytes | None = file.read(MOST_BYTES + 1) if file else None
        if content is not None:
            try:
                redrawn(content)
            except RuleError as error:
                raise forms.ValidationError(str(error)) from error
        return content


class DomainForm(forms.ModelForm[Domain]):
    """A host name: lower case, and not the public one."""

    class Meta:
        model = Domain
        fields = ("domain", "is_primary")

    def __init__(self, data: FormData = None, **options: Unpack[ModelFormOptions]) -> None:
        super().__init__(data, **options)
        if not self.instance.pk:
            # The model's default would make every new host the second primary one.
            self.initial["is_primary"] = False

    @property
    def leads_here(self) -> bool:
        """Return whether the host is verified, or needs no check (CHAN-22)."""
        row = self.instance
        named = Domain(domain=self.cleaned_data.get("domain", ""))
        return named.is_ours or bool(
            row.pk and row.is_verified and "domain" not in self.changed_data
        )

    def clean_domain(self) -> str:
        host = str(self.cleaned_data["domain"]).strip().lower()
        HOST(host)
        if host == settings.DOMAIN:
            raise forms.ValidationError(_("This is the public host."))
        return host


class DomainFormSet(NamedFormSet[Domain, Partner, forms.ModelForm[Domain]]):
    """The host names; exactly one is primary, to which links in e-mails lead."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [
            form
            for form in self.forms
            if form.cleaned_data.get("domain") and not form.cleaned_data.get("DELETE")
        ]
        primary = [form for form in kept if form.cleaned_data.get("is_primary")]
        if len(primary) != 1:
            raise forms.ValidationError(_("Exactly one host has to be the primary one."))
        if isinstance(primary[0], DomainForm) and not primary[0].leads_here:
            raise forms.ValidationError(
                _("%(host)s can be the primary host when it is verified.")
                % {"host": primary[0].cleaned_data["domain"]}
            )


class RenameForm(ObjectActionForm):
    """Another name for the partner."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput(attrs=TEXT)
    )

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["name"].initial = self.obj.name


class ReasonForm(ObjectActionForm):
    """Why channel sales does it, which the partner's history keeps."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Kept in the history with your name. The partner does not see it."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class EraseForm(ReasonForm):
    """The partner's name, typed to be sure, and why it is erased."""

    name = forms.CharField(
        label=gettext_lazy("The partner's name"),
        max_length=200,
        help_text=gettext_lazy("Type it as it stands above."),
        widget=forms.TextInput(attrs={**TEXT, "autocomplete": "off"}),
    )
    field_order = ("name", "reason")
