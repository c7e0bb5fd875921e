"""Roles: the list, what each may do, making, resetting and deleting them (D11, REG-24)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import services
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.forms import RoleForm
from portal.accounts.http import RoleRequest, load_role
from portal.accounts.models import Role
from portal.accounts.rights import PRESET_RIGHTS, Right
from portal.core.errors import RuleError

GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@needs("manage_people")
@require_safe
def role_list(request: PartnerRequest) -> HttpResponse:
    """The roles and how many people have each."""
    here = Count("memberships", filter=~Q(memberships__state="ended"))
    roles = Role.objects.for_partner(request.partner).annotate(people=here)
    rows = [
        {
            "role": role,
            "rights": len(role.rights),
            "all": len(Right.values),
            "changed": bool(role.preset) and set(role.rights) != set(PRESET_RIGHTS[role.preset]),
        }
        for role in roles.order_by("-preset", "name")
    ]
    return render(request, "people/roles.html", {"rows": rows})


@needs("manage_people")
@GET_POST
def role_add(request: PartnerRequest) -> HttpResponse:
    """A role of one's own."""
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            role = services.create_role(partner=request.partner, **form.cleaned_data)
        except RuleError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("The role %s was created.") % role.label)
            return redirect("accounts:roles")
    return render(request, "people/role.html", {"form": form, "role": None})


@needs("manage_people", load=load_role, of="role")
@GET_POST
def role_form(request: RoleRequest) -> HttpResponse:
    """What one role may do."""
    role = request.role
    # A page without a tick posts nothing but its token.
    posted = request.POST if request.method == "POST" else None
    form = RoleForm(posted, role=role, initial={"name": role.name, "rights": role.rights})
    if request.method == "POST" and form.is_valid():
        data = {"name": role.name, **form.cleaned_data}
        try:
            services.save_role(role, **data)
        except RuleError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("The role %s was saved.") % role.label)
            return redirect("accounts:roles")
    return render(request, "people/role.html", {"form": form, "role": role})


@needs("manage_people", load=load_role, of="role")
@require_POST
def role_reset(request: RoleRequest) -> HttpResponse:
    """Back to the rights that a preset started with."""
    role = request.role
    try:
        services.reset_role(role)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The role %s has its first rights again.") % role.label)
    return redirect("accounts:role", role.pk)


@needs("manage_people", load=load_role, of="role")
@require_POST
def role_delete(request: RoleRequest) -> HttpResponse:
    """Delete a role that nobody has."""
    role = request.role
    name = role.label
    try:
        services.delete_role(role)
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("accounts:role", role.pk)
    messages.success(request, _("The role %s was deleted.") % name)
    return redirect("accounts:roles")
