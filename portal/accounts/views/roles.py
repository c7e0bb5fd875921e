"""Views about roles: list, edit, add, reset and delete (D11, REG-24)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import services
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.forms import RoleForm
from portal.accounts.http import RoleRequest, load_role
from portal.accounts.models import Role
from portal.accounts.rights import CUSTOMER_RIGHTS, PRESET_RIGHTS, Right
from portal.core.errors import RuleError
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import form_data, get_or_post


@needs("manage_people")
@require_safe
def role_list(request: PartnerRequest) -> HttpResponse:
    """Show the partner's roles and the customers' apart, and how many people have each (REG-47)."""
    here = Count("memberships", filter=~Q(memberships__state="ended"))
    roles = Role.objects.for_partner(request.partner).annotate(people=here)
    rows: list[dict[str, Any]] = [
        {
            "role": role,
            "rights": len(role.rights),
            "all": len(CUSTOMER_RIGHTS if role.for_customers else Right.values),
            "changed": bool(role.preset) and set(role.rights) != set(PRESET_RIGHTS[role.preset]),
        }
        for role in roles.order_by("-preset", "name")
    ]
    context = {
        "own": [row for row in rows if not row["role"].for_customers],
        "customers": [row for row in rows if row["role"].for_customers],
    }
    return render(request, "people/roles.html", context)


@needs("manage_people")
@get_or_post
def role_add(request: PartnerRequest) -> HttpResponse:
    """Add a role of the partner's own people, or of customers' people."""
    for_customers = request.GET.get("for") == "customers"
    form = RoleForm(request.POST or None, for_customers=for_customers)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            role = services.create_role(
                partner=request.partner, for_customers=for_customers, **form.cleaned_data
            )
            messages.success(request, _("The role %s was created.") % role.label)
            return redirect("accounts:roles")
    context = {"form": form, "role": None, "for_customers": for_customers}
    return render(request, "people/role.html", context)


@needs("manage_people", load=load_role, of="role")
@get_or_post
def role_form(request: RoleRequest) -> HttpResponse:
    """Show and change what one role may do."""
    role = request.role
    # Binds the form also when no box is ticked and it posts no field of its own.
    form = RoleForm(
        form_data(request),
        role=role,
        for_customers=role.for_customers,
        initial={"name": role.name, "rights": role.rights},
    )
    if request.method == "POST" and form.is_valid():
        data = {"name": role.name, **form.cleaned_data}
        with ShowRefusals(form):
            services.save_role(role, **data)
            messages.success(request, _("The role %s was saved.") % role.label)
            return redirect("accounts:roles")
    context = {"form": form, "role": role, "for_customers": role.for_customers}
    return render(request, "people/role.html", context)


@needs("manage_people", load=load_role, of="role")
@require_POST
def role_reset(request: RoleRequest) -> HttpResponse:
    """Reset a preset to the rights it started with."""
    role = request.role
    with RefusalsAsMessages(request):
        services.reset_role(role)
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
