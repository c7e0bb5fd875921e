"""Admin pages that show an object and offer actions, which services carry out.

A model's actions ("Accept", "Suspend") are links on its page; each leads to a confirmation page
that calls one service. Nothing here writes to the database itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, Unpack, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst

from portal.core.admin_pages import CappedPaginator
from portal.core.errors import RuleError, StaleError, WrongState
from portal.core.forms import FormData, FormOptions, show_refusal, typed_rows
from portal.core.staff_rights import StaffRights, require

M = TypeVar("M", bound=models.Model)
P = TypeVar("P", bound=models.Model)
Fieldsets = list[tuple[Any, dict[str, Any]]]


class StaffAdmin(StaffRights, admin.ModelAdmin[M]):
    """A model that channel sales can edit: those of ``group``, the others read (CHAN-31)."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> M | None:
        """Return an object; raise PermissionDenied for people without a right to read."""
        require(self.has_view_permission(request))
        return super().get_object(request, object_id, from_field)

    paginator = CappedPaginator
    list_per_page = 50

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with the model's name as its heading."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Run a bulk action; ignore a selection that holds no valid keys, on which Django fails."""
        for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                self.opts.pk.to_python(chosen)
            except ValidationError as error:
                raise BadRequest from error
        return super().response_action(request, queryset, *args, **kwargs)

    def page(
        self, request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
    ) -> HttpResponse:
        """Render one of our templates within the admin's layout."""
        request.current_app = self.admin_site.name
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, {**frame, **context}, status=status)


class ReadOnlyAdmin(StaffAdmin[M]):
    """A model that channel sales can only read; it is changed elsewhere."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ObjectActionForm(forms.Form):
    """Base form of an action; knows the object and has no fields."""

    def __init__(
        self,
        data: FormData = None,
        *,
        obj: Any,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.obj = obj


@dataclass(frozen=True)
class ObjectAction(Generic[M]):
    """An action of channel sales on an object.

    ``run`` calls one service and returns the message to show; it may raise RuleError. ``form``
    makes the form of the page (None: the page only asks for confirmation). ``why_not`` returns the
    reason why the action is not possible now, empty if it is; it writes nothing. ``warning`` is
    what has to be known first, shown above everything else on the page. ``label_of`` returns the
    label for objects that need another, ``submit`` is the label of the page's own button where the
    label is no verb.
    """

    label: str | Promise
    title: Callable[[M], str]
    run: Callable[[HttpRequest, M, Mapping[str, Any]], str]
    form: type[ObjectActionForm] | None = None
    why_not: Callable[[M], str] = lambda obj: ""
    explain: Callable[[M], list[str]] = lambda obj: []
    warning: Callable[[M], str] = lambda obj: ""
    label_of: Callable[[M], str] | None = None
    submit: str | Promise = ""
    primary: bool = False
    danger: bool = False

    def named(self, obj: M) -> str:
        """Return the label of the button for an object."""
        return str(self.label) if self.label_of is None else self.label_of(obj)


def fieldsets_of(form: forms.Form) -> Fieldsets:
    """Return the form's own grouping, or all of its visible fields in one group."""
    own = getattr(form, "fieldsets", None)
    shown = [each.name for each in form.visible_fields()]
    return own() if callable(own) else [(None, {"fields": shown})]


class ObjectActionsAdmin(ReadOnlyAdmin[M]):
    """A model with ``object_actions``: each is a link on the object's page and a page of its own.

    With ``summary_template`` the object's page is that template, filled by :meth:`summary`.
    """

    object_actions: ClassVar[dict[str, ObjectAction[Any]]] = {}
    summary_template = ""
    change_form_template = "admin/change_form_actions.html"

    def url_name(self, what: str) -> str:
        """Return the name of one of this model's addresses."""
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{what}"

    def page_of(self, obj: M) -> str:
        """Return the address of the object's page."""
        return reverse(self.url_name("change"), args=[obj.pk])

    def load(self, request: HttpRequest, pk: object) -> M:
        """Return the object of an address; raise Http404 if this partner has none with that id."""
        require(self.has_view_permission(request))
        try:
            found = self.get_queryset(request).filter(pk=pk).first()
        except (ValidationError, ValueError):
            found = None
        if found is None:
            raise Http404
        # For the log of accesses (CHAN-33).
        request.__dict__["admin_object"] = str(found)
        return found

    def may_run(self, request: HttpRequest, obj: M, key: str) -> bool:
        """Return whether this person may run an action on this object (CHAN-31)."""
        return self.has_act_permission(request, obj)

    def action_links(self, request: HttpRequest, obj: M) -> list[dict[str, Any]]:
        """Return links to the actions that are possible now, for this person."""
        name = self.url_name("action")
        possible = [
            (key, action)
            for key, action in self.object_actions.items()
            if self.may_run(request, obj, key) and not action.why_not(obj)
        ]
        return [
            {
                "action": action,
                "label": action.named(obj),
                "url": reverse(name, args=[obj.pk, key]),
            }
            for key, action in sorted(possible, key=lambda pair: pair[1].danger)
        ]

    def summary(self, request: HttpRequest, obj: M) -> dict[str, Any]:
        """Return the context of the summary template."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.action_view)
        name = self.url_name("action").partition(":")[2]
        return [path("<uuid:pk>/do/<slug:key>/", view, name=name), *super().get_urls()]

    def form_page(
        self,
        request: HttpRequest,
        form: forms.Form,
        *,
        title: str,
        submit: str | Promise,
        back: str,
        explain: list[str] | None = None,
        danger: bool = False,
        crumb: str = "",
        warning: str = "",
    ) -> HttpResponse:
        """Show a page with one form and one button."""
        return self.page(
            request,
            "admin/action.html",
            {
                "title": title,
                "form": form,
                "adminform": AdminForm(cast("Any", form), fieldsets_of(form), {}, model_admin=self),
                "submit": submit,
                "back": back,
                "explain": explain or [],
                "danger": danger,
                "crumb": crumb,
                "warning": warning,
            },
        )

    def summary_page(
        self,
        request: HttpRequest,
        obj: M,
        status: int = 200,
        extra: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the object's page: its summary and the actions that are possible now."""
        context = {"title": str(obj), "original": obj}
        context["object_actions"] = self.action_links(request, obj)
        shown = {**context, **self.summary(request, obj), **(extra or {})}
        return self.page(request, self.summary_template, shown, status)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.load(request, object_id)
        if self.summary_template:
            if request.method not in ("GET", "HEAD"):
                raise PermissionDenied
            return self.summary_page(request, obj)
        context: dict[str, Any] = {
            "object_actions": self.action_links(request, obj),
            "show_save_and_add_another": False,
        }
        context |= extra_context or {}
        return super().change_view(request, object_id, form_url, context)

    def action_view(self, request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
        """Ask for confirmation, then run an action.

        If it is not possible any more, the object's page says why.
        """
        obj = self.load(request, pk)
        action = self.object_actions.get(key)
        if action is None:
            raise Http404
        require(self.may_run(request, obj, key))
        form = (action.form or ObjectActionForm)(
            request.POST if request.method == "POST" else None,
            files=request.FILES if request.method == "POST" else None,
            obj=obj,
        )
        if reason := action.why_not(obj):
            return self.refused(request, obj, reason, form)
        if request.method == "POST" and form.is_valid():
            try:
                done = action.run(request, obj, form.cleaned_data)
            except (WrongState, StaleError) as error:
                return self.refused(request, obj, str(error), form)
            except RuleError as error:
                show_refusal(form, error)
            else:
                self.log_change(request, obj, str(action.label))
                messages.success(request, done)
                return redirect(self.page_of(obj))
        return self.form_page(
            request,
            form,
            title=action.title(obj),
            submit=action.submit or action.named(obj),
            back=self.page_of(obj),
            explain=action.explain(obj),
            danger=action.danger,
            crumb=str(obj),
            warning=action.warning(obj),
        )

    def changes_since(self, obj: M, form: forms.Form) -> list[str]:
        """Return what changed in the object since the form was made, a sentence each."""
        return []

    def refused(
        self, request: HttpRequest, obj: M, sentence: str, form: forms.Form
    ) -> HttpResponse:
        """Show the object's page as it is now, with the refusal; 409 (D22).

        It names what changed since the form was made (CHAN-12), and keeps what was typed.
        """
        messages.error(request, sentence)
        obj = self.load(request, obj.pk)
        if not self.summary_template:
            return redirect(self.page_of(obj))
        typed = typed_rows(form) if form.is_bound else []
        extra = {"changes": self.changes_since(obj, form), "typed": typed}
        return self.summary_page(request, obj, 409, extra)
