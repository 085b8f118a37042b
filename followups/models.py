"""Follow-ups, the cadence table, customers' own rhythms, occasions of the year, reminders and in-app notices."""

from __future__ import annotations

from enum import StrEnum
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
from customers.models import CUSTOMER_OWNERS, Customer, Interaction, InteractionKind, Kind
from followups.cadence import Phase


class Category(models.TextChoices):
    """What a tier's plan is for; it says which end of a range is taken (followups/cadence.py)."""

    KEY = "key", _("key follow-up")
    REGULAR = "regular", _("regular follow-up")
    ACTIVATION = "activation", _("activation")


class PhaseWord(models.TextChoices):
    """The phases of the cadence in words, in their order."""

    NEW = Phase.NEW.value, _("new, not contacted yet")
    FIRST_CONTACT = Phase.FIRST_CONTACT.value, _("first contact")
    NEEDS = Phase.NEEDS.value, _("need confirmation")
    PROPOSAL_SENT = Phase.PROPOSAL_SENT.value, _("proposal just sent")
    PROPOSAL = Phase.PROPOSAL.value, _("proposal evaluation")
    FIRST_MONTH = Phase.FIRST_MONTH.value, _("first month after the deal")
    AFTER_SALE = Phase.AFTER_SALE.value, _("after the deal")
    LONG_TERM = Phase.LONG_TERM.value, _("long-term customer")


class Policy(models.TextChoices):
    """What a line of the cadence table does by itself."""

    TASK = "task", _("plan a follow-up")
    NONE = "none", _("nothing by itself")


@tracked(exclude=("updated_at", "updated_by"))
class CadenceRule(models.Model):
    """A line of the cadence table: how often customers of a phase are contacted, by which method, with what.

    An empty scheme, tier or class means all of them; the line that says most about a customer applies
    (followups/table.py). Days are clock days between contacts. Who last changed a line stands with it; nobody has
    changed one that came with the installation.
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
        ]


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
    on = models.DateField(_("on"), null=True, blank=True)  # of a day of one's own: once
    kind = models.CharField(_("for"), max_length=8, choices=Kind, blank=True, default="")
    tiers = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("tiers"))
    industry = models.CharField(_("industry"), max_length=80, blank=True, default="")
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


class FollowUp(Stamped, Versioned, Scoped):
    """Something to do with a customer on a calendar date, perhaps at a time in the assignee's zone."""

    scope_resource: ClassVar[str] = "follow_up"
    scope_owner: ClassVar[tuple[str, ...]] = (*CUSTOMER_OWNERS, "assignee")
    scope_customer: ClassVar[str | None] = "customer"

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")
        CANCELLED = "cancelled", _("cancelled")

    class Source(models.TextChoices):
        CADENCE = "cadence", _("default plan")
        REVISIT = "revisit", _("revisit")
        WARNING = "warning", _("churn warning")
        COMPLAINT = "complaint", _("complaint")
        CARE = "care", _("care")
        MANUAL = "manual", _("by hand")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="follow_ups")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="follow_ups", verbose_name=_("assignee")
    )
    due_on = models.DateField(_("due on"))
    due_time = models.TimeField(_("time"), null=True, blank=True)
    due_at = models.DateTimeField(null=True, editable=False)  # derived from date, time and the assignee's zone
    snoozed_until = models.DateTimeField(null=True, editable=False)  # on Today it waits at the end until then
    reckoned_on = models.DateField(null=True, editable=False)  # of an automatic one: its day before days off and load
    method = models.CharField(_("method"), max_length=10, choices=InteractionKind, default=InteractionKind.CALL)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    reason_code = models.CharField(max_length=24, blank=True)
    reason = models.JSONField(default=dict)  # the numbers of the reason
    source = models.CharField(max_length=10, choices=Source, default=Source.MANUAL)
    source_key = models.CharField(max_length=60, null=True, blank=True)  # e.g. warning:17; makes pulling repeatable
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by_interaction = models.ForeignKey(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="closed_follow_ups"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source_key"], name="one_follow_up_per_source"),
            models.UniqueConstraint(
                fields=["customer"],
                name="one_automatic_follow_up",
                condition=Q(state="open") & ~Q(source="manual"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Today: what is open for a person, oldest first
            models.Index(fields=["assignee", "due_on", "id"], name="follow_up_queue", condition=Q(state="open")),
            models.Index(fields=["customer", "due_on"], name="follow_up_open", condition=Q(state="open")),
            models.Index(fields=["assignee", "closed_at"], name="follow_up_closed"),
            # Visits to write up, looked for each minute.
            models.Index(
                fields=["due_on"], name="visit_open", condition=Q(state="open", method__in=["visit", "meeting"])
            ),
        ]


class Rescheduling(Scoped):
    """Follow-ups that a person moved together, each as it stood before: so it can be taken back for ten minutes."""

    scope_resource: ClassVar[str] = "follow_up"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    rows = models.JSONField()  # [id, version after the move, day before, reason before] of each
    undone_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="rescheduling_by_age")]


class Reminder(Stamped, Versioned, Scoped):
    """Something of which a person wants to be reminded at a minute: one notice, by its channel."""

    scope_resource: ClassVar[str] = "reminder"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    class Channel(models.TextChoices):
        IN_APP = "in_app", _("in the app")
        EMAIL = "email", _("by e-mail")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CANCELLED = "cancelled", _("cancelled")

    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    due_at = models.DateTimeField(_("when"))
    channel = models.CharField(_("by"), max_length=8, choices=Channel, default=Channel.IN_APP)
    text = models.CharField(_("text"), max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user", "due_at"], name="reminder_by_user")]


class Notice(Scoped):
    """One in-app notice: visible when `due_at` has come, exactly once by its key; needs no worker."""

    scope_resource: ClassVar[str] = "notification"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    class Kind(StrEnum):
        """Those of this app; every app contributes its own (core.contributions.NoticeKind)."""

        REMINDER = "reminder"
        DAY = "day"
        WARNING = "warning"
        VISIT = "visit"
        FOLLOW_UP = "follow_up"
        BACK = "back"
        ASSIGNED = "assigned"
        TAKEN = "taken"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    source_id = models.BigIntegerField(null=True)  # of the row it is about, where its kind says by that who may see it
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")
    due_at = models.DateTimeField()
    text = models.CharField(max_length=300, blank=True)  # typed by a person
    numbers = models.JSONField(default=dict)  # for the sentence made in the reader's language
    url = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "due_at"], name="notice_unread", condition=Q(read_at=None, cancelled_at=None)),
            models.Index(fields=["user", "-due_at", "-id"], name="notice_list", condition=Q(cancelled_at=None)),
        ]
