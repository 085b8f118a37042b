"""What a customer's history shows of this app: complaints, and the contacts that they led to."""

from django.db.models import F, OuterRef, Q, Subquery

from core.contributions import TimelineEntry, TimelinePart, Told
from customers.icons import KIND_ICONS
from customers.models import Customer, Interaction, InteractionKind
from feedback import states
from feedback.models import Complaint, ComplaintStep
from feedback.record import looks_of

# Contacts of complaints; those of the moment in which one came in stand with its intake.
OF_A_COMPLAINT = Q(complaint_step__isnull=False, complaint_step__complaint__deleted_at=None)
AT_THE_INTAKE = Q(occurred_at=F("complaint_step__complaint__received_at"))
TONES = {"good": "good", "bad": "bad"}


def _complaint(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon, entry.tone = "message-circle", "bad"
    entry.data["closed"] = entry.data["state"] == Complaint.State.CLOSED
    entry.data["state_word"] = Complaint.State(entry.data["state"]).label
    entry.data["category_word"] = Complaint.Category(entry.data["category"]).label


def _contact(customer: Customer, entry: TimelineEntry) -> None:
    entry.icon = KIND_ICONS[entry.data["kind"]]
    entry.tone = TONES.get(entry.data["mood"], "accent")
    entry.data["method"] = InteractionKind(entry.data["kind"]).label
    entry.data["first"] = entry.data["step"] == ComplaintStep.Kind.RESPONSE
    entry.data["asked"] = entry.data["state"] == states.SATISFACTION_ASKED


def _step(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    data["title"], entry.icon, entry.tone = looks_of(data["kind"], data["to_state"])


COMPLAINTS = TimelinePart(
    "complaint",
    tab="feedback",
    permission="complaint.view",
    rows=lambda user, customer_id: (
        Complaint.objects.for_user(user)
        .filter(customer=customer_id)
        .annotate(
            answer=Subquery(
                ComplaintStep.objects.filter(
                    complaint=OuterRef("pk"), interaction__occurred_at=OuterRef("received_at")
                ).values("note")[:1]
            )
        )
    ),
    at=F("received_at"),
    fields={name: name for name in ("number", "severity", "state", "text", "category", "answer")},
    template="feedback/timeline.html",
    describe=_complaint,
)
CONTACTS = TimelinePart(
    "complaint_contact",
    tab="log",
    permission="complaint.view",
    rows=lambda user, customer_id: Interaction.objects.for_user(user).filter(
        OF_A_COMPLAINT, ~AT_THE_INTAKE, customer=customer_id
    ),
    at=F("occurred_at"),
    fields={
        **{name: name for name in ("kind", "mood", "summary")},
        "user": "user__name",
        "number": "complaint_step__complaint__number",
        "complaint": "complaint_step__complaint_id",
        "step": "complaint_step__kind",
        "state": "complaint_step__to_state",
        "csat": "complaint_step__csat",
    },
    template="feedback/timeline_contact.html",
    describe=_contact,
)
STEPS = TimelinePart(
    "complaint_step",
    tab="feedback",
    permission="complaint.view",
    # The intake is the complaint itself, and what was a contact stands there as one.
    rows=lambda user, customer_id: ComplaintStep.objects.exclude(kind=ComplaintStep.Kind.MOVE, from_state="").filter(
        interaction=None, complaint__in=Complaint.objects.for_user(user).filter(customer=customer_id)
    ),
    at=F("at"),
    fields={
        **{name: name for name in ("kind", "to_state", "note", "csat")},
        "by": "by__name",
        "owner": "owner__name",
        "number": "complaint__number",
        "complaint": "complaint_id",
    },
    template="feedback/timeline_step.html",
    describe=_step,
)
TOLD = Told("interaction", "complaint.view", lambda: OF_A_COMPLAINT)
