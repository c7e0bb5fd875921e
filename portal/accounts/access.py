"""Access policies of views: every view declares who may use it.

A system check refuses to start the process where a view declares none. The checks run in this order
(ANS-01, ANS-02): without a sign-in, redirect to the sign-in page; for an object that the person may
not see, 404; for a visible object without the right to act on it, 403.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.kept_forms import keep_form, restore_form
from portal.accounts.models import Membership, User
from portal.accounts.rights import Right
from portal.tenancy.models import Partner

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)


class PersonRequest(HttpRequest):
    """A request of which PersonMiddleware knows who asks; None for strangers and staff."""

    membership: Membership | None


class PartnerRequest(HttpRequest):
    """A request of a person who is signed in at a partner."""

    user: User
    partner: Partner
    membership: Membership


@dataclass(frozen=True)
class Policy:
    """Who may use a view; read by the system check and by the isolation tests."""

    # "public", "link" (the secret in the address decides), "signed in", "member" (people of the
    # partner) or "customer" (people of a customer)
    kind: str
    rights: tuple[str, ...] = ()
    of: str = ""  # what the address names: "customer", "order", ... or nothing


def _declare(view: Callable[..., object], policy: Policy) -> None:
    """Put the policy onto the view; a function keeps its attributes in its dictionary."""
    view.__dict__["policy"] = policy


Loader = Callable[[Any, dict[str, Any]], None]
Allowed = Callable[[Any], bool]


def public_page(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Declare a view for anybody, without an object of a partner behind it."""
    _declare(view, Policy("public"))
    return view


def by_link(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Declare a view that is opened by the secret in its address."""
    _declare(view, Policy("link"))
    return view


def signed_in(view: Callable[Concatenate[R, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Declare a view for whoever is signed in on this host, also before they chose their place."""

    @wraps(view)
    def wrapped(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not getattr(request.user, "places", ()):
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    _declare(wrapped, Policy("signed in"))
    return wrapped


def _ask_first(request: HttpRequest) -> HttpResponse:
    """Return what somebody gets who is not signed in, or has not chosen one of their places."""
    if not getattr(request.user, "places", ()):
        return redirect_to_login(keep_form(request))
    after = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(after, login_url=reverse("choose_place"))


def _missing_right(right: str) -> str:
    label = str(Right(right).label)
    return _(
        "Your role does not include the right “%(right)s”, and nothing was changed. An "
        "administrator of your company can give it to you."
    ) % {"right": label}


def needs(
    *rights: str,
    load: Loader | None = None,
    of: str = "",
    allow: Allowed | None = None,
    customers: bool = False,
) -> Callable[[Callable[Concatenate[R, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Declare a view for people of the partner who have all of ``rights``.

    ``load`` takes the object's id out of the URL's arguments and puts the object on the request; it
    raises Http404 if the person may not see it, and runs before the rights are checked. ``allow``
    is for rights that depend on the object. For a customer's people the view does not exist, unless
    ``customers`` says that it is for everybody (ISO-23).
    """

    def refuses(membership: Membership) -> bool:
        return membership.customer_id is not None and not customers

    return _member_policy(Policy("member", rights, of), refuses, load, allow)


def customer_page(
    *rights: str, load: Loader | None = None, of: str = "", allow: Allowed | None = None
) -> Callable[[Callable[Concatenate[R, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Declare a view of the customers' own portal, which does not exist for anybody else (ISO-23).

    ``rights``, ``load`` and ``allow`` are those of ``needs``.
    """

    def refuses(membership: Membership) -> bool:
        return membership.customer_id is None

    return _member_policy(Policy("customer", rights, of), refuses, load, allow)


def _member_policy(
    policy: Policy,
    refuses: Callable[[Membership], bool],
    load: Loader | None,
    allow: Allowed | None,
) -> Callable[[Callable[Concatenate[R, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Return the decorator of a view for people who are signed in; see ``needs``."""

    def decorate(
        view: Callable[Concatenate[R, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def wrapped(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership: Membership | None = getattr(request, "membership", None)
            if membership is None:
                if getattr(request, "partner", None) is None:
                    raise Http404
                return _ask_first(request)
            if refuses(membership):
                raise Http404
            if load is not None:
                load(request, kwargs)
            if request.method == "GET":
                restore_form(request)
            missing = [right for right in policy.rights if not membership.may(right)]
            if missing:
                raise PermissionDenied(_missing_right(missing[0]))
            if allow is not None and not allow(request):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        _declare(wrapped, policy)
        return wrapped

    return decorate
