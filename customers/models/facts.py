"""What is known of a customer from orders, the log, follow-ups and complaints: one row of facts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.verification import NEVER


class Warn(models.TextChoices):
    NONE = "none", _("no warning")
    YELLOW = "yellow", _("yellow warning")
    RED = "red", _("red warning")


class Lifecycle(models.TextChoices):
    PROSPECT = "prospect", _("prospect")
    FIRST_TIME = "first_time", _("first-time customer")
    REPEAT = "repeat", _("repeat customer")
    LOYAL = "loyal", _("loyal customer")
    DORMANT = "dormant", _("dormant customer")
    LOST = "lost", _("lost customer")


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", _("satisfied")
    NEUTRAL = "neutral", pgettext_lazy("satisfaction", "neutral")
    DISSATISFIED = "dissatisfied", _("dissatisfied")


class Loyalty(models.TextChoices):
    ADVOCATE = "advocate", pgettext_lazy("loyalty", "buys and recommends")
    BEHAVIOURAL = "behavioural", pgettext_lazy("loyalty", "buys loyally")
    EMOTIONAL = "emotional", pgettext_lazy("loyalty", "recommends")
    NONE = "none", pgettext_lazy("loyalty", "none")


# Django's get_lifecycle_display hashes all choices each time, which a list of fifty customers feels.
LIFECYCLE_WORDS = dict(Lifecycle.choices)

# The code and rank in the facts of whoever has no tier (yet): behind the last one.
UNRATED, UNRATED_RANK = "unrated", 9

# Everybody but the lost, as a list: a partial index serves a query that names the same list.
ACTIVE = [value for value in Lifecycle.values if value != Lifecycle.LOST]
UNPLANNED = Q(next_follow_up_on=None, warning=Warn.NONE, lifecycle__in=ACTIVE)


class CustomerFacts(models.Model):
    """What upper apps know about a customer, written only by their services; lists filter and sort on it.

    Each column has its meaning and writer in customers/facts.py.

    No version and no history: the night never touches the Customer row, so it never causes an edit conflict.
    Money in minor units of the company's currency.
    """

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="facts")
    tier = models.CharField(max_length=20, default=UNRATED)
    tier_rank = models.PositiveSmallIntegerField(default=UNRATED_RANK)  # 1 = best
    lifecycle = models.CharField(max_length=10, choices=Lifecycle, default=Lifecycle.PROSPECT)
    r = models.PositiveSmallIntegerField(null=True)
    f = models.PositiveSmallIntegerField(null=True)
    m = models.PositiveSmallIntegerField(null=True)
    segment8 = models.CharField(max_length=20, blank=True, default="")
    group5 = models.CharField(max_length=20, blank=True, default="")
    frequency = models.PositiveIntegerField(null=True)
    monetary = models.BigIntegerField(null=True)
    frequency_class = models.CharField(max_length=4, blank=True, default="")
    amount_class = models.CharField(max_length=5, blank=True, default="")
    # Further scores (docs/algorithms/scores.md): none, or an empty word, is "no data yet".
    interaction_score = models.PositiveSmallIntegerField(null=True)
    satisfaction = models.CharField(max_length=12, choices=Satisfaction, blank=True, default="", db_default="")
    loyalty = models.CharField(max_length=12, choices=Loyalty, blank=True, default="", db_default="")
    potential = models.PositiveSmallIntegerField(null=True)
    health = models.PositiveSmallIntegerField(null=True)
    first_order_on = models.DateField(null=True)
    last_order_on = models.DateField(null=True)
    orders_total = models.PositiveIntegerField(default=0)
    rated_order_on = models.DateField(null=True)
    revisits_from = models.DateField(null=True)
    warning = models.CharField(max_length=6, choices=Warn, default=Warn.NONE)
    value_at_risk = models.BigIntegerField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    last_contact_kind = models.CharField(max_length=10, blank=True, default="")
    last_attempt_at = models.DateTimeField(null=True)
    last_result = models.CharField(max_length=14, blank=True, default="")
    unanswered = models.PositiveSmallIntegerField(default=0)
    touches = models.PositiveIntegerField(default=0)
    next_follow_up_on = models.DateField(null=True)
    open_complaints = models.PositiveSmallIntegerField(default=0)
    last_csat = models.PositiveSmallIntegerField(null=True)
    last_nps = models.PositiveSmallIntegerField(null=True)
    last_complaint_at = models.DateTimeField(null=True)
    # Inputs of churn reasons, written from above: planned days between contacts, days on which complaints came.
    contact_every_days = models.PositiveSmallIntegerField(null=True)
    complaints_on = ArrayField(models.DateField(), null=True)
    # BANT or FAINT, 0 to 100 over the letters that were asked; stays as it was when the prospect buys.
    qualification = models.PositiveSmallIntegerField(null=True)
    # When the next purchase is expected, by the own rhythm or that of the tier (docs/algorithms/churn.md).
    next_order_on = models.DateField(null=True)
    next_order_by = models.CharField(max_length=4, blank=True, default="", db_default="")
    # Since when each field that is to be verified was confirmed (customers/verification/rule.py).
    verified_on = models.DateField(default=NEVER, db_default=NEVER)
    # Left out of the automatic plan, to be compared with those who are planned for (docs/algorithms/control.md).
    left_out = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["tier_rank", "customer"], name="facts_by_tier"),
            models.Index(fields=["warning", "customer"], name="facts_by_warning", condition=~Q(warning="none")),
            models.Index(fields=["next_follow_up_on", "customer"], name="facts_by_next"),
            # Whom nobody has planned: a handful, among the many lost ones that have no date either.
            models.Index(fields=["customer"], name="facts_unplanned", condition=UNPLANNED),
            models.Index(fields=["last_order_on", "customer"], name="facts_by_last_order"),
            models.Index(fields=["last_contact_at", "customer"], name="facts_by_contact"),
            models.Index(fields=["monetary", "customer"], name="facts_by_value"),
            models.Index(
                fields=["qualification", "customer"], name="facts_of_prospects", condition=Q(last_order_on=None)
            ),
            models.Index(fields=["health", "customer"], name="facts_by_health"),
            models.Index(fields=["verified_on", "customer"], name="facts_by_verified"),
            models.Index(fields=["next_order_on", "customer"], name="facts_by_next_order"),
            models.Index(fields=["potential", "customer"], name="facts_by_potential"),
            models.Index(fields=["interaction_score", "customer"], name="facts_by_interaction"),
        ]

    @property
    def rated_tonight(self) -> bool:
        """Whether the customer has bought since the purchases that the scores know: no page says then that there was
        none."""
        return bool(self.last_order_on and self.rated_order_on and self.last_order_on > self.rated_order_on)

    @property
    def lifecycle_word(self) -> str:
        """The stage as people read it; whoever has bought since the last night is no prospect any more, nor lost."""
        if self.lifecycle == Lifecycle.PROSPECT and self.last_order_on is not None:
            return gettext("not rated yet")
        if self.lifecycle in (Lifecycle.DORMANT, Lifecycle.LOST) and self.rated_tonight:
            return gettext("rated tonight")
        return str(LIFECYCLE_WORDS.get(self.lifecycle, self.lifecycle))


def facts_of(customer: Customer) -> Any:
    """The facts row, or an unsaved default one where none exists yet."""
    return getattr(customer, "facts", None) or CustomerFacts(customer=customer)
