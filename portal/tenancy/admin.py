"""Partners for channel sales: making, renaming, suspending; what is the vendor's to change."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.validators import RegexValidator
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from portal.admin_acts import Act, ActForm, ActsAdmin, Fieldsets, StaffRights, is_staff, show_error
from portal.errors import RuleError
from portal.partners import create_partner, rename_partner
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.models import Currency, Domain, Partner

Data = Mapping[str, Any]
TEXT = {"class": "vTextField"}
HOST = RegexValidator(
    r"^(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z",
    gettext_lazy("Enter a host name, like portal.example.com."),
)
COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", gettext_lazy("Enter a colour, like #0e5f6c."))


def time_zones() -> list[tuple[str, str]]:
    """The zones of the world as choices, Europe's first."""
    names = sorted(zoneinfo.available_timezones(), key=lambda n: (not n.startswith("Europe/"), n))
    return [(name, name.replace("_", " ")) for name in names]


class NewPartnerForm(forms.Form):
    """What a partner begins with."""

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
    vat_percent = forms.DecimalField(
        label=gettext_lazy("VAT, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blank = [("", "---------")]
        for name, choices in (("country", blank + list(countries)), ("time_zone", time_zones())):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        self.fields["vat_percent"].initial = Decimal(0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("admin_name") and "admin_email" in data and not data["admin_email"]:
            self.add_error("admin_email", _("Enter the address that the invitation goes to."))
        return data

    def fieldsets(self) -> Fieldsets:
        """The account, its places and money, its first person."""
        return [
            (None, {"fields": ["name", "slug", "host"]}),
            (
                gettext_lazy("Where it is"),
                {"fields": ["country", "language", "time_zone", ("currency", "vat_percent")]},
            ),
            (gettext_lazy("Mail and look"), {"fields": ["notification_email", "brand_colour"]}),
            (
                gettext_lazy("First administrator"),
                {"fields": ["admin_name", "admin_email"]},
            ),
        ]


class PartnerForm(forms.ModelForm[Partner]):
    """What can be changed without anything else having to follow."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    class Meta:
        model = Partner
        fields = (
            "country",
            "language",
            "time_zone",
            "vat_percent",
            "notification_email",
            "brand_colour",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = time_zones()


class DomainForm(forms.ModelForm[Domain]):
    """A host: lower case, not the public one."""

    class Meta:
        model = Domain
        fields = ("domain", "is_primary")

    def clean_domain(self) -> str:
        host = str(self.cleaned_data["domain"]).strip().lower()
        HOST(host)
        if host == settings.DOMAIN:
            raise forms.ValidationError(_("This is the public host."))
        return host


class DomainFormSet(BaseInlineFormSet[Domain, Partner, forms.ModelForm[Domain]]):
    """Links in e-mails lead to the primary host: there is exactly one."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data.get("domain") and not form.cleaned_data.get("DELETE")
        ]
        if sum(1 for row in kept if row.get("is_primary")) != 1:
            raise forms.ValidationError(_("Exactly one host has to be the primary one."))


class DomainInline(StaffRights, admin.TabularInline[Domain, Partner]):
    model = Domain
    form = DomainForm
    formset = DomainFormSet
    extra = 0
    min_num = 1


class RenameForm(ActForm):
    """Another name for the partner."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput(attrs=TEXT)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = self.obj.name


def _rename(request: HttpRequest, partner: Partner, data: Data) -> str:
    before = partner.name
    rename_partner(partner, name=data["name"], at=timezone.now())
    return _("%(before)s is called %(name)s now.") % {"before": before, "name": partner.name}


def _set_active(partner: Partner, active: bool) -> None:
    partner.is_active = active
    partner.save(update_fields=["is_active"])
    forget_hosts()


def _suspend(request: HttpRequest, partner: Partner, data: Data) -> str:
    _set_active(partner, False)
    return _("%(partner)s is suspended.") % {"partner": partner.name}


def _resume(request: HttpRequest, partner: Partner, data: Data) -> str:
    _set_active(partner, True)
    return _("%(partner)s is active again.") % {"partner": partner.name}


ACTS: dict[str, Act[Partner]] = {
    "rename": Act(
        label=gettext_lazy("Rename"),
        title=lambda partner: _("Rename %(partner)s") % {"partner": partner.name},
        run=_rename,
        form=RenameForm,
        explain=lambda partner: [_("Its own-company customer gets the same name.")],
    ),
    "resume": Act(
        label=gettext_lazy("End the suspension"),
        title=lambda partner: _("Let %(partner)s work again?") % {"partner": partner.name},
        run=_resume,
        why_not=lambda partner: (
            _("%(partner)s is active.") % {"partner": partner.name} if partner.is_active else ""
        ),
    ),
    "suspend": Act(
        label=gettext_lazy("Suspend"),
        title=lambda partner: _("Suspend %(partner)s?") % {"partner": partner.name},
        run=_suspend,
        why_not=lambda partner: (
            ""
            if partner.is_active
            else _("%(partner)s is suspended already.") % {"partner": partner.name}
        ),
        explain=lambda partner: [
            _("Its hosts answer like unknown ones within half a minute. Nothing is deleted."),
        ],
        danger=True,
    ),
}


@admin.register(Partner)
class PartnerAdmin(ActsAdmin[Partner]):
    """The vendor's partners; each leads to its own admin."""

    acts = ACTS
    form = PartnerForm
    inlines = (DomainInline,)
    list_display = (
        "name",
        "slug",
        "account_id",
        "country",
        "currency",
        "language",
        "is_active",
        "created_at",
        "open",
    )
    list_filter = ("is_active", "currency")
    search_fields = ("name__icontains", "slug__startswith", "account_id__startswith")
    ordering = ("name",)
    readonly_fields = ("name", "slug", "account_id", "currency", "is_active", "created_at", "open")
    fieldsets = (
        (
            None,
            {"fields": ("name", ("slug", "account_id"), ("is_active", "created_at"), "open")},
        ),
        (
            gettext_lazy("Where it is"),
            {"fields": ("country", "language", "time_zone", "currency", "vat_percent")},
        ),
        (gettext_lazy("Mail and look"), {"fields": ("notification_email", "brand_colour")}),
    )
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    @admin.display(description=gettext_lazy("customers and orders"))
    def open(self, partner: Partner) -> SafeString:
        return format_html('<a href="/admin/p/{}/">{}</a>', partner.slug, _("Open"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        forget_hosts()

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Make a partner with everything it needs, or nothing at all."""
        form = NewPartnerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            data = {**form.cleaned_data, "host": form.cleaned_data["host"] or None}
            try:
                partner = create_partner(at=timezone.now(), **data)
            except RuleError as error:
                show_error(form, error)
            else:
                self.log_addition(request, partner, _("Created"))
                text = _("%(partner)s is created.") % {"partner": partner.name}
                messages.success(request, text)
                return redirect(self.page_of(partner))
        return self.form_page(
            request,
            form,
            title=_("Create partner"),
            submit=_("Create partner"),
            back="../",
        )
