"""Views about teams (REG-18), and the log of people, roles and teams (REG-15)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import services
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.forms import TeamForm
from portal.accounts.http import TeamRequest, load_team
from portal.accounts.models import Membership, Team
from portal.core.forms import ShowRefusals
from portal.core.http import get_or_post
from portal.history.log import log_of_app


@needs("manage_people")
@get_or_post
def team_list(request: PartnerRequest) -> HttpResponse:
    """Show the teams with how many people each has, and a form to add one."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            team = services.save_team(Team(partner=request.partner), **form.cleaned_data)
            messages.success(request, _("The team %s was created.") % team.name)
            return redirect("accounts:team", team.pk)
    here = Count("memberships", filter=~Q(memberships__state="ended"))
    teams = Team.objects.for_partner(request.partner).annotate(people=here).order_by("name")
    return render(request, "people/teams.html", {"teams": teams, "form": form})


@needs("manage_people", load=load_team, of="team")
@get_or_post
def team_form(request: TeamRequest) -> HttpResponse:
    """Show and change one team: its name and its members."""
    team = request.team
    form = TeamForm(request.POST or None, initial={"name": team.name})
    everybody = (
        Membership.objects.own_people(request.partner)
        .exclude(state=Membership.State.ENDED)
        .select_related("user", "team", "partner")
        .order_by("user__name", "pk")
    )
    if request.method == "POST" and form.is_valid():
        had, ticked = set(request.POST.getlist("had")), set(request.POST.getlist("people"))
        add = [person for person in everybody if str(person.pk) in ticked - had]
        remove = [
            person
            for person in everybody
            if str(person.pk) in had - ticked and person.team_id == team.pk
        ]
        with ShowRefusals(form):
            services.save_team(team, add=add, remove=remove, **form.cleaned_data)
            messages.success(request, _("The team %s was saved.") % team.name)
            return redirect("accounts:teams")
    context = {"team": team, "form": form, "everybody": everybody}
    return render(request, "people/team.html", context)


@needs("manage_people", load=load_team, of="team")
@require_POST
def team_delete(request: TeamRequest) -> HttpResponse:
    """Delete a team; its people stay."""
    team = request.team
    services.delete_team(team)
    messages.success(request, _("The team %s was deleted.") % team.name)
    return redirect("accounts:teams")


@needs("manage_people")
@require_safe
def people_log(request: PartnerRequest) -> HttpResponse:
    """Show who changed what about people, roles and teams (REG-15)."""
    context = log_of_app(request, "accounts")
    return render(request, "people/log.html", context)
