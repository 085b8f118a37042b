"""Cost entries, what an hour and an activity cost, and what the night counted of each customer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core import clock
from core.base import Stamped, Versioned
from customers.models import CUSTOMER_OWNERS, Channel, Customer, InteractionKind
from segmentation.together import OF_ONE, SEVERAL, Together

MOST_COST = 10**12  # minor units: beyond any budget, and far from the end of the column
MOST_ENTERED = 10**10  # of one entry, minor units: a slip of the finger rather than a gift
FIRST_YEAR = 2000  # of an entry
LONGEST_CONTACT = 24 * 60  # minutes
UNCHECKED: dict[str, Any] = {"db_constraint": False, "db_index": False}  # as those of RunSum
MINUTES: dict[str, int] = {
    InteractionKind.VISIT: 90,
    InteractionKind.MEETING: 60,
    InteractionKind.VIDEO: 45,
    InteractionKind.CALL: 10,
    InteractionKind.EMAIL: 10,
    InteractionKind.WECHAT: 5,
    InteractionKind.CHAT: 5,
    InteractionKind.SMS: 2,
    InteractionKind.OTHER: 10,
}


class CostKind(models.TextChoices):
    """What was paid for."""

    ACQUISITION = "acquisition", pgettext_lazy("kind of cost", "acquisition")
    GIFT = "gift", _("gift")
    TRAVEL = "travel", pgettext_lazy("kind of cost", "travel")
    SERVICE = "service", pgettext_lazy("kind of cost", "service")
    OTHER = "other", _("other")


class Verdict(models.TextChoices):
    """Whether a customer is served more or less than the margin bears."""

    MUCH = "much", _("served too much")
    LITTLE = "little", _("served too little")


class CostEntry(Stamped, Scoped):
    """Something that was paid for a customer, or for a channel as a whole. A wrong one is removed and entered anew.

    `booked_by` stands in entries of channels: who entered it, and those who lead that person, see it.
    """

    scope_resource: ClassVar[str] = "cost"
    scope_owner: ClassVar[tuple[str, ...]] = (*CUSTOMER_OWNERS, "booked_by")
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="cost_entries")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="cost_entries")
    kind = models.CharField(_("kind of cost"), max_length=11, choices=CostKind)
    amount = models.BigIntegerField(_("amount"))  # minor units of the company's currency
    spent_on = models.DateField(_("spent on"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    reference = models.CharField(_("outside number"), max_length=64, blank=True)  # of a voucher, or in another program
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST_COST), name="cost_above_zero"),
            models.CheckConstraint(
                condition=Q(customer=None, channel__isnull=False) | Q(customer__isnull=False, channel=None),
                name="cost_of_a_customer_or_channel",
            ),
            models.UniqueConstraint(fields=["reference"], condition=~Q(reference=""), name="cost_reference_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-spent_on", "-id"], name="costs_by_day", condition=Q(removed_at=None)),
            models.Index(fields=["updated_at"], name="costs_written"),
        ]


class CostSettings(Stamped, Versioned):
    """What an hour of work costs, and how long an activity takes where nobody noted it; one row."""

    hourly_cost = models.DecimalField(
        _("cost of an hour"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1_000_000)],
    )
    minutes_visit = models.PositiveSmallIntegerField(_("visit"), default=90)
    minutes_meeting = models.PositiveSmallIntegerField(_("meeting"), default=60)
    minutes_video = models.PositiveSmallIntegerField(_("video call"), default=45)
    minutes_call = models.PositiveSmallIntegerField(_("call"), default=10)
    minutes_email = models.PositiveSmallIntegerField(pgettext_lazy("way to talk", "e-mail"), default=10)
    minutes_wechat = models.PositiveSmallIntegerField(_("WeChat"), default=5)
    minutes_chat = models.PositiveSmallIntegerField(_("chat"), default=5)
    minutes_sms = models.PositiveSmallIntegerField(_("text message"), default=2)
    minutes_other = models.PositiveSmallIntegerField(_("other"), default=10)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_cost_settings")
        ]

    def minutes(self) -> dict[str, int]:
        """Method of an activity -> minutes."""
        return {kind: getattr(self, f"minutes_{kind}") for kind in MINUTES}


class CostCount(models.Model):
    """The last count of everybody, one row. `upkeep` / `gross` is the company's rate, None while no hour has a cost."""

    on = models.DateField()
    counted_at = models.DateTimeField(default=clock.now)
    looked_at = models.DateTimeField(default=clock.now)  # up to when cost entries are counted
    currency = models.CharField(max_length=3)
    hourly_cost = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    upkeep = models.BigIntegerField(null=True)
    gross = models.BigIntegerField(null=True)


class Economics(Scoped):
    """What a customer brought and cost in 365 days; in minor units. `acquisition`: None where none was entered."""

    scope_resource: ClassVar[str] = "cost"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="economics")
    on = models.DateField()  # counted as of the end of this day
    revenue = models.BigIntegerField()
    costed = models.BigIntegerField()  # sales whose cost is known
    margin = models.BigIntegerField()
    discount = models.BigIntegerField()  # of these
    sold = models.BigIntegerField()  # lines of purchases
    discounted = models.BigIntegerField()  # those of them that were sold at a discount
    products = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    entered = models.BigIntegerField()
    acquisition = models.BigIntegerField(null=True)
    upkeep = models.BigIntegerField(null=True)
    contribution = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=6, choices=Verdict, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contribution", "customer"], name="economics_by_contribution"),
            models.Index(fields=["verdict", "-upkeep"], name="economics_by_verdict", condition=~Q(verdict="")),
        ]


class EconomicsSum(Together):
    """What the last count adds up to per owner, team, channel, scheme and tier."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)
    customers = models.IntegerField()
    revenue = models.BigIntegerField()
    costed = models.BigIntegerField()
    margin = models.BigIntegerField()
    discount = models.BigIntegerField()
    sold = models.BigIntegerField()
    discounted = models.BigIntegerField()
    minutes = models.BigIntegerField()
    entered = models.BigIntegerField()
    acquired = models.IntegerField()  # customers with a cost of acquisition
    acquisition = models.BigIntegerField()
    upkeep = models.BigIntegerField(null=True)
    contribution = models.BigIntegerField(null=True)
    much = models.IntegerField()
    little = models.IntegerField()

    added = (
        *("customers", "revenue", "costed", "margin", "discount", "sold", "discounted", "minutes", "entered"),
        *("acquired", "acquisition", "upkeep", "contribution", "much", "little"),
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner"], name="economics_by_owner", condition=OF_ONE),
            models.Index(fields=["level"], name="economics_together", condition=SEVERAL),
        ]


class CustomersCame(Together):
    """How many customers bought for the first time in a month, by channel and by owner, team and tier as of the last
    count: what a channel cost in a month is divided among those who came by it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)
    month = models.DateField()  # its first day
    customers = models.IntegerField()

    added = ("customers",)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner"], name="came_by_owner", condition=OF_ONE),
            models.Index(fields=["level"], name="came_together", condition=SEVERAL),
        ]
