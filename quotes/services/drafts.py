"""Services for writing quotes: start, save, revise, supersede, delete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from orders.services.checks import CustomerInactive, check_active, check_customer, check_product
from orders.services.drafts import build_lines
from portal.accounts.models import Membership
from portal.catalog.models import Product
from portal.core.errors import RuleError, StaleError
from portal.history.services import record
from portal.tenancy.context import local_day, require_partner
from quotes.commercials import refuse_commercials
from quotes.models import Confirmation, Quote, QuoteLine, QuoteSettings
from quotes.states import next_state


class StaleQuote(StaleError):
    """Refuse a form that is older than the quote it is for (SAFE-06; 409 by D22)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("This quote was changed in another window. Check it, then save again.")
        )


class DiscountTooHigh(RuleError):
    """Refuse a discount above the partner's limit (D17)."""

    def __init__(self, limit: Decimal, *, field: str) -> None:
        super().__init__(
            _("The highest discount is %(limit)s %%.") % {"limit": f"{limit.normalize():f}"},
            field=field,
        )


@dataclass(frozen=True)
class LineRequest:
    """The requested values of one line."""

    quantity: int
    term_months: int = 0
    discount: Decimal = Decimal(0)


def quote_settings() -> QuoteSettings:
    """Return the partner's settings for quotes, created with the defaults if missing."""
    settings, _made = QuoteSettings.objects.get_or_create(singleton=True)
    return settings


@transaction.atomic
def change_settings(settings: QuoteSettings, **values: object) -> QuoteSettings:
    """Save the settings; open quotes keep theirs until they are saved again."""
    current = QuoteSettings.objects.select_for_update().get(pk=settings.pk)
    old = {name: str(getattr(current, name)) for name in values}
    for name, value in values.items():
        setattr(current, name, value)
    current.version += 1
    current.save()
    changed = [name for name, value in values.items() if str(value) != old[name]]
    if changed:
        record(current, "quote_settings_changed", customer_id=None, fields=", ".join(changed))
    return current


class QuoteGone(RuleError):
    """Refuse what is to be done to a quote that was deleted meanwhile (CON-33)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This quote was deleted meanwhile."))


def lock_quote(quote_id: UUID, *, version: int | None = None) -> Quote:
    """Return the quote's row, locked to the end of the transaction.

    Always lock it before its confirmation. Raise QuoteGone if there is none, and StaleQuote if
    ``version`` is given and is not the row's.
    """
    quote = Quote.objects.select_for_update(of=("self",)).filter(pk=quote_id).first()
    if quote is None:
        raise QuoteGone
    if version is not None and quote.version != version:
        raise StaleQuote
    return quote


def touch(quote: Quote, *, at: datetime) -> None:
    """Raise the quote's version for a save."""
    quote.touch(at)
    quote.save()


def _next_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('quotes_number')")
        (value,) = cursor.fetchone()
    return f"Q-{local_day(at):%Y}-{value:04d}"


def _check_customer(customer: Customer) -> None:
    if not customer.is_active:
        raise CustomerInactive(customer)
    if customer.is_own_company:
        raise RuleError(_("A quote is for a customer, not for your own company."), field="customer")


def _check_details(*, title: str, message: str, valid_until: date, today: date) -> None:
    """Refuse commercials in what the customer reads, and a last day in the past or too far off."""
    if valid_until < today:
        raise RuleError(_("The quote has to be valid today or later."), field="valid_until")
    if valid_until > today + timedelta(days=366):
        raise RuleError(_("A quote is valid for a year at most."), field="valid_until")
    refuse_commercials(title, field="title")
    refuse_commercials(message, field="message")


@transaction.atomic
def start_quote(
    *,
    customer: Customer,
    title: str,
    valid_until: date,
    message: str = "",
    notes: str = "",
    by: Membership,
    at: datetime,
    quote_id: UUID | None = None,
) -> Quote:
    """Start a quote for a customer or prospect.

    ``quote_id`` comes from the form, so that the same form sent twice makes one quote. Raise
    CustomerInactive, CommercialsShown, RuleError at its field.
    """
    if quote_id is not None:
        there = Quote.objects.filter(pk=quote_id).first()
        if there is not None and (there.customer_id, there.created_by_id) == (customer.pk, by.pk):
            return there
        quote_id = None if there is not None else quote_id
    _check_customer(customer)
    _check_details(title=title, message=message, valid_until=valid_until, today=local_day(at))
    partner = require_partner()
    quote = Quote(
        id=quote_id or uuid4(),
        number=_next_number(at),
        customer=customer,
        title=title,
        currency=partner.currency,
        valid_until=valid_until,
        message=message,
        notes=notes,
        created_by=by,
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            quote.save(force_insert=True)
    except IntegrityError:
        return Quote.objects.get(pk=quote.pk, customer=customer, created_by=by)
    record(quote, "quote_started", customer_id=customer.pk)
    return quote


def close_open(quote: Quote, *, at: datetime) -> bool:
    """Withdraw the open confirmation, if any (CON-21); the caller holds the quote's lock."""
    current = (
        Confirmation.objects.select_for_update(of=("self",)).filter(quote=quote).open().first()
    )
    if current is None:
        return False
    current.state, current.decided_at = Confirmation.State.WITHDRAWN, at
    current.save(update_fields=["state", "decided_at"])
    record(
        quote,
        "confirmation_withdrawn",
        customer_id=quote.customer_id,
        addressee=current.addressee_name,
    )
    return True


def _open_for_change(quote: Quote, *, at: datetime) -> None:
    """Set the quote to DRAFT, as a new revision if it had been sent (CON-21)."""
    quote.state = next_state(quote, "edit")
    if close_open(quote, at=at):
        quote.revision += 1


@transaction.atomic
def save_details(
    quote_id: UUID,
    *,
    version: int,
    title: str,
    valid_until: date,
    message: str,
    notes: str,
    at: datetime,
) -> Quote:
    """Save title, validity, message and notes; withdraw what was sent (CON-21).

    Raise StaleQuote, WrongState, CommercialsShown, RuleError at its field.
    """
    quote = lock_quote(quote_id, version=version)
    next_state(quote, "edit")
    _check_details(title=title, message=message, valid_until=valid_until, today=local_day(at))
    _open_for_change(quote, at=at)
    quote.title, quote.valid_until = title, valid_until
    quote.message, quote.notes = message, notes
    touch(quote, at=at)
    return quote


def _build(
    customer: Customer, wanted: Mapping[UUID, LineRequest], *, at: datetime, currency: str
) -> list[QuoteLine]:
    """Return lines at today's list prices in the customer's plan, in the catalogue's order."""
    limit = quote_settings().max_discount
    families = dict(Product.objects.filter(pk__in=wanted).values_list("pk", "family_id"))
    if len(families) != len(wanted):
        raise RuleError(_("One of the products is not in the catalogue any more."))
    lines: list[QuoteLine] = []
    for family in sorted(set(families.values())):
        quantities = {key: wanted[key].quantity for key in wanted if families[key] == family}
        for line in build_lines(customer, family, quantities, at=at, currency=currency):
            asked = wanted[line.product_id]
            if not 0 <= asked.discount <= limit:
                raise DiscountTooHigh(limit, field=f"d_{line.product_id}")
            lines.append(
                QuoteLine(
                    product=line.product,
                    product_name=line.product_name,
                    family=family,
                    quantity=line.quantity,
                    term_months=asked.term_months,
                    discount=asked.discount,
                    list_one_off=line.one_off,
                    list_monthly=line.monthly,
                    chargeable=line.chargeable,
                )
            )
    return lines


def _write_lines(quote: Quote, lines: list[QuoteLine]) -> None:
    quote.lines.all().delete()
    for position, line in enumerate(lines, 1):
        line.quote, line.customer_id, line.position = quote, quote.customer_id, position
    QuoteLine.objects.bulk_create(lines)
    quote.one_off = sum((line.one_off_total for line in lines), Decimal(0))
    quote.monthly = sum((line.monthly_total for line in lines), Decimal(0))


@transaction.atomic
def save_lines(
    quote_id: UUID, *, version: int, wanted: Mapping[UUID, LineRequest], at: datetime
) -> Quote:
    """Save the lines, with list prices as of now; withdraw what was sent (CON-21).

    Raise StaleQuote, WrongState, DiscountTooHigh, NotForResidential, NotOrderable, RuleError.
    """
    quote = lock_quote(quote_id, version=version)
    next_state(quote, "edit")
    _check_customer(quote.customer)
    chosen = {key: line for key, line in wanted.items() if line.quantity > 0}
    if not chosen:
        raise RuleError(_("Choose at least one product."))
    lines = _build(quote.customer, chosen, at=at, currency=quote.currency)
    _open_for_change(quote, at=at)
    _write_lines(quote, lines)
    touch(quote, at=at)
    return quote


@transaction.atomic
def revise(quote_id: UUID, *, at: datetime) -> Quote:
    """Revise: DECLINED or EXPIRED -> DRAFT, as the next revision; valid for the usual time."""
    quote = lock_quote(quote_id)
    quote.state = next_state(quote, "revise")
    quote.revision += 1
    today = local_day(at)
    if quote.valid_until <= today:
        quote.valid_until = today + timedelta(days=quote_settings().valid_days)
    touch(quote, at=at)
    record(quote, "quote_revised", customer_id=quote.customer_id, revision=quote.revision)
    return quote


@transaction.atomic
def supersede(quote_id: UUID, *, by: Membership, at: datetime) -> Quote:
    """Supersede: CONFIRMED -> SUPERSEDED by a new draft with the same content; return the draft.

    The same request again returns the existing draft. Lines that can't be ordered any more are left
    out; the others take today's list prices.
    """
    old = lock_quote(quote_id)
    there = Quote.objects.filter(replaces=old).first()
    if there is not None:
        return there
    old.state = next_state(old, "supersede")
    touch(old, at=at)
    new = start_quote(
        customer=old.customer,
        title=old.title,
        valid_until=local_day(at) + timedelta(days=quote_settings().valid_days),
        message=old.message,
        notes=old.notes,
        by=by,
        at=at,
    )
    wanted: dict[UUID, LineRequest] = {}
    for line in old.lines.select_related("product"):
        asked = LineRequest(line.quantity, line.term_months, line.discount)
        try:
            _build(old.customer, {line.product_id: asked}, at=at, currency=new.currency)
        except RuleError:
            continue
        wanted[line.product_id] = asked
    _write_lines(new, _build(old.customer, wanted, at=at, currency=new.currency))
    new.replaces, new.revision = old, old.revision + 1
    touch(new, at=at)
    record(old, "quote_superseded", customer_id=old.customer_id, new_number=new.number)
    return new


@transaction.atomic
def delete_quote(quote_id: UUID) -> None:
    """Delete a draft that was never sent; the log keeps that it existed."""
    quote = lock_quote(quote_id)
    next_state(quote, "delete")
    if quote.confirmations.exists() or quote.replaces_id is not None:
        raise RuleError(_("This quote was sent before, so it stays. Leave it as a draft."))
    record(quote, "quote_deleted", customer_id=quote.customer_id, customer=quote.customer.label)
    quote.delete()


def check_lines(quote: Quote, *, to_order: bool = True) -> list[QuoteLine]:
    """Return the lines, all of which the customer may still order (ORD-14, ORD-28, ACC-07).

    Where they are only asked for (not ``to_order``), a family that the customer is not registered
    for yet is no refusal (CON-47). Raise RuleError if there are none, CustomerInactive,
    NotRegistered, NotOrderable, NotForResidential.
    """
    lines = list(quote.lines.select_related("product").order_by("position"))
    if not lines:
        raise RuleError(_("Choose at least one product."))
    check_active(quote.customer)
    for family in sorted({line.family for line in lines}) if to_order else ():
        check_customer(quote.customer, family)
    for line in lines:
        check_product(line.product, quote.customer)
    return lines
