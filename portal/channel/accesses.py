"""What an access of staff was, as a sentence: for channel sales and for the partner (CHAN-34)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.channel.models import StaffAccess
from portal.core.admin_sites import partner_site


def sentence(access: StaffAccess) -> str:
    """Return what was done, in the reader's language and without an address."""
    names, page = _names_of(access.page)
    what = f"{names[0]} {access.object_label}".strip()
    if access.status >= 400:
        return _("Was refused: %(what)s") % {"what": what}
    if page == "action":
        pattern = _("%(act)s: %(what)s") if access.changed else _("Opened “%(act)s”: %(what)s")
        return pattern % {"act": _act(access), "what": what}
    if page == "changelist":
        return _("Looked at the list of %(what)s") % {"what": names[1]}
    if page in ("add", "own_company"):
        pattern = _("Created: %(what)s") if access.changed else _("Opened the form for: %(what)s")
        return pattern % {"what": what}
    if page == "index":
        return _("Looked at the front page")
    pattern = _("Changed: %(what)s") if access.changed else _("Looked at %(what)s")
    return pattern % {"what": what}


def _names_of(page: str) -> tuple[tuple[str, str], str]:
    """Return what the objects of a page are called, one and many, and which page it is."""
    for model in partner_site._registry:
        meta = model._meta
        prefix = f"{meta.app_label}_{meta.model_name}_"
        if page.startswith(prefix):
            many = str(meta.verbose_name_plural)
            return (str(meta.verbose_name), many), page.removeprefix(prefix)
    return (_("a page"), _("pages")), page


def _act(access: StaffAccess) -> str:
    """Return the label of an action; what it is called internally if it is gone."""
    for admin in partner_site._registry.values():
        prefix = f"{admin.opts.app_label}_{admin.opts.model_name}_"
        if access.page.startswith(prefix):
            found = getattr(admin, "object_actions", {}).get(access.action)
            return str(found.label) if found is not None else access.action
    return access.action
