"""The floors that the product is measured against: plain Django views that do the same work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import path

from customers.models import Customer
from portal.accounts.forms import ProfileForm
from portal.tenancy.connection import connection
from portal.urls import urlpatterns as product_urls

# Set by the runner: the person, the partner and the active customer.
STATE: dict[str, Any] = {}


class Partner:
    """Middleware that sets the schema, fixed once for the whole run."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.partner = request.tenant = STATE["partner"]
        connection.set_tenant(STATE["partner"])
        request.urlconf = "dev.bench.floors"
        return self.get_response(request)


def small(request: HttpRequest) -> HttpResponse:
    """The account page: session, person, active customer, the same template."""
    request.membership = request.user.membership
    request.active_customer = Customer.objects.filter(pk=STATE["customer"], is_active=True).first()
    form = ProfileForm(instance=request.user)
    return render(request, "people/account.html", {"form": form})


NAIVE = """{% extends "base.html" %}
{% block title %}{% translate "Customers" %}{% endblock %}
{% block heading %}{% translate "Customers" %}{% endblock %}
{% block content %}
  <section class="k-card k-card-flush">
    {% for name in headings %}<a class="k-sort" href="?sort={{ name }}">{% icon "selector" %}</a>{% endfor %}
    <table class="k-table k-dense k-cards"><tbody>
      {% for c in customers %}
          <tr>
            <td class="k-sm-hide">{{ c.number }}</td>
            <th scope="row"><a class="k-strong" href="{% url 'customers:customer' c.pk %}">{{ c.name }}</a>{% if c.is_own_company %} {% tag "is-accent" _("Own company") %}{% endif %}<span class="k-sub k-sm-only">{{ c.number }}{% if c.city %}, {{ c.city }}{% endif %}</span></th>
            <td class="k-sm-hide k-lg">{{ c.get_type_display }}</td>
            <td class="k-sm-hide">{{ c.city }}</td>
            <td class="k-sm-hide k-nowrap k-lg">{{ c.rate_plan.name }}</td>
            <td data-label="{% translate 'Credit used' %}"><span class="k-credit"><progress class="k-meter" value="{{ c.credit_percent }}" max="100" aria-label="{% translate 'Credit used' %}: {{ c.name }}"></progress><span>{{ c.credit_percent }} %</span></span></td>
            <td class="k-corner">{% if c.is_active %}{% state "is-ok" c.get_lifecycle_display %}{% else %}{% state "is-off" _("Inactive") %}{% endif %}</td>
            <td class="k-num k-sm-hide">{% if c.is_active %}<button class="btn btn-link btn-sm p-0" type="submit" name="customer" value="{{ c.pk }}" aria-label="{% translate 'Switch to' %} {{ c.name }}, {{ c.number }}">{% translate "Switch" %}</button>{% endif %}</td>
          </tr>
      {% endfor %}
    </tbody></table>
    <p>{{ total }}</p>
  </section>
{% endblock %}"""  # noqa: E501  as a person would write it


def customers(request: HttpRequest) -> HttpResponse:
    """Fifty customers with their plan in the same page, by a naive template; no middleware."""
    person = STATE["person"]
    request.user, request.membership = person.user, person
    request.active_customer = None
    rows = Customer.objects.filter(is_active=True).select_related("rate_plan")
    rows = list(rows.order_by("sort_key", "pk")[:50])
    total = Customer.objects.filter(is_active=True).order_by().values("pk")[:1_001].count()
    template = STATE.setdefault("naive", engines["django"].from_string(NAIVE))
    headings = ("number", "name", "type", "town", "plan", "credit", "state")
    context = {"customers": rows, "total": total, "headings": headings}
    return HttpResponse(template.render(context, request))


urlpatterns = [path("people/me/", small), path("customers/", customers), *product_urls]
# Plain Django: what `startproject` configures and the locale middleware, no library and nothing of
# ours but the schema.
PLAIN = [
    "dev.bench.floors.Partner",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
NONE = ["dev.bench.floors.Partner"]
