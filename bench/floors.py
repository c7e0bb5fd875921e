"""What the product is measured against: plain Django views that do the same work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import path

from customers.models import Customer
from portal.accounts.backends import place_here
from portal.accounts.forms import ProfileForm
from portal.context import page
from portal.tenancy.connection import connection
from portal.urls import urlpatterns as product_urls

# Set by the runner: who asks, and where.
STATE: dict[str, Any] = {}


class Partner:
    """Only what the floor can't do without: the schema, fixed once for the whole run."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.partner = request.tenant = STATE["partner"]
        connection.set_tenant(STATE["partner"])
        request.urlconf = "bench.floors"
        return self.get_response(request)


def small(request: HttpRequest) -> HttpResponse:
    """The account page: session, person, active customer, the same template."""
    person = place_here(request.session["_auth_user_id"])
    request.user, request.membership = person.user, person
    request.user.membership = person
    request.active_customer = Customer.objects.filter(pk=STATE["customer"], is_active=True).first()
    form = ProfileForm(instance=request.user)
    return render(request, "people/account.html", {"form": form, **page(request)})


NAIVE = """{% for c in customers %}<tr><td>{{ c.number }}</td><th scope="row">
<a class="k-strong" href="/customers/{{ c.pk }}/">{{ c.name }}</a>{% if c.is_own_company %} <span
class="k-tag is-accent">Own company</span>{% endif %}<span class="k-sub k-sm-only">{{ c.number }},
{{ c.city }}</span></th><td>{{ c.get_type_display }}</td><td>{{ c.city }}</td>
<td>{{ c.rate_plan.name }}</td><td><span class="k-credit"><progress class="k-meter"
value="{{ c.credit_percent }}" max="100" aria-label="Credit used: {{ c.name }}"></progress>
<span>{{ c.credit_percent }} %</span></span></td><td><span class="k-state is-ok">
{{ c.get_lifecycle_display }}</span></td><td><button class="btn btn-link btn-sm p-0" type="submit"
name="customer" value="{{ c.pk }}" aria-label="Switch to {{ c.name }}, {{ c.number }}">Switch</button>
</td></tr>{% endfor %}"""


def customers(request: HttpRequest) -> HttpResponse:
    """Fifty customers with their plan, by a naive template; no middleware, no page around."""
    rows = Customer.objects.filter(is_active=True).select_related("rate_plan")
    rows = list(rows.order_by("sort_key", "pk")[:50])
    total = Customer.objects.filter(is_active=True).count()
    template = STATE.setdefault("naive", engines["django"].from_string(NAIVE))
    return HttpResponse(f"{total}" + template.render({"customers": rows}, request))


urlpatterns = [path("people/me/", small), path("customers/", customers), *product_urls]
PLAIN = [
    "bench.floors.Partner",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
NONE = ["bench.floors.Partner"]
