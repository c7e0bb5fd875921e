"""People are public: one User, and a Membership for each partner (ISO-06)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.accounts.rights import Preset, Right
from portal.core.staff_rights import StaffGroup
from portal.tenancy.managers import PartnerOwnedManager
from portal.tenancy.models import Partner


class UserManager(BaseUserManager["User"]):
    """Manager that keeps addresses in lower case, so that one mailbox is one person."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person, without a usable password unless one is given."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a member of channel sales with every right in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What they may do at a partner is stored in their Membership there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    is_staff = models.BooleanField(_("channel sales"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    # Set by MembershipBackend.get_user: the places at the partner of this request. Only somebody of
    # customers has several: one at each customer.
    places: Sequence[Membership] = ()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        # What the groups of channel sales may do (CHAN-31).
        permissions = [(f"staff_{group.value}", group.name.title()) for group in StaffGroup]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def initials(self) -> str:
        """Return two letters for the avatar in the top bar."""
        words = [word for word in self.name.split() if word]
        return "".join(word[0] for word in (words[:1] + words[-1:] if words[1:] else words)).upper()


class Role(models.Model):
    """A named set of rights; the three presets can be edited by the administrator (D11)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="roles")
    preset = models.CharField(max_length=2, choices=Preset.choices, blank=True)
    # A role of customers' people can't be given to the partner's own, nor the other way round.
    for_customers = models.BooleanField(default=False, db_default=False, editable=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    rights = ArrayField(models.CharField(max_length=40, choices=Right.choices), default=list)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "preset"], condition=~models.Q(preset=""), name="role_one_preset"
            ),
            models.UniqueConstraint(
                "partner", Lower("name"), condition=~models.Q(name=""), name="role_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return the role's own name, or the preset's in the reader's language."""
        return self.name or str(Preset(self.preset).label if self.preset else "")


class Team(models.Model):
    """A team, by which people are listed when assigning (REG-18)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=80)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [models.UniqueConstraint(fields=["partner", "name"], name="team_name")]

    def __str__(self) -> str:
        return self.name


class MembershipManager(PartnerOwnedManager["Membership"]):
    """Memberships of a partner; a customer's users are never among the partner's own people."""

    def own_people(self, partner: Partner) -> models.QuerySet[Membership]:
        """Return the places of those who work at the partner (ISO-24)."""
        return self.for_partner(partner).filter(customer_id__isnull=True)

    def users_of(self, partner: Partner, customer_id: uuid.UUID) -> models.QuerySet[Membership]:
        """Return the places of one customer's users."""
        return self.for_partner(partner).filter(customer_id=customer_id)


class Membership(models.Model):
    """A person's place at a partner; that of a customer's user is bound to the customer."""

    class State(models.TextChoices):
        INVITED = "invited", _("Invited")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    # How many notifications are unread, and what the customer is called, empty for the partner's
    # own people; set where a request's person is looked up.
    unread: int
    customer_name: str

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.ForeignKey(Role, models.PROTECT, related_name="memberships")
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    # The customer's id in the partner's schema. Not a foreign key: public never points into a
    # partner's schema.
    customer_id = models.UUIDField(null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    # What the administrator entered: until it is accepted, an invitation reveals nothing about an
    # account that the address may have elsewhere.
    invited_as = models.CharField(max_length=150, blank=True, editable=False)
    # Whether exceptions or substitutions add customers to those that the role lets the person see.
    # Kept by customers.services.substitutions, so that other people's pages query neither.
    has_extra_visibility = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Of customers' users: when they came here last. A user's own date tells of other partners too.
    last_sign_in_at = models.DateTimeField(_("last sign-in"), null=True, blank=True, editable=False)

    unscoped = models.Manager()
    objects: ClassVar[MembershipManager] = MembershipManager()

    class Meta:
        default_manager_name = "unscoped"
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            # A person of a customer may have a place at several customers of the partner.
            models.UniqueConstraint(
                fields=["partner", "user", "customer_id"],
                nulls_distinct=False,
                name="membership_one_each",
            )
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def shown_name(self) -> str:
        """Return the person's name, or the invited name until the invitation is accepted.

        People who left keep the invited name too, since they may never have accepted.
        """
        if self.state == self.State.INVITED:
            return self.invited_as or self.user.email
        if self.state == self.State.ENDED and self.invited_as:
            return self.invited_as
        return str(self.user)

    def may(self, right: str) -> bool:
        """Return whether this person has a right at this partner (False once the place ended)."""
        return self.state == self.State.ACTIVE and right in self.role.rights


class Invitation(models.Model):
    """A link that lets an invited person set a password. Only the secret's hash is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="invitations")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="invitations")
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="invitations_sent"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    unscoped = models.Manager()
    objects = PartnerOwnedManager()

    class Meta:
        default_manager_name = "unscoped"

    def __str__(self) -> str:
        return str(self.membership)


class Session(AbstractBaseSession):
    """A session that exists on one partner's host only (None: the public host)."""

    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="sessions")

    class Meta(AbstractBaseSession.Meta):
        db_table = "accounts_session"
