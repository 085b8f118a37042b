"""What a customer's history shows of this app: log entries, and who owned the customer when."""

from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import JSONObject

from accounts.models import User
from core.contributions import TimelineEntry, TimelinePart
from customers.icons import KIND_ICONS
from customers.models import Comment, Customer, Interaction, InteractionKind, OwnerChange, Stage, StageMove
from customers.results import result_word

COMMENTS_SHOWN = 20
TONES = {"good": "good", "bad": "bad"}
TONES_OF_RESULTS = {"interested": "good", "done": "good", "declined": "bad"}
INTERACTION_FIELDS = (
    *("kind", "result", "mood", "summary", "needs_found", "objection", "change_found"),
    *("participants", "place", "late", "late_reason", "direction", "corrected_at", "correctable"),
)


# The first ones; the rest stand on the page of the thread.
COMMENTS = ArraySubquery(
    Comment.objects.filter(interaction=OuterRef("pk"))
    .order_by("at", "pk")
    .values(data=JSONObject(user="user__name", at="at", text="text"))[:COMMENTS_SHOWN]
)


def _interaction(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    entry.icon = KIND_ICONS.get(data["kind"], "pencil")
    entry.tone = TONES.get(data["mood"]) or TONES_OF_RESULTS.get(data["result"], "accent")
    data["method"] = dict(InteractionKind.choices).get(data["kind"], data["kind"])
    for comment in data["comments"]:
        comment["at"] = datetime.fromisoformat(comment["at"])
    data["outcome"] = result_word(data["kind"], data["result"])


def _owner(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon = "arrow-left-right"
    # The first owner comes with the file.
    if not entry.data["from"] and abs(entry.at - customer.created_at) < timedelta(minutes=1):
        entry.icon, entry.data["new"] = "user-plus", True


def _stage(customer: Customer, entry: TimelineEntry) -> None:
    words = dict(Stage.choices)
    data = entry.data
    paused = data["to"] == Stage.PAUSED
    entry.icon = "circle-pause" if paused else "circle-play" if data["from"] == Stage.PAUSED else "milestone"
    data["paused"], data["resumed"] = paused, not paused and data["from"] == Stage.PAUSED
    data["from"], data["to"] = words.get(data["from"], data["from"]), words.get(data["to"], data["to"])
    data["until"] = date.fromisoformat(data["until"]) if data["until"] else None


def _entries(user: User, customer_id: int) -> QuerySet[Interaction]:
    """The entries of a customer; `correctable`: by this person, who may put right their own ones or also others'."""
    rows = Interaction.objects.for_user(user).filter(customer=customer_id)
    others = Value(user.can("interaction.change"))
    by_hand = Case(When(automatic=True, then=False), When(user=user, then=True), default=others)
    return rows.annotate(correctable=by_hand if user.can("interaction.add") else Value(False))


INTERACTIONS = TimelinePart(
    "interaction",
    tab="log",
    permission="interaction.view",
    rows=_entries,
    at=F("occurred_at"),
    fields={name: name for name in INTERACTION_FIELDS}
    | {"contact": "contact__name", "user": "user__name", "comments": COMMENTS},
    template="customers/timeline_interaction.html",
    describe=_interaction,
)
OWNERS = TimelinePart(
    "owner",
    tab="changes",
    permission="customer.view",
    rows=lambda user, customer_id: OwnerChange.objects.filter(customer=customer_id),
    at=F("at"),
    fields={"from": "from_user__name", "to": "to_user__name", "by": "by__name", "reason": "reason"},
    template="customers/timeline_owner.html",
    describe=_owner,
)
STAGES = TimelinePart(
    "stage",
    tab="changes",
    permission="customer.view",
    rows=lambda user, customer_id: StageMove.objects.filter(customer=customer_id),
    at=F("at"),
    fields={"from": "from_stage", "to": "to_stage", "until": "until", "reason": "reason", "by": "by__name"},
    template="customers/timeline_stage.html",
    describe=_stage,
)
