"""Saved views of the admin's lists: each member of channel sales has their own (CHAN-15)."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.channel.models import StaffView
from portal.core.admin_actions import StaffAdmin
from portal.core.http import parse_uuid
from portal.core.staff_rights import require

M = TypeVar("M", bound=models.Model)
# The page of a long list and Django's mark of a bad filter are no part of a view.
NOT_KEPT = ("p", "e")
NAME_LENGTH = 60
QUERY_LENGTH = 1000


def kept_query(text: str) -> str:
    """Return the part of a query string that a view keeps, in a fixed order."""
    query = QueryDict(text[:QUERY_LENGTH], mutable=True)
    for name in NOT_KEPT:
        query.pop(name, None)
    ordered = QueryDict(mutable=True)
    for name in sorted(query):
        ordered.setlist(name, query.getlist(name))
    return ordered.urlencode()[:QUERY_LENGTH]


class SavedViewsAdmin(StaffAdmin[M]):
    """A list whose filters, search and order can be saved under a name, for oneself."""

    change_list_template = "admin/change_list_views.html"

    def views_of(self, request: HttpRequest) -> models.QuerySet[StaffView]:
        """Return the person's own views of this list."""
        assert isinstance(request.user, User)
        mine = StaffView.objects.filter(user=request.user, list_of=self.opts.label_lower)
        return mine.order_by("name")

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_views"
        view = self.admin_site.admin_view(self.views_view)
        return [path("views/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with the person's views above it."""
        here = kept_query(request.GET.urlencode())
        context = {
            "staff_views": list(self.views_of(request)),
            "views_url": reverse(self._name("views")),
            "here": here,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def _name(self, what: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{what}"

    def views_view(self, request: HttpRequest) -> HttpResponse:
        """Save, rename or delete a view, or show those that there are."""
        require(self.has_view_permission(request))
        if request.method != "POST":
            context = {"title": _("Your views"), "staff_views": list(self.views_of(request))}
            context["list_url"] = reverse(self._name("changelist"))
            return self.page(request, "admin/views.html", context)
        chosen = parse_uuid(request.POST.get("view", ""))
        view = self.views_of(request).filter(pk=chosen).first() if chosen is not None else None
        if "save" in request.POST:
            return self._save(request)
        if view is not None and "delete" in request.POST:
            view.delete()
            messages.success(request, _("The view %(name)s was deleted.") % {"name": view.name})
        elif view is not None:
            self._rename(request, view)
        return redirect(self._name("views"))

    def _save(self, request: HttpRequest) -> HttpResponse:
        """Save the list as it is; under a name that there is, it replaces that view."""
        assert isinstance(request.user, User)
        query = kept_query(request.POST.get("query", ""))
        name = " ".join(request.POST.get("name", "").split())[:NAME_LENGTH]
        if name:
            StaffView.objects.update_or_create(
                user=request.user,
                list_of=self.opts.label_lower,
                name=name,
                defaults={"query": query, "created_at": timezone.now()},
            )
            messages.success(request, _("The view %(name)s was saved.") % {"name": name})
        else:
            messages.error(request, _("Enter a name for the view."))
        return redirect(f"{reverse(self._name('changelist'))}?{query}")

    def _rename(self, request: HttpRequest, view: StaffView) -> None:
        name = " ".join(request.POST.get("name", "").split())[:NAME_LENGTH]
        taken = self.views_of(request).filter(name=name).exclude(pk=view.pk)
        if not name:
            messages.error(request, _("Enter a name for the view."))
        elif taken.exists():
            messages.error(request, _("You have another view called %(name)s.") % {"name": name})
        else:
            view.name = name
            view.save(update_fields=["name"])
            messages.success(request, _("The view is called %(name)s now.") % {"name": name})
