"""Scoring: settings, versioned parameters, runs, score history as intervals, tier moves and churn cases.

The night itself is in night.py; when it runs is decided by core/jobs.py with the jobs that apps contribute.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.scope import Scoped, ScopedQuerySet
from core import clock
from core.base import Stamped, Versioned
from core.history import tracked
from customers.models import CUSTOMER_OWNERS, UNRATED, Channel, Customer, Lifecycle, Named, Warn
from segmentation.buying.models import BuyingRhythm, UsualGap  # noqa: F401  # as those of qualification
from segmentation.cases.models import CaseAction, CaseStep, ChurnCause  # noqa: F401  # as those of qualification
from segmentation.channels.models import Arrival, ArrivalCount, ToArrive  # noqa: F401  # as those of qualification
from segmentation.cohorts.models import AmountSum, CohortLook, CohortShare, CohortSum, ToCount  # noqa: F401
from segmentation.control.models import Compared, Comparison, HoldOut, HoldOutMember  # noqa: F401
from segmentation.costs.models import (  # noqa: F401
    CostCount,
    CostEntry,
    CostSettings,
    CustomersCame,
    Economics,
    EconomicsSum,
)
from segmentation.effect.models import EffectMonth, EffectPart, EffectSum  # noqa: F401  # as those of qualification
from segmentation.policies.models import TierPolicy  # noqa: F401  # as those of qualification
from segmentation.preferences.models import PreferenceCount, PreferenceSum  # noqa: F401
from segmentation.proof.models import Forecast, ForecastRow, ForecastSum  # noqa: F401  # as those of qualification
from segmentation.qualification.models import Qualification  # noqa: F401  # Django looks for the models of an app here
from segmentation.retention.models import RetentionSum  # noqa: F401  # as those of qualification
from segmentation.segments.models import Segment  # noqa: F401  # as those of qualification
from segmentation.together import OF_ONE, SEVERAL, Together
from segmentation.whatif.models import Recounted, RulePreview  # noqa: F401  # as those of qualification


@tracked()
class ScoringSettings(Stamped, Versioned):
    """The company's scoring settings; one row. Probabilities and drops are fractions of 1."""

    window_days = models.PositiveSmallIntegerField(_("days that count"), default=365)
    horizon_days = models.PositiveSmallIntegerField(_("horizon in days"), default=90)
    calibrate_monthly = models.BooleanField(_("calibrate monthly"), default=True)
    yellow_p = models.FloatField(_("yellow warning below the chance"), default=0.50)
    yellow_drop = models.FloatField(_("yellow warning from the drop"), default=0.25)
    red_p = models.FloatField(_("red warning below the chance"), default=0.35)
    red_drop = models.FloatField(_("red warning from the drop"), default=0.30)
    red_falls_p = models.FloatField(_("red warning stays below the chance"), default=0.45)
    eased_p = models.FloatField(_("all-clear above the chance"), default=0.60)
    eased_drop = models.FloatField(_("all-clear below the drop"), default=0.15)
    fixed_days = models.PositiveSmallIntegerField(_("no purchase for days"), default=90)
    cycle_ratio = models.FloatField(_("warning from so many of the usual intervals"), default=2.0)
    # Warn by "no purchase for N days" where the model could; score by manual cut-points where frozen ones exist.
    fixed_rule = models.BooleanField(_("warn by the fixed rule"), default=False)
    manual_cuts = models.BooleanField(_("score by manual cut-points"), default=False)
    # Classes and lifecycle stages. Shares are fractions of 1; dormant NULL: as 180 days are of 365.
    frequency_high = models.PositiveSmallIntegerField(_("often: purchase days from"), default=6)
    frequency_mid = models.PositiveSmallIntegerField(_("now and then: purchase days from"), default=2)
    amount_large = models.FloatField(_("share of sales of the large customers"), default=0.50)
    amount_mid = models.FloatField(_("share of sales of the medium ones"), default=0.30)
    loyal_days = models.PositiveSmallIntegerField(_("loyal: purchase days from"), default=4)
    loyal_r = models.PositiveSmallIntegerField(_("loyal: points of R from"), default=3)
    dormant_days = models.PositiveSmallIntegerField(_("dormant: days without a purchase"), null=True, blank=True)
    # Codes of churn reasons that open a yellow warning by themselves.
    openers = ArrayField(
        models.CharField(max_length=20), verbose_name=_("reasons that open a warning"), default=list, blank=True
    )
    # How many warnings a person is shown on Today and told of in a night: what one can call in a day.
    warnings_shown = models.PositiveSmallIntegerField(_("warnings shown to a person in a day"), default=10)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_scoring_settings")
        ]


class CutPoints(models.Model):
    """Four cut-points a score, frozen on a date; `r` in days (at most), `f` orders, `m` minor units (at least).

    NULL inside an array = a score that nobody reaches. Rows are versions: the newest of a date counts, none changes.
    `manual` ones were typed by a person and count where fewer than 100 customers can be scored.
    """

    calibrated_on = models.DateField()
    manual = models.BooleanField(default=False)
    customers = models.PositiveIntegerField(default=0)
    window_days = models.PositiveSmallIntegerField(default=365)  # in which orders and sales were counted
    r = ArrayField(models.IntegerField(null=True), size=4)
    f = ArrayField(models.IntegerField(null=True), size=4)
    m = ArrayField(models.BigIntegerField(null=True), size=4)
    # Lower bounds of the amount classes large and mid in minor units (revenue shares 50 % and 30 %).
    amount_classes = ArrayField(models.BigIntegerField(null=True), size=2, null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)  # why somebody typed them
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["calibrated_on", "id"]


class ChurnParams(models.Model):
    """Fitted parameters of the churn model; time unit weeks. `ladder` says how far down the fallback went."""

    class Ladder(models.TextChoices):
        FIT = "fit", _("fitted")
        ESTIMATE = "estimate", _("estimate from few customers")
        FIXED = "fixed", _("fixed rule")

    fitted_on = models.DateField(unique=True)
    ladder = models.CharField(max_length=8, choices=Ladder)
    model = models.CharField(max_length=4, default="mbg")
    method = models.CharField(max_length=4, default="map")
    r = models.FloatField(null=True)
    alpha = models.FloatField(null=True)
    a = models.FloatField(null=True)
    b = models.FloatField(null=True)
    log_likelihood = models.FloatField(null=True)
    customers = models.PositiveIntegerField(default=0)
    auc = models.FloatField(null=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class TierScheme(Named):
    """How one kind of customers is tiered. The codes b2c (persons) and b2b (companies) are fixed, the name is data."""

    code = models.CharField(max_length=3, unique=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-code"]


class Tier(Named):
    """One tier of a scheme. Codes are stable, what it is called and looks like is data.

    One that no rule set holds any more stays for the history: `in_use` says whether the set in force has it.
    """

    class Scheme(models.TextChoices):
        B2C = "b2c", _("persons")
        B2B = "b2b", _("companies")

    scheme = models.CharField(max_length=3, choices=Scheme)
    code = models.CharField(max_length=20)
    rank = models.PositiveSmallIntegerField()  # 1 = best, within the scheme
    letter = models.CharField(_("letter"), max_length=2)  # drawn beside the name
    slot = models.PositiveSmallIntegerField(_("colour"), default=1)  # 1-5
    high_value = models.BooleanField(_("high-value"), default=False)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["scheme", "rank"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme", "code"], name="tier_code_once_per_scheme"),
            models.CheckConstraint(condition=Q(slot__gte=1, slot__lte=5), name="tier_has_a_colour"),
        ]


class RuleSet(models.Model):
    """One version of a scheme's rules: its tiers, best first, and who gets which (segmentation/tiers.py reads it).

    The set of a date is the highest number that is effective on it. Rows stay as they are; one whose first day lies
    ahead may be withdrawn.
    """

    scheme = models.CharField(max_length=3, choices=Tier.Scheme)
    number = models.PositiveIntegerField()
    tiers = ArrayField(models.CharField(max_length=20))
    definition = models.JSONField()
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    effective_on = models.DateField(_("counts from"))
    copied_from = models.PositiveIntegerField(null=True)  # the number that it rolls back to
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["scheme", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme", "number"], name="one_rule_set_per_number")
        ]


class RuleDraft(Versioned):
    """What somebody types of the next version of a scheme's rules: texts, see segmentation/rules/draft.py.

    `base`: the number of the version that it began with. Kept until it is published or thrown away.
    """

    scheme = models.CharField(max_length=3, choices=Tier.Scheme)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    base = models.PositiveIntegerField()
    typed = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme", "user"], name="one_draft_per_scheme_and_person")
        ]


class TierOverride(Scoped):
    """A tier set by hand with reason and last day; kept through the nights until then.

    Rows stay as the history of it. At most one of a customer stands; one that another replaced, or that somebody took
    back, has ended. `undone`: set by mistake and taken back within minutes, which is no history.
    """

    scope_resource: ClassVar[str] = "tier_override"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="tier_overrides", verbose_name=_("customer"))
    tier_scheme = models.CharField(max_length=3, choices=Tier.Scheme)
    tier = models.CharField(_("tier"), max_length=20)
    reason = models.CharField(_("reason"), max_length=200)
    expires_on = models.DateField(_("until"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone = models.BooleanField(default=False)

    rated: str  # by now; where a list has read it

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer"], name="one_standing_override", condition=Q(ended_at=None))
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["expires_on", "id"], name="standing_overrides", condition=Q(ended_at=None))
        ]


class ScoreRun(models.Model):
    """One scoring as of a business date; readers see only published ones."""

    as_of = models.DateField(unique=True)
    cut_points = models.ForeignKey(CutPoints, models.PROTECT, null=True, related_name="+")
    churn_params = models.ForeignKey(ChurnParams, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    full = models.BooleanField(default=False)
    horizon_days = models.PositiveSmallIntegerField(default=90)  # of p_buy, as set on that night
    window_days = models.PositiveSmallIntegerField(default=365)  # the days that counted, as set on that night
    rule_sets = ArrayField(models.BigIntegerField(), default=list)  # it rated by; none: the shipped rules
    counts = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-as_of"]
        get_latest_by = "as_of"


class PastOrders(models.Model):
    """Orders of days that were scored before they came in: the month ends from `since` on are to be scored again."""

    since = models.DateField()
    noted_at = models.DateTimeField(auto_now_add=True)


class ToRate(models.Model):
    """Something was written that this customer's scores are made of, by whatever door: triggers note it (migration
    0018). The next night that is done takes the row away.

    No foreign key: who writes an order or erases a customer waits for nobody because of it.
    """

    customer_id = models.BigIntegerField()


class RateOn(models.Model):
    """The next day on which a customer's scores move though nobody writes anything; only days before the next night
    that computes everybody."""

    customer_id = models.BigIntegerField(primary_key=True)
    on = models.DateField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["on"], name="rate_on_day")]


class ScoreLook(models.Model):
    """The last night that was finished, with all it wrote (segmentation/subjects.py): one row."""

    as_of = models.DateField()
    day = models.DateField()  # the business date on which it ran
    rules = models.CharField(max_length=64)  # a digest of what holds for everybody
    whole_on = models.DateField()  # as of when everybody was computed
    fit_refused_on = models.DateField(null=True)


class ScoreInterval(Scoped):
    """A customer's scores from `valid_from` to `valid_to` (inclusive; empty = still so).

    A new one begins only when a stored value moved. Recency days are computed when read from `last_on`, p_buy and
    drop from `first_on`, `last_order_on`, `x` and the run's parameters. Money in minor units of company currency.
    """

    scope_resource: ClassVar[str] = "score"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    # Of one customer: by `one_interval_per_start`. Each night writes so many of these that an index more is felt.
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="score_intervals", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    first_on = models.DateField(null=True)  # first order day ever; the churn model counts orders of amount 0 too
    last_order_on = models.DateField(null=True)  # last order day as of then
    x = models.IntegerField(null=True)  # repeat order days over the whole history
    last_on = models.DateField(null=True)  # last purchase day (amount above 0), inside or before the window
    frequency = models.IntegerField(null=True)
    purchase_days = models.IntegerField(null=True)
    monetary = models.BigIntegerField(null=True)
    r = models.PositiveSmallIntegerField(null=True)
    f = models.PositiveSmallIntegerField(null=True)
    m = models.PositiveSmallIntegerField(null=True)
    segment8 = models.CharField(max_length=20, blank=True, default="")
    group5 = models.CharField(max_length=20, blank=True, default="")
    grade4 = models.CharField(max_length=20, blank=True, default="")
    segment11 = models.CharField(max_length=20, blank=True, default="")
    tier_scheme = models.CharField(max_length=3)
    rated_tier = models.CharField(max_length=20, default=UNRATED)  # by the rules, before an override
    tier = models.CharField(max_length=20)
    lifecycle = models.CharField(max_length=10, choices=Lifecycle)
    warning = models.CharField(max_length=6, choices=Warn, default=Warn.NONE)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "valid_from"], name="one_interval_per_start"),
            models.UniqueConstraint(fields=["customer"], name="one_open_interval", condition=Q(valid_to=None)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["valid_from"], name="interval_from"),
            models.Index(fields=["valid_to"], name="interval_to"),
            # The customers behind a figure of a past run, of this index alone.
            models.Index(
                fields=["tier", "valid_from"], include=["valid_to", "customer", "tier_scheme"], name="interval_tier"
            ),
            models.Index(
                fields=["valid_from"],
                include=["valid_to", "customer"],
                name="interval_warned",
                condition=~Q(warning=Warn.NONE),
            ),
            models.Index(
                fields=["valid_from"],
                include=["valid_to", "customer"],
                name="interval_lost",
                condition=Q(lifecycle=Lifecycle.LOST),
            ),
        ]


class ScoreBasis(Scoped):
    """The figures behind a customer's further scores as the last night saw them; None = no data yet.

    The scores themselves are facts; segmentation.standing makes their parts of these. Money in minor units.
    """

    scope_resource: ClassVar[str] = "score"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="score_basis")
    tries = models.PositiveIntegerField()  # outgoing contacts and tries of 90 days
    answered = models.PositiveIntegerField()  # those of them that reached somebody
    reached = models.PositiveIntegerField()  # and with what came in
    inbound = models.PositiveIntegerField()
    spend_now = models.BigIntegerField(null=True)  # net of the last 90 days, and of the 90 before
    spend_before = models.BigIntegerField(null=True)
    products = models.PositiveIntegerField(null=True)
    size = models.PositiveSmallIntegerField(null=True)  # points of the company's lists for industry and size
    chance = models.PositiveSmallIntegerField(null=True)  # of buying, in percent of that on the last order day, to 5
    contact_on = models.DateField(null=True)
    contact_every = models.PositiveSmallIntegerField(null=True)
    csat = models.PositiveSmallIntegerField(null=True)
    nps = models.PositiveSmallIntegerField(null=True)
    qualification = models.PositiveSmallIntegerField(null=True)
    complaints = models.PositiveSmallIntegerField()  # open ones

    objects = ScopedQuerySet.as_manager()


UNCHECKED: dict[str, Any] = {"db_constraint": False, "db_index": False}


class RunSum(Together):
    """What a run adds up to per owner, channel, scheme, tier and tier at the month end before.

    Dashboards add these over the owners they may see. `revenue` is the net of the days that count in the run,
    `month_revenue` of the run's own month to date.
    """

    # One index and no check of the server's: of a large company they would be most of an ordinary night's work.
    run = models.ForeignKey(ScoreRun, models.CASCADE, related_name="sums", **UNCHECKED)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)
    tier_before = models.CharField(max_length=20, blank=True, default="")  # empty: no customer then
    lifecycle = models.CharField(max_length=10)
    customers = models.IntegerField()
    repeat_customers = models.IntegerField(default=0)  # at least two purchase orders in the window
    active_customers = models.IntegerField(default=0)  # at least one
    warned = models.IntegerField(default=0)
    revenue = models.BigIntegerField(default=0)
    month_revenue = models.BigIntegerField(default=0)
    month_orders = models.IntegerField(null=True)  # purchases of the month; None: no night has counted them
    month_buyers = models.IntegerField(null=True)  # customers who made them

    added = (
        *("customers", "repeat_customers", "active_customers", "warned", "revenue"),
        *("month_revenue", "month_orders", "month_buyers"),
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "owner"], name="sums_by_owner", condition=OF_ONE),
            models.Index(fields=["run", "level"], name="sums_together", condition=SEVERAL),
        ]


class PotentialSum(Together):
    """What the latest run adds up to per owner, channel, scheme, class of amount and band of potential.

    Empty words: no sales, no potential known. No run but the latest has any. `revenue` as in RunSum.
    """

    run = models.ForeignKey(ScoreRun, models.CASCADE, related_name="potential_sums", **UNCHECKED)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    amount_class = models.CharField(max_length=5, blank=True, default="")
    potential = models.CharField(max_length=4, blank=True, default="")
    customers = models.IntegerField()
    revenue = models.BigIntegerField(default=0)

    added = ("customers", "revenue")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "owner"], name="potential_by_owner", condition=OF_ONE),
            models.Index(fields=["run", "level"], name="potential_together", condition=SEVERAL),
        ]


class SumShare(models.Model):
    """What the sums of the last current run count of one customer; of nobody else's they have to be asked anew.

    No key of the server's: who is deleted for good is noted like any other (`ToRate`) and leaves the sums that night.
    """

    customer_id = models.BigIntegerField(primary_key=True)
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    channel_id = models.BigIntegerField(null=True)
    tier_scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)
    tier_before = models.CharField(max_length=20)  # at the month end before; empty: no customer then
    lifecycle = models.CharField(max_length=10)
    warning = models.CharField(max_length=6)
    scored = models.BooleanField()
    purchases = models.PositiveSmallIntegerField()  # orders in the window: 0, 1, or 2 for all that are more
    revenue = models.BigIntegerField()
    month_revenue = models.BigIntegerField()
    month_orders = models.PositiveIntegerField(default=0)
    amount_class = models.CharField(max_length=5)
    potential = models.CharField(max_length=4)  # its band


class TierMove(Scoped):
    """A customer changed tier at a run; feeds the timeline and the reasons."""

    scope_resource: ClassVar[str] = "score"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="tier_moves")
    run = models.ForeignKey(ScoreRun, models.CASCADE, related_name="moves")
    on = models.DateField()
    tier_scheme = models.CharField(max_length=3, default="b2c")
    tier_before = models.CharField(max_length=20)
    tier_after = models.CharField(max_length=20)
    up = models.BooleanField()
    r = models.PositiveSmallIntegerField(null=True)
    f = models.PositiveSmallIntegerField(null=True)
    m = models.PositiveSmallIntegerField(null=True)
    # The number of the rule set that is new in the run, where the numbers would have left the customer by the former.
    rules = models.PositiveIntegerField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "run"], name="one_move_per_run")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer", "-on"], name="moves_timeline")]


class ChurnCase(Scoped):
    """One churn warning of one customer, from opening to its outcome."""

    scope_resource: ClassVar[str] = "warning"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    class State(models.TextChoices):
        NEW = "new", _("new")
        WORKING = "working", _("being worked on")
        WON_BACK = "won_back", _("won back")
        EASED = "eased", _("eased")
        LOST = "lost", _("lost")
        FALSE_ALARM = "false_alarm", _("false alarm")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="churn_cases")
    level = models.CharField(max_length=6, choices=Warn)
    state = models.CharField(max_length=12, choices=State, default=State.NEW)
    opened_on = models.DateField()
    opened_at = models.DateTimeField(auto_now_add=True)
    level_since = models.DateField()
    p_now = models.FloatField(null=True)  # in whole percent, as of the night; p_last isn't rounded
    p_last = models.FloatField(null=True)
    value_at_risk = models.BigIntegerField(null=True)  # minor units
    # Who works on it; empty until somebody takes it on or is given it. A customer's owner may be somebody else.
    in_charge = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("in charge")
    )
    cause = models.ForeignKey(
        ChurnCause, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("cause")
    )
    cause_note = models.CharField(_("cause in own words"), max_length=300, blank=True, default="", db_default="")
    plan = models.CharField(_("plan"), max_length=1000, blank=True, default="", db_default="")
    due_on = models.DateField(_("settled by"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    close_reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer"], name="one_open_case", condition=Q(closed_at=None))
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-value_at_risk", "id"], name="open_cases", condition=Q(closed_at=None)),
            # The board's order, in which cases without a value stand last.
            models.Index(
                F("value_at_risk").desc(nulls_last=True), "id", name="open_cases_board", condition=Q(closed_at=None)
            ),
            models.Index(fields=["-closed_at", "id"], name="closed_cases", condition=Q(closed_at__isnull=False)),
        ]


class ChurnReason(models.Model):
    """Why: a stable code with its numbers, to be put into words in the reader's language."""

    case = models.ForeignKey(ChurnCase, models.CASCADE, related_name="reasons")
    code = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    numbers = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "code"], name="one_reason_per_code")
        ]
