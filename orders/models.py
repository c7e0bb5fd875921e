"""Orders, their lines, and the services that completed orders make (D16)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Contact, Customer, Site
from orders.conversation_models import OrderMessage
from orders.porting_models import PortedBlock
from orders.receiver_models import OrderAssignee, OrderCopy
from orders.service_models import Service
from orders.template_models import OrderTemplate, OrderTemplateLine
from portal.accounts.models import Membership
from portal.catalog.models import Family, Product
from portal.core.finding import FindKeyField, find_key
from portal.core.formats import term_words
from portal.core.versioning import VersionedMixin
from portal.tenancy.models import TenantModel

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

__all__ = [
    "LineState",
    "Order",
    "OrderAssignee",
    "OrderCopy",
    "OrderLine",
    "OrderMessage",
    "OrderTemplate",
    "OrderTemplateLine",
    "PortedBlock",
    "Service",
]


class OrderQuerySet(models.QuerySet["Order"]):
    """Queries on orders."""

    def visible_to(self, person: Membership) -> OrderQuerySet:
        """Return the orders of visible customers, if the person has the right to see orders."""
        if not person.may("view_order"):
            return self.none()
        if person.may("view_customer") and person.customer_id is None:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(person))

    def put_on(self, person: Membership) -> OrderQuerySet:
        """Return the orders that are assigned to a person (REG-17)."""
        return self.filter(
            Exists(OrderAssignee.objects.filter(order=OuterRef("pk"), membership_id=person.pk))
        )

    def drafts(self) -> OrderQuerySet:
        return self.filter(state=Order.State.DRAFT)

    def told_to(self, contact: Contact) -> OrderQuerySet:
        """Return the orders that a contact of the customer is told of (ORD-62)."""
        copies = OrderCopy.objects.filter(order=OuterRef("pk"), contact=contact)
        return self.filter(Q(contact=contact) | Q(Exists(copies)))

    def live(self) -> OrderQuerySet:
        """Return the orders whose lines count against the credit (D8)."""
        return self.filter(state__in=Order.LIVE)


class Order(VersionedMixin, TenantModel):
    """One order: exactly one customer (ORD-01), one product family (D25).

    The customer is fixed when the row is created, and a trigger refuses to change it (D2): another
    customer means another order.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        ACCEPTED = "accepted", _("Accepted")
        PROVISIONING = "provisioning", _("Provisioning")
        COMPLETED = "completed", _("Completed")
        FAILED = "failed", _("Failed")
        REJECTED = "rejected", _("Rejected")
        CANCELLED = "cancelled", _("Cancelled")

    class Kind(models.TextChoices):
        NEW = "new", _("New")
        CHANGE = "change", pgettext_lazy("kind of an order", "Change")
        TERMINATE = "terminate", _("Termination")

    class CancelReason(models.TextChoices):
        WRONG_CUSTOMER = "wrong_customer", _("Ordered for the wrong customer")
        WRONG_PRODUCTS = "wrong_products", _("Wrong products or quantities")
        NOT_NEEDED = "not_needed", _("No longer needed")
        OTHER = "other", _("Another reason")

    class GoodsTo(models.TextChoices):
        CUSTOMER = "customer", _("Postal address")
        SITE = "site", _("Site")
        OTHER = "other", _("Another address")

    LIVE = (State.SUBMITTED, State.ACCEPTED, State.PROVISIONING, State.FAILED)
    # Accepted and not over: here a request to cancel is open until it is answered.
    ACCEPTED_ALIVE = (State.ACCEPTED, State.PROVISIONING, State.FAILED)

    number = models.CharField(_("order"), max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    family = models.CharField(_("family"), max_length=20, choices=Family.choices)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NEW)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    currency = models.CharField(_("currency"), max_length=3)
    # ORD-27
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    po_number = models.CharField(_("purchase order number"), max_length=60, blank=True)
    start_date = models.DateField(_("start date"), null=True, blank=True)
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("confirmation to"),
    )
    # ORD-52: what each contact was told last, by its id; it is told of everything that follows.
    told = models.JSONField(default=dict, blank=True, editable=False)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("site")
    )
    # ORD-66: where goods are sent, empty until somebody chose; the address is the typed one, and of
    # a placed order a copy of the chosen one.
    goods_to = models.CharField(
        max_length=10, choices=GoodsTo.choices, blank=True, db_default="", default=""
    )
    goods_site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    goods_address = models.JSONField(default=dict, blank=True, db_default={})
    # What the family's product step asks for beyond quantities; its form writes and reads it.
    details = models.JSONField(default=dict, blank=True)
    one_off = models.DecimalField(_("one-off"), max_digits=14, decimal_places=2, default=Decimal(0))
    monthly = models.DecimalField(_("monthly"), max_digits=14, decimal_places=2, default=Decimal(0))
    # D8: the credit that this order uses while it is live.
    exposure = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    created_by = models.ForeignKey(
        Membership, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("written by")
    )
    created_at = models.DateTimeField(_("written"))
    changed_at = models.DateTimeField(_("changed"))
    submitted_by = models.ForeignKey(Membership, models.DO_NOTHING, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    completed_on = models.DateField(_("completed"), null=True, blank=True)
    # When channel sales expects to have delivered (ORD-66).
    expected_on = models.DateField(_("expected"), null=True, blank=True)
    vendor_reference = models.CharField(_("vendor's reference"), max_length=80, blank=True)
    state_reason = models.TextField(_("reason"), blank=True)
    cancel_reason = models.CharField(max_length=20, choices=CancelReason.choices, blank=True)
    # The partner asked for cancellation after acceptance; channel sales decides.
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_reason = models.CharField(max_length=20, choices=CancelReason.choices, blank=True)
    cancel_asked_text = models.TextField(blank=True)
    cancel_asked_for = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancel_asked_by = models.ForeignKey(
        Membership, models.DO_NOTHING, null=True, blank=True, related_name="+"
    )
    recreated_from = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="recreated_as"
    )

    # The quote that it was made from, for documents and exports (ORD-56, ORD-63).
    quote_number = models.CharField(_("quote"), max_length=20, blank=True)

    find_key = FindKeyField()

    objects = OrderQuerySet.as_manager()

    lines: RelatedManager[OrderLine]
    assignees: RelatedManager[OrderAssignee]
    messages: RelatedManager[OrderMessage]
    copies: RelatedManager[OrderCopy]
    ported_blocks: RelatedManager[PortedBlock]
    recreated_as: Order

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled")) | Q(submitted_at__isnull=False),
                name="order_submitted_when",
            ),
            models.CheckConstraint(condition=Q(exposure__gte=0), name="order_exposure_not_neg"),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="order_by_customer"),
            models.Index(fields=["state", "-created_at"], name="order_by_state"),
            models.Index(fields=["-created_at"], name="order_by_date"),
            models.Index(fields=["changed_at", "id"], name="order_by_change"),
            models.Index(fields=["state", "changed_at", "id"], name="order_by_state_change"),
            models.Index(
                fields=["created_by", "changed_at"],
                condition=Q(state="draft"),
                name="order_drafts",
            ),
            models.Index(
                fields=["submitted_at"], condition=Q(state="submitted"), name="order_submitted"
            ),
            # The chart of placed orders counts along it.
            models.Index(
                fields=["submitted_at"],
                condition=Q(submitted_at__isnull=False),
                name="order_placed",
            ),
            # What waits on the home page: what came back, and what a person has not placed yet.
            models.Index(
                fields=["changed_at"],
                condition=Q(state="draft", submitted_at__isnull=False),
                name="order_returned",
            ),
            models.Index(
                fields=["created_by", "changed_at"],
                condition=Q(state="draft", submitted_at__isnull=True),
                name="order_unplaced",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def make_find_key(self) -> str:
        return find_key(self.number, self.reference, self.po_number)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def was_submitted(self) -> bool:
        """Return whether channel sales had the order: it is then cancelled, never deleted."""
        return self.submitted_at is not None

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    def chosen_receivers(self) -> list[Contact]:
        """Return the contacts that were chosen to be told, the confirmation's first (ORD-62)."""
        if self.contact is None:
            return []
        copies = self.copies.select_related("contact").order_by(
            "contact__last_name", "contact__first_name"
        )
        others = [each.contact for each in copies if each.contact_id != self.contact_id]
        return [self.contact, *others]

    def receivers(self) -> list[Contact]:
        """Return those of them that can be written to: neither erased nor gone (REG-58)."""
        chosen = self.chosen_receivers()
        return [each for each in chosen if each.erased_at is None and each.left_at is None]

    @property
    def ends_services(self) -> bool:
        """Return whether it ends what runs, so that no page may speak of a delivery (ORD-50)."""
        return self.kind == self.Kind.TERMINATE

    @property
    def has_open_request(self) -> bool:
        """Return whether the partner asked to cancel it and channel sales has to answer."""
        return self.cancel_asked_at is not None and self.state in self.ACCEPTED_ALIVE


class LineState(models.TextChoices):
    """The states of a line (ORD-29)."""

    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    PROVISIONING = "delivering", _("Provisioning")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class OrderLine(TenantModel):
    """One product of an order, with its price as it was (D17).

    ``customer`` repeats the order's; a two-column foreign key keeps them equal.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    product_name = models.CharField(_("product"), max_length=120)
    # For orders of kind CHANGE and TERMINATE: the service that the line acts on.
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="lines"
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    # What ran when the line was written (ORD-51); None for a line that makes a new service.
    quantity_before = models.PositiveIntegerField(null=True, editable=False)
    one_off = models.DecimalField(_("one-off"), max_digits=12, decimal_places=2)
    # The quantity that the one-off price is charged for: of a change only what is added; None means
    # all.
    one_off_quantity = models.PositiveIntegerField(null=True, editable=False)
    monthly = models.DecimalField(_("monthly"), max_digits=12, decimal_places=2)
    # From a quote: the highest quantity its price holds for. None means the list price.
    agreed_quantity = models.PositiveIntegerField(null=True, editable=False)
    # From a quote: the term that was agreed; 0 is none (ORD-56).
    term_months = models.PositiveSmallIntegerField(_("term"), default=0, editable=False)
    chargeable = models.BooleanField(default=True)
    state = models.CharField(
        _("state"), max_length=10, choices=LineState.choices, default=LineState.PENDING
    )
    # ORD-29: the date of delivery is the start of billing.
    delivered_on = models.DateField(_("delivered"), null=True, blank=True)
    vendor_reference = models.CharField(_("vendor's reference"), max_length=80, blank=True)
    identifiers = models.TextField(_("identifiers"), blank=True)
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_once"),
            models.CheckConstraint(
                condition=Q(one_off__gte=0, monthly__gte=0), name="line_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_name} × {self.quantity}"

    @property
    def title(self) -> str:
        """Return the product's name in the reader's language (USE-19)."""
        return self.product.title_of(self.product_name)

    @property
    def term(self) -> str:
        """Return the agreed term in words, empty without one (ORD-56)."""
        return term_words(self.term_months)

    @property
    def one_off_total(self) -> Decimal:
        counted = self.quantity if self.one_off_quantity is None else self.one_off_quantity
        return counted * self.one_off

    @property
    def monthly_total(self) -> Decimal:
        return self.quantity * self.monthly

    @property
    def is_over(self) -> bool:
        """Return whether nothing more happens to it."""
        return self.state in (LineState.DELIVERED, LineState.CANCELLED)

    @property
    def before(self) -> int:
        """Return how many ran when the line was written, 0 for what is new (ORD-51)."""
        return self.quantity_before or 0

    @property
    def monthly_before(self) -> Decimal:
        return self.before * self.monthly

    @property
    def monthly_difference(self) -> Decimal:
        """Return how much more a month costs with the line than before; negative for less."""
        return self.monthly_total - self.monthly_before
