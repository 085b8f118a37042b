"""Writes of complaints: one verb, one function, one transaction. Refusals are ValidationErrors that name the field."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit
from accounts.limits import LimitReachedError
from accounts.masking import relation_to
from accounts.models import User
from accounts.scope import reach_of
from core import clock, sql
from core.texts import seen, unseen
from core.versions import StaleVersionError, save_version
from core.workcalendar import next_working_day
from customers.models import Customer, CustomerFacts, Interaction, InteractionKind, InteractionResult, Stage
from customers.services import REVEALS, CustomerNeededError, interaction_log, reveal_count
from feedback import hours, notices, states
from feedback.facts import facts_refresh
from feedback.models import Complaint, ComplaintHours, ComplaintStep
from feedback.selectors import CONTENT, DISSATISFIED
from followups import reasons
from followups.models import FollowUp
from followups.services import follow_up_cancel, follow_up_create
from ui.formatting import moment

Channel, Mood = Complaint.Channel, Interaction.Mood
OUT, IN = Interaction.Direction.OUT, Interaction.Direction.IN
# How a contact is written down that went by a channel.
CONTACT_BY = {
    Channel.PHONE: InteractionKind.CALL,
    Channel.VISIT: InteractionKind.VISIT,
    Channel.EMAIL: InteractionKind.EMAIL,
    Channel.WECHAT: InteractionKind.WECHAT,
    Channel.OTHER: InteractionKind.OTHER,
}
EDITABLE = ("channel", "category", "severity", "text", "promised_at")
Kind = ComplaintStep.Kind


@transaction.atomic
def complaint_create(
    *,
    customer: Customer,
    by: User,
    text: str,
    category: str,
    severity: str = Complaint.Severity.NORMAL,
    channel: str = Complaint.Channel.PHONE,
    owner: User | None = None,
    promised_at: datetime | None = None,
    received_at: datetime | None = None,
    graded: bool = False,
    response: str = "",
) -> Complaint:
    """Take a complaint in; both clocks start at `received_at` (default: now).

    Without `owner` it goes to the customer's owner if active, else to `by`; without `promised_at` the solution is due
    by the hours of its severity. `graded`: whoever takes it in has judged the severity, nobody has to confirm it.
    `response`: what the customer was answered on the spot; it stops the first clock.
    """
    received = received_at or clock.now()
    _check_promise(promised_at, received)
    pk = sql.next_id(Complaint)
    complaint = Complaint(
        pk=pk,
        number=complaint_number(pk, received),
        customer=customer,
        channel=channel,
        category=category,
        severity=severity,
        text=text.strip(),
        owner=owner or _default_owner(customer, by),
        received_at=received,
        first_response_due_at=hours.response_due(severity, received),
        promised_at=promised_at or hours.solution_due(severity, received),
        created_by=by,
        updated_by=by,
    )
    _count_reveal(complaint, complaint.owner, by)
    complaint.save(force_insert=True)
    _step(complaint, by, Kind.MOVE, from_state="", owner=complaint.owner)
    audit.record("complaint.create", by=by, on=complaint, customer=complaint.customer_id)
    if graded:
        complaint_move(complaint=complaint, to=states.GRADED, by=by, version=complaint.version)
    if seen(response):
        complaint_respond(
            complaint=complaint,
            by=by,
            version=complaint.version,
            note=seen(response),
            at=None if received_at else received,  # in the same breath
            channel=channel,
        )
    notices.received_notices(complaint, by)
    return _changed(complaint)


def complaint_number(pk: int, received_at: datetime) -> str:
    """TS-2611-0042: year and month of intake in the company's zone, then the row's id."""
    return f"TS-{clock.business_date(received_at):%y%m}-{pk:04d}"


def _default_owner(customer: Customer, by: User) -> User:
    return customer.owner if customer.owner is not None and customer.owner.is_active else by


@transaction.atomic
def complaint_move(
    *,
    complaint: Complaint,
    to: str,
    by: User,
    version: int,
    note: str = "",
    result: str | None = None,
    csat: int | None = None,
    severity: str | None = None,
    promised_at: datetime | None = None,
    arrives: bool = True,
    began: str = "",
) -> Complaint:
    """Bring the complaint to the state `to`, over `version` only.

    Closing needs a result and the customer's satisfaction (1-5), given now or known already. Reopening asks for a
    new satisfaction later. An answer to the customer counts as the first response where none was noted, and as a
    contact where the act ends here (`arrives`); `began`: the state in which an act over several states began.
    """
    _check_version(complaint, version)
    changes = _given(result=result, csat=csat, severity=severity, promised_at=promised_at)
    _check_move(complaint, to, changes, (to,) if states.may_move(complaint.state, to) else ())
    if complaint.state == states.CLOSED:
        _count_reveal(complaint, complaint.owner, by)
    if to in states.IS_A_RESPONSE and complaint.first_response_at is None:
        changes["first_response_at"] = clock.now()
    if to == states.CLOSED:
        changes["closed_at"] = clock.now()
    if to == states.REOPENED:
        changes |= {"closed_at": None, "csat": None}
    before = complaint.state
    save_version(complaint, changes | {"state": to}, version=version, by=by)
    rating = csat if to == states.CLOSED else None
    contact = None
    if arrives and to in states.IS_A_RESPONSE:
        told = note or (complaint.result if to == states.ANSWERED else "")
        they_said = (began or before) == states.SATISFACTION_ASKED
        contact = _contact(complaint, by, summary=told, csat=rating, direction=IN if they_said else OUT)
    step = _step(complaint, by, Kind.MOVE, from_state=before, note=note, csat=rating, interaction=contact)
    audit.record("complaint.move", by=by, on=complaint, state=to)
    if rating is not None and rating <= DISSATISFIED:
        repair_open(complaint=complaint, step=step, by=by)
    if to == states.REOPENED:
        for repair in repairs_of(complaint).filter(state=FollowUp.State.OPEN):
            follow_up_cancel(follow_up=repair, by=by)  # the case itself is worked on again
        notices.reopened_notice(complaint, by, note)
    return _changed(complaint)


@transaction.atomic
def complaint_advance(
    *, complaint: Complaint, to: str, by: User, version: int, note: str = "", **known: Any
) -> Complaint:
    """Bring the complaint to `to` through the states between, each with its line in the record and the audit log.

    `known` goes with the step that asks for it: what complaint_move takes.
    """
    _check_version(complaint, version)
    began = complaint.state
    on_the_way = states.way(began, to)
    _check_move(complaint, to, _given(**known), on_the_way)
    for state in on_the_way:
        arrives = state == to
        complaint_move(
            complaint=complaint,
            to=state,
            by=by,
            version=complaint.version,
            note=note if arrives else "",
            arrives=arrives,
            began=began,
            **{name: value for name, value in known.items() if arrives or name != "csat"},
        )
    return complaint


def repair_open(*, complaint: Complaint, step: ComplaintStep, by: User) -> FollowUp | None:
    """A customer who left a complaint dissatisfied is contacted by their owner on the next working day, today included.

    One for each close, however often this is called. Nobody is contacted against their wish.
    """
    customer = complaint.customer
    if customer.do_not_contact or customer.stage == Stage.PAUSED:
        return None
    owner = customer.owner
    return follow_up_create(
        customer=customer,
        assignee=owner if owner is not None and owner.is_active else complaint.owner,
        due_on=next_working_day(clock.business_date()),
        by=by,
        source=FollowUp.Source.COMPLAINT,
        reason_code=reasons.REPAIR,
        reason={"number": complaint.number, "csat": step.csat, "complaint": complaint.pk},
        source_key=f"complaint:{complaint.pk}:{step.pk}",
    )


def repairs_of(complaint: Complaint) -> QuerySet[FollowUp]:
    """The follow-ups that a bad end of this complaint opened, the latest first."""
    return FollowUp.objects.filter(source_key__startswith=f"complaint:{complaint.pk}:").order_by("-pk")


def _contact(
    complaint: Complaint,
    by: User,
    *,
    summary: str,
    channel: str = "",
    at: datetime | None = None,
    csat: int | None = None,
    direction: str = OUT,
) -> Interaction:
    """What was said to the customer in the course of the complaint stands in their log and counts as contact.

    Without `channel` it went the way the complaint came; who complained on a visit is called later.
    """
    if not channel:
        channel = Channel.PHONE if complaint.channel == Channel.VISIT else Channel(complaint.channel)
    mood = "" if csat is None else Mood.GOOD if csat >= CONTENT else Mood.BAD if csat <= DISSATISFIED else Mood.NEUTRAL
    return interaction_log(
        customer=complaint.customer,
        by=by,
        kind=CONTACT_BY[Channel(channel)],
        result=InteractionResult.REACHED,
        occurred_at=at,
        direction=direction,
        mood=mood,
        summary=summary,
        routine=True,
    )


def _check_version(complaint: Complaint, version: int) -> None:
    """Somebody was faster: say so before judging the request by a state its sender has not seen."""
    if complaint.version != version:
        raise StaleVersionError(complaint)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _check_move(complaint: Complaint, to: str, changes: dict[str, Any], on_the_way: tuple[str, ...]) -> None:
    if not on_the_way:
        now, wanted = complaint.get_state_display(), dict(Complaint.State.choices).get(to, to)
        text = _("From “%(now)s” a complaint can't go to “%(to)s”.") % {"now": now, "to": wanted}
        raise ValidationError({"state": text})
    known = {name: changes.get(name, getattr(complaint, name)) for name in ("result", "csat")}
    known["result"] = seen(str(known["result"] or ""))
    missing = states.missing_for(to, known)
    if missing:
        raise ValidationError({name: _MISSING[name]() for name in missing})
    if "csat" in changes and not 1 <= changes["csat"] <= 5:
        raise ValidationError({"csat": _("Satisfaction is a number from 1 to 5.")})
    _check_promise(changes.get("promised_at"), complaint.received_at)


_MISSING = {
    "result": lambda: _("Say what was done for the customer before the complaint is closed."),
    "csat": lambda: _("Ask the customer how satisfied they are (1 to 5) before the complaint is closed."),
}


def _check_promise(promised_at: datetime | None, received_at: datetime) -> None:
    if promised_at is not None and promised_at <= received_at:
        text = _("The promised time must lie after the complaint came in (%(when)s).") % {"when": moment(received_at)}
        raise ValidationError({"promised_at": text})


@transaction.atomic
def complaint_respond(
    *,
    complaint: Complaint,
    by: User,
    version: int,
    note: str = "",
    at: datetime | None = None,
    promised_at: datetime | None = None,
    channel: str = "",
) -> Complaint:
    """Note that the customer was answered for the first time, `at` (default: now); stops the first clock.

    It is a contact by `channel`, else by the one that the complaint came by.
    """
    _check_version(complaint, version)
    moment_given = at or clock.now()
    if complaint.first_response_at is not None:
        text = _("The first response was noted already, at %(when)s.") % {"when": moment(complaint.first_response_at)}
        raise ValidationError({"first_response_at": text})
    if not complaint.received_at <= moment_given <= clock.now():
        raise ValidationError(
            {"first_response_at": _("The first response lies between the complaint's arrival and now.")}
        )
    _check_promise(promised_at, complaint.received_at)
    changes = {"first_response_at": moment_given} | _given(promised_at=promised_at)
    save_version(complaint, changes, version=version, by=by)
    contact = _contact(complaint, by, summary=note, channel=channel, at=moment_given)
    _step(complaint, by, Kind.RESPONSE, note=note, interaction=contact)
    audit.record("complaint.respond", by=by, on=complaint)
    return _changed(complaint)


@transaction.atomic
def complaint_assign(*, complaint: Complaint, to: User, by: User, version: int, note: str = "") -> Complaint:
    """Hand the complaint to another owner; audited."""
    _check_version(complaint, version)
    before = complaint.owner
    if before.pk == to.pk:
        raise ValidationError({"owner": _("%(name)s has this complaint already.") % {"name": to.name}})
    if not to.is_active or not to.can("complaint.change"):
        raise ValidationError({"owner": _("%(name)s can't work on complaints.") % {"name": to.name}})
    _count_reveal(complaint, to, by)
    save_version(complaint, {"owner": to}, version=version, by=by)
    _step(complaint, by, Kind.ASSIGN, note=note, owner=to)
    audit.record("complaint.assign", by=by, on=complaint, from_user=before.pk, to_user=to.pk)
    notices.handed_notices(complaint, before, by, note)
    return _changed(complaint)


def _count_reveal(complaint: Complaint, to: User, by: User) -> None:
    """An agent who gives an agent a case, or opens it again, opens the customer's contact data by choice: a reveal.

    Not where it opens nothing (`to` took the case in) or where `by` reads the customer in full anyway.
    """
    among_agents = by.can("complaint.handle") and to.can("complaint.handle")
    if not among_agents or to.pk == complaint.created_by_id or relation_to(by, complaint.customer) == "own":
        return
    try:
        reveal_count(customer=complaint.customer, by=by, reason=complaint.number)
    except LimitReachedError as error:
        text = _("You have opened %(n)s customers to service agents in the last 24 hours. Ask a team lead to hand on.")
        raise ValidationError({"owner": text % {"n": REVEALS.most}}) from error


@transaction.atomic
def complaint_note(*, complaint: Complaint, by: User, note: str) -> ComplaintStep:
    """Add a note to the record of the case."""
    if unseen(note):
        raise ValidationError({"note": _("Write a note first.")})
    return _step(complaint, by, Kind.NOTE, note=note)


@transaction.atomic
def complaint_edit(*, complaint: Complaint, by: User, version: int, **changes: Any) -> Complaint:
    """Correct fields of the intake (see EDITABLE) and the result."""
    unknown = set(changes) - {*EDITABLE, "result"}
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    if unseen(str(changes.get("text", complaint.text))):
        raise ValidationError({"text": _("Write down what the customer said.")})
    if not complaint.is_open and unseen(str(changes.get("result", complaint.result))):
        raise ValidationError({"result": _MISSING["result"]()})
    _check_promise(changes.get("promised_at"), complaint.received_at)
    save_version(complaint, changes, version=version, by=by)
    audit.record("complaint.change", by=by, on=complaint, fields=sorted(changes))
    return _changed(complaint)


@transaction.atomic
def complaint_delete(*, complaint: Complaint, by: User, version: int) -> None:
    """Put the complaint into the recycle bin; audited."""
    save_version(complaint, {"deleted_at": clock.now(), "deleted_by": by}, version=version, by=by)
    audit.record("complaint.delete", by=by, on=complaint)
    _changed(complaint)


@transaction.atomic
def complaint_restore(*, complaint: Complaint, by: User) -> Complaint:
    """Out of the recycle bin; audited."""
    save_version(complaint, {"deleted_at": None, "deleted_by": None}, version=complaint.version, by=by)
    audit.record("complaint.restore", by=by, on=complaint)
    return _changed(complaint)


def _step(complaint: Complaint, by: User, kind: str, *, from_state: str | None = None, **values: Any) -> ComplaintStep:
    before = complaint.state if from_state is None else from_state
    return ComplaintStep.objects.create(
        complaint=complaint, by=by, kind=kind, from_state=before, to_state=complaint.state, **values
    )


def _changed(complaint: Complaint) -> Complaint:
    facts_refresh(complaint.customer_id)
    notices.clock_notices_end(complaint)
    return complaint


def keep_customer(*, customer: Customer, by: User) -> None:
    """Who may only delete own customers can't while a complaint is open: it would vanish with the file."""
    complaining = CustomerFacts.objects.filter(pk=customer.pk, open_complaints__gt=0)
    if not reach_of(by).beyond_own("customer.delete") and complaining.exists():
        raise CustomerNeededError(
            _("This customer has an open complaint. Close it first, or ask your team lead to delete the customer.")
        )


# --- how long they may take ------------------------------------------------------------------------------------------
@transaction.atomic
def complaint_hours_change(*, row: ComplaintHours, changes: dict[str, Any], version: int, by: User) -> None:
    """Set how long complaints of a severity may take from now on; what is open keeps its times.

    `row` may not be stored yet (version 0): then it is as shipped.
    """
    before = {name: getattr(row, name) for name in changes}
    if row.version == 0 and version == 0:
        values = {name: getattr(row, name) for name in ("response", "response_unit", "solution", "solution_unit")}
        _row, made = ComplaintHours.objects.get_or_create(
            pk=row.severity, defaults={**values, **changes, "created_by": by, "updated_by": by}
        )
        if not made:
            raise StaleVersionError(_row)
    else:
        save_version(row, changes, version=version, by=by)
    details: dict[str, Any] = {name: [before[name], value] for name, value in changes.items()}
    audit.record("complaint_hours.change", by=by, severity=row.severity, **details)
    transaction.on_commit(hours.forget)
