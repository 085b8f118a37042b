"""Customer files: customers, their facts, contacts, interactions, tags, channels and import jobs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.scope import Scoped, ScopedManager, ScopedQuerySet
from core.base import Binned, MaskedSave, Stamped, Versioned
from core.history import tracked
from core.phones import tel_uri
from customers import birthdays

ALIVE = Q(deleted_at=None)
_HAN = re.compile(r"[一-鿿]")
CUSTOMER_OWNERS = ("customer__owner", "customer__service_owner")


class AliveManager(ScopedManager):
    """Hides the recycle bin."""

    def get_queryset(self) -> ScopedQuerySet:
        return super().get_queryset().filter(deleted_at=None)


class AliveChildManager(ScopedManager):
    """Hides what lies in the recycle bin itself or belongs to a customer there."""

    def get_queryset(self) -> ScopedQuerySet:
        return super().get_queryset().filter(deleted_at=None, customer__deleted_at=None)


class Named(models.Model):
    """A catalogue row with a name in both languages; `name` is the reader's."""

    name_en = models.CharField(_("name (English)"), max_length=80)
    name_zh = models.CharField(_("name (Chinese)"), max_length=80)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class Channel(Named):
    """Where customers and orders come from: shop, website, exhibition, referral...

    Lists offer the active ones by `position`, new ones last. One that was merged into another stays as another name of
    that one: files that name it mean the other, and a restart doesn't make it anew.
    """

    LAST: ClassVar[int] = 1000

    code = models.SlugField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=LAST)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_from")


class Called:
    """Where a tap on a phone number leads."""

    @property
    def phone_uri(self) -> str:
        """tel:+861065781234;ext=801"""
        return tel_uri(self.phone)

    @property
    def phone2_uri(self) -> str:
        """The same for the second number."""
        return tel_uri(self.phone2)


class Tag(models.Model):
    """A free classification of customers. One that was merged stays as another name of the other, as of a channel."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_from")

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    PERSON = "person", _("person")
    COMPANY = "company", _("company")
    UNKNOWN = "unknown", _("unknown kind")


class Stage(models.TextChoices):
    FIRST_CONTACT = "first_contact", _("first contact")
    NEEDS = "needs", _("need confirmation")
    PROPOSAL = "proposal", _("proposal evaluation")
    AFTER_SALE = "after_sale", _("after the deal")
    LONG_TERM = "long_term", _("long-term customer")
    PAUSED = "paused", _("paused")


class Gender(models.TextChoices):
    NONE = "", _("not stated")
    FEMALE = "f", _("female")
    MALE = "m", _("male")


@tracked(exclude=("search_tokens", "updated_at", "updated_by", "version"))
class Customer(Called, MaskedSave, Stamped, Versioned, Binned, Scoped):
    """A person or company that buys or may buy. Exactly one owner, or none = the unassigned pool."""

    scope_resource: ClassVar[str] = "customer"
    scope_owner: ClassVar[tuple[str, ...]] = ("owner", "service_owner")
    scope_customer: ClassVar[str | None] = ""
    scope_pool: ClassVar[bool] = True
    # What everybody who may view customers sees of one without owner, and may look for; masking hides the rest.
    pool_visible: ClassVar[frozenset[str]] = frozenset(
        {"number", "name", "name_sort", "kind", "region", "stage", "source", "facts__tier", "facts__tier_rank"}
    )
    # A service owner works on the file; whose it is and whether it stays is for the owner and the owner's leads.
    scope_by_owner: ClassVar[tuple[str, ...]] = (*("customer.delete", "customer.purge", "customer.assign"),)
    mask_fields: ClassVar[Mapping[str, str]] = {
        "phone": "phone",
        "phone2": "phone",
        "wechat": "phone",
        "email": "email",
        "address": "address",
    }

    number = models.CharField(_("number"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=160)
    name_sort = models.CharField(max_length=200, editable=False, default="", db_collation="C")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone2 = models.CharField(_("second phone"), max_length=40, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    company_size = models.CharField(_("company size"), max_length=60, blank=True)
    business_scope = models.CharField(_("business scope"), max_length=300, blank=True)
    market_position = models.CharField(_("market position"), max_length=200, blank=True)
    growth = models.CharField(_("growth"), max_length=200, blank=True)
    credit_code = models.CharField(_("credit code"), max_length=30, blank=True)
    occupation = models.CharField(_("occupation"), max_length=80, blank=True)
    hobbies = models.CharField(_("hobbies"), max_length=200, blank=True)
    gender = models.CharField(_("sex"), max_length=1, choices=Gender, blank=True, default="")
    # As customers.birthdays reads it: the lunar calendar has days that a date can't hold. None = not known.
    birthday = models.CharField(_("birthday"), max_length=10, null=True, blank=True)
    birthday_is_lunar = models.BooleanField(_("lunar calendar"), default=False)
    birthday_leap_month = models.BooleanField(_("leap month"), default=False)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, verbose_name=_("source channel"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("owner"),
    )
    service_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="served_customers",
        verbose_name=_("service owner"),
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, editable=False, related_name="customers")
    referred_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="referrals")
    tags = models.ManyToManyField(Tag, blank=True, related_name="customers", verbose_name=_("tags"))
    stage = models.CharField(_("stage"), max_length=14, choices=Stage, default=Stage.FIRST_CONTACT)
    stage_since = models.DateField(null=True, blank=True, editable=False)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)  # None in a pause: until further notice
    pause_reason = models.CharField(_("reason of the pause"), max_length=200, blank=True)
    do_not_contact = models.BooleanField(_("do not contact"), default=False)
    source = models.CharField(max_length=40, default="manual", editable=False)
    # Words a search may meet, each with its class (customers/search.py).
    search_tokens = ArrayField(models.CharField(max_length=80), default=list, editable=False)

    objects = AliveManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "name_sort", "id"], name="customer_by_owner", condition=ALIVE),
            models.Index(fields=["name_sort", "id"], name="customer_by_name", condition=ALIVE),
            models.Index(fields=["team"], name="customer_by_team"),
            models.Index(fields=["deleted_at"], name="customer_bin", condition=~ALIVE),
            GinIndex(fields=["search_tokens"], name="customer_search"),
            GinIndex(fields=["name"], name="customer_name_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def birthday_words(self) -> str:
        """The birthday for people; empty when it isn't known."""
        if not self.birthday:
            return ""
        return birthdays.describe(self.birthday, lunar=self.birthday_is_lunar, leap=self.birthday_leap_month)

    @property
    def map_uri(self) -> str:
        """Where a map shows the address; empty without one read in full. A Chinese one is known best to Amap."""
        if not self.address or "address" in self.masked_names:
            return ""
        place = self.address if self.region in self.address else f"{self.region} {self.address}"
        if _HAN.search(place):
            return "https://uri.amap.com/search?" + urlencode({"keyword": place, "view": "map"})
        return "https://www.openstreetmap.org/search?" + urlencode({"query": place})


class Level(models.TextChoices):
    """How much the company asks for a field of a file."""

    NO = "no", _("not asked for")
    WANTED = "wanted", _("wanted")
    NEW = "new", _("required when new")
    ALWAYS = "always", _("required everywhere")


def _asked(words: Any) -> models.CharField:
    return models.CharField(words, max_length=6, choices=Level, default=Level.NO)


class RequiredFields(Stamped, Versioned):
    """What the files of one kind of customer are to hold (customers/required.py); the name is always needed.

    A column a field, so that two people who change different ones don't meet. `reach` is one of phone, e-mail and
    WeChat, whichever; `contact` a person at a company.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, primary_key=True)
    reach = _asked(_("phone, e-mail or WeChat"))
    contact = _asked(_("contact person"))
    channel = _asked(_("source channel"))
    phone = _asked(_("phone"))
    email = _asked(_("e-mail"))
    wechat = _asked(_("WeChat"))
    region = _asked(_("region"))
    address = _asked(_("address"))
    industry = _asked(_("industry"))
    company_size = _asked(_("company size"))
    business_scope = _asked(_("business scope"))
    credit_code = _asked(_("credit code"))
    founded_on = _asked(_("founded on"))
    occupation = _asked(_("occupation"))
    hobbies = _asked(_("hobbies"))
    gender = _asked(_("sex"))
    birthday = _asked(_("birthday"))


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
    first_order_on = models.DateField(null=True)
    last_order_on = models.DateField(null=True)
    orders_total = models.PositiveIntegerField(default=0)
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
    last_complaint_at = models.DateTimeField(null=True)
    # Inputs of churn reasons, written from above: planned days between contacts, days on which complaints came.
    contact_every_days = models.PositiveSmallIntegerField(null=True)
    complaints_on = ArrayField(models.DateField(), null=True)

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
        ]

    @property
    def lifecycle_word(self) -> str:
        """The stage as people read it; whoever has bought since the last night is no prospect any more."""
        if self.lifecycle == Lifecycle.PROSPECT and self.last_order_on is not None:
            return gettext("not rated yet")
        return str(LIFECYCLE_WORDS.get(self.lifecycle, self.lifecycle))


@tracked(exclude=("updated_at", "updated_by", "version"))
class Contact(Called, MaskedSave, Stamped, Versioned, Binned, Scoped):
    """A person at a company customer."""

    scope_resource: ClassVar[str] = "contact"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"
    mask_fields: ClassVar[Mapping[str, str]] = {"phone": "phone", "wechat": "phone", "email": "email"}

    class Authority(models.TextChoices):
        UNKNOWN = "", _("not known")
        DECIDER = "decider", _("decides")
        INFLUENCER = "influencer", _("influences")
        USER = "user", _("uses")
        EVALUATOR = "evaluator", _("evaluates technically")
        CHAMPION = "champion", _("speaks for us")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    position = models.CharField(_("position"), max_length=80, blank=True)
    rank = models.CharField(_("rank"), max_length=40, blank=True)
    authority = models.CharField(_("decision authority"), max_length=12, choices=Authority, blank=True, default="")
    reports_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reports", verbose_name=_("reports to")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    is_primary = models.BooleanField(_("main contact"), default=False)
    notes = models.TextField(_("notes"), blank=True)

    objects = AliveChildManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer"], name="contact_by_customer")]

    def __str__(self) -> str:
        return self.name


class InteractionKind(models.TextChoices):
    VISIT = "visit", _("visit")
    CALL = "call", _("call")
    EMAIL = "email", pgettext_lazy("way to talk", "e-mail")
    SMS = "sms", _("SMS")
    WECHAT = "wechat", _("WeChat")
    MEETING = "meeting", _("meeting")
    VIDEO = "video", _("video call")
    CHAT = "chat", _("chat")
    NOTE = "note", _("internal note")
    OTHER = "other", _("other")


class InteractionResult(models.TextChoices):
    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    INTERESTED = "interested", _("interested")
    NEEDS_TIME = "needs_time", _("needs time")
    PROPOSAL_SENT = "proposal_sent", _("proposal sent")
    DECLINED = "declined", _("declined")
    DONE = "done", pgettext_lazy("result", "done")


@tracked(exclude=("updated_at", "updated_by", "version"))
class Interaction(MaskedSave, Stamped, Versioned, Binned, Scoped):
    """Something that happened with a customer."""

    scope_resource: ClassVar[str] = "interaction"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"
    # Only its author takes an entry back, within minutes: that belongs to adding one.
    scope_shared: ClassVar[tuple[str, ...]] = ("interaction.delete",)

    class Direction(models.TextChoices):
        OUT = "out", _("outgoing")
        IN = "in", _("incoming")
        INTERNAL = "internal", _("internal")

    class Mood(models.TextChoices):
        NONE = "", _("not noted")
        GOOD = "good", pgettext_lazy("mood", "good")
        NEUTRAL = "neutral", _("neutral")
        BAD = "bad", _("bad")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="interactions")
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="interactions", verbose_name=_("contact")
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="interactions")
    kind = models.CharField(_("method"), max_length=10, choices=InteractionKind)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.OUT)
    automatic = models.BooleanField(default=False)
    occurred_at = models.DateTimeField(_("when"))
    captured_at = models.DateTimeField(null=True, editable=False)
    received_at = models.DateTimeField(auto_now_add=True)
    # A note among colleagues may have none.
    result = models.CharField(_("result"), max_length=14, choices=InteractionResult, blank=True, default="")
    mood = models.CharField(_("mood"), max_length=8, choices=Mood, blank=True, default="")
    summary = models.TextField(_("note"), blank=True)
    needs_found = models.CharField(_("new needs"), max_length=300, blank=True)
    objection = models.CharField(_("objection"), max_length=300, blank=True, default="")
    change_found = models.CharField(_("change at the customer"), max_length=300, blank=True, default="")
    participants = models.CharField(_("participants"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    late = models.BooleanField(default=False, editable=False)
    late_reason = models.CharField(_("reason for the late entry"), max_length=200, blank=True)
    corrected_at = models.DateTimeField(null=True, editable=False)

    objects = AliveChildManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-occurred_at", "-id"], name="interaction_timeline"),
            models.Index(fields=["user", "-occurred_at"], name="interaction_by_user"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__lte=24 * 60), name="interaction_at_most_a_day"
            ),
            models.CheckConstraint(condition=Q(kind="note") | ~Q(result=""), name="only_notes_without_a_result"),
        ]


class CustomerShare(models.Model):
    """An explicit share of one customer with one colleague (a collaborator); the row scope asks for it."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "customer"], name="customer_shared_once")
        ]


class Comment(Scoped):
    """What a colleague says about an entry of a customer's history: one thread for each, without branches."""

    scope_resource: ClassVar[str] = "interaction"
    scope_owner: ClassVar[tuple[str, ...]] = ("interaction__customer__owner", "interaction__customer__service_owner")
    scope_customer: ClassVar[str | None] = "interaction__customer"

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="comments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(_("comment"), max_length=1000)
    at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["interaction", "at"], name="comments_of_entry")]


class Mention(models.Model):
    """Who was named by @ in a note, or in a comment on an entry."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="mentions")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["interaction", "comment", "user"], name="named_once", nulls_distinct=False)
        ]


class OwnerChange(models.Model):
    """Assignment history of a customer: who had it, who got it, why."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="owner_changes")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    handover = models.UUIDField(null=True, editable=False)  # the same for those that changed hands together

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-at"]),
            models.Index(fields=["handover"], name="handed_over_together", condition=Q(handover__isnull=False)),
        ]


class StageMove(models.Model):
    """A stage that a person, a log entry or the end of a pause moved: from where, to where, and why.

    What follows from orders and from days that pass isn't written here: the orders say it.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="stage_moves")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    from_stage = models.CharField(max_length=14, choices=Stage)
    from_since = models.DateField(null=True)
    from_until = models.DateField(null=True)
    from_reason = models.CharField(max_length=200, blank=True)
    to_stage = models.CharField(max_length=14, choices=Stage)
    until = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    interaction = models.ForeignKey(Interaction, models.SET_NULL, null=True, related_name="stage_moves")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer", "-at"], name="stage_moves_of")]


class ImportedCustomer(models.Model):
    """A customer that an import made or changed; for orders: who got some of them."""

    job = models.ForeignKey("intake.ImportJob", models.CASCADE, related_name="customers")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="imports")
    made = models.BooleanField()  # new with this import

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "customer"], name="customer_once_per_import")
        ]


def facts_of(customer: Customer) -> Any:
    """The facts row, or an unsaved default one where none exists yet."""
    return getattr(customer, "facts", None) or CustomerFacts(customer=customer)
