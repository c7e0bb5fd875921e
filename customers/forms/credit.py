"""Which credit limit people without the right to set credit may give (D23, ORD-65)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.core.formats import amount

if TYPE_CHECKING:
    from customers.models import Customer, PartnerSettings


class CreditMixin(forms.BaseForm):
    """Limits the field of the credit limit to what sales may give."""

    instance: Customer
    settings: PartnerSettings

    def limit_credit(self, *, new: bool) -> None:
        """Say which limit sales may set; one that an administrator gave is read only (ORD-65)."""
        allowed = self.settings.sales_credit_limit
        if not new and self.instance.credit_limit > allowed:
            self.read_only("credit_limit", _("Only an administrator can change this limit."))
            return
        words = str(_("You may give at most %(limit)s. An administrator may give more."))
        self.fields["credit_limit"].help_text = words % {"limit": amount(allowed)}

    def read_only(self, name: str, why: StrOrPromise) -> None:
        """Show a field without letting it be changed, and say why."""
        self.fields[name].disabled = True
        self.fields[name].help_text = why
