"""The saved filters of a list, for the lists of the apps above and below this one (REG-09)."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext

from customers.models import SavedFilter

register = template.Library()


@register.simple_tag(takes_context=True)
def saved_filters(context: RequestContext, list_name: str) -> list[dict[str, str]]:
    """Return label and address of the filters that the reader saved or shares."""
    request = context["request"]
    return [
        {"label": saved.name, "url": saved.address}
        for saved in SavedFilter.objects.visible_to(request.membership).of_list(list_name)
    ]
