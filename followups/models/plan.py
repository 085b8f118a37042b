"""The plan by which the night makes follow-ups: the cadence table, customers' own rhythms, occasions of the year."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned
from core.history import tracked
from customers.models import CUSTOMER_OWNERS, Customer, Industry, InteractionKind, Kind
from followups.cadence import Phase


class Category(models.TextChoices):
    """What a tier's plan is for; it says which end of a range is taken (followups/cadence.py)."""

    KEY = "key", _("key follow-up")
    REGULAR = "regular", _("regular follow-up")
    ACTIVATION = "activation", _("activation")


class PhaseWord(models.TextChoices):
    """The phases of the cadence in words, in their order."""

    NEW = Phase.NEW.value, _("first contact, not made yet")
    FIRST_CONTACT = Phase.FIRST_CONTACT.value, _("first contact")
    NEEDS = Phase.NEEDS.value, _("need confirmation")
    PROPOSAL_SENT = Phase.PROPOSAL_SENT.value, _("proposal evaluation, just sent")
    PROPOSAL = Phase.PROPOSAL.value, _("proposal evaluation")
    FIRST_MONTH = Phase.FIRST_MONTH.value, _("after the deal, first month")
    AFTER_SALE = Phase.AFTER_SALE.value, _("after the deal")
    LONG_TERM = Phase.LONG_TERM.value, _("long-term customer")


class Policy(models.TextChoices):
    """What a line of the cadence table does by itself."""

    TASK = "task", _("plan a follow-up")
    REVIEW = "review", _("list to look through each quarter")
    AUTOMATIC = "auto", _("send a message by itself")
    NONE = "none", _("nothing by itself")


@tracked(exclude=("updated_at", "updated_by"))
class CadenceRule(models.Model):
    """A line of the cadence table: how often customers of a phase are contacted, by which method, with what.

    An empty scheme, tier or class means all of them; the line that says most about a customer applies
    (followups/cadence_table/table.py). Days are clock days between contacts. Who last changed a line stands with it;
    nobody has changed one that came with the installation.
    """

    phase = models.CharField(_("stage"), max_length=14, choices=PhaseWord)
    scheme = models.CharField(max_length=3, blank=True, default="")
    tier = models.CharField(_("tier"), max_length=20, blank=True, default="")
    frequency = models.CharField(_("frequency class"), max_length=4, blank=True, default="")
    amount = models.CharField(_("amount class"), max_length=5, blank=True, default="")
    shortest = models.PositiveSmallIntegerField(_("from days"))
    longest = models.PositiveSmallIntegerField(_("to days"))
    category = models.CharField(_("plan"), max_length=10, choices=Category, blank=True, default="")
    method = models.CharField(_("method"), max_length=10, choices=InteractionKind)
    other_method = models.CharField(_("without an answer"), max_length=10, choices=InteractionKind)
    content = models.CharField(_("content"), max_length=200, blank=True, default="")
    policy = models.CharField(_("by itself"), max_length=6, choices=Policy, default=Policy.TASK)
    # Of a line that sends a message by itself: with these words, or with those that fit best.
    template = models.ForeignKey(
        "followups.MessageTemplate",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("template"),
    )
    updated_at = models.DateTimeField(null=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["phase", "scheme", "tier", "frequency", "amount"], name="one_cadence_line_each"
            ),
            models.CheckConstraint(
                condition=Q(shortest__gte=1, longest__lte=366, shortest__lte=F("longest")), name="cadence_range"
            ),
            models.CheckConstraint(condition=Q(template=None) | Q(policy="auto"), name="cadence_template_is_sent"),
        ]


class PlanLook(models.Model):
    """How far the plans have been compared with what stands (followups/looking.py): one row, of the last night that
    was finished."""

    seen_below = models.BigIntegerField()  # every transaction of a smaller number was over, and its rows were seen
    written_by = models.BigIntegerField()  # the transaction that wrote this row, if it wasn't restored from a backup
    rules = models.CharField(max_length=64)  # a digest of what holds for everybody
    people = models.JSONField()  # the zone of everybody who works here, by id
    day = models.DateField()
    whole_on = models.DateField()  # when everybody was compared


@tracked(exclude=("updated_at", "updated_by", "version"))
class Rhythm(Stamped, Versioned, Scoped):
    """A customer's own plan: how often, by which method, at what time of day, what for. It overrides the table."""

    scope_resource: ClassVar[str] = "follow_up"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="rhythm")
    every_days = models.PositiveSmallIntegerField(_("every days"), null=True, blank=True)
    method = models.CharField(_("method"), max_length=10, choices=InteractionKind, blank=True, default="")
    at_time = models.TimeField(_("best time"), null=True, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(every_days=None) | Q(every_days__gte=1, every_days__lte=366), name="rhythm_in_a_year"
            )
        ]


@tracked(exclude=("updated_at", "updated_by", "version"))
class Occasion(Stamped, Versioned):
    """A day of the year on which customers are contacted: a birthday, an anniversary, a holiday, a day of one's own.

    Which customers: of one kind or both, of the tiers named (none = all), of one industry or all.
    """

    class What(models.TextChoices):
        BIRTHDAY = "birthday", _("birthday")
        FOUNDED = "founded", _("anniversary of the company")
        FIRST_ORDER = "first_order", _("anniversary of the first order")
        NEW_YEAR = "new_year", _("New Year")
        SPRING = "spring", _("Spring Festival")
        DRAGON = "dragon", _("Dragon Boat Festival")
        AUTUMN = "autumn", _("Mid-Autumn Festival")
        NATIONAL = "national", _("National Day")
        OWN = "own", _("a day of your own")

    what = models.CharField(_("occasion"), max_length=12, choices=What)
    name = models.CharField(pgettext_lazy("of an occasion", "name"), max_length=80, blank=True, default="")
    on = models.DateField(_("on"), null=True, blank=True)  # for a day of the company's own that happens once
    kind = models.CharField(_("for"), max_length=8, choices=Kind, blank=True, default="")
    tiers = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("tiers"))
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("industry")
    )
    days_before = models.PositiveSmallIntegerField(_("days before"), default=0)
    method = models.CharField(_("method"), max_length=10, choices=InteractionKind, default=InteractionKind.CALL)
    content = models.CharField(_("content"), max_length=200, blank=True, default="")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(days_before__lte=30), name="occasion_at_most_a_month_before"),
            models.CheckConstraint(condition=~Q(what="own") | Q(on__isnull=False), name="own_occasion_has_its_day"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.get_what_display())
