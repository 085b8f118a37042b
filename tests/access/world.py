"""A small company for the matrix: for every role a row of each kind that is own, a mate's, another team's, nobody's
or in the recycle bin, and in every text of it a canary string that tells whose it is."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import AuditEntry, Role, Team, User
from accounts.saved_views.models import SavedView
from accounts.services import team_create
from core import clock, first_steps
from core.company import company, forget
from core.models import NumberChange, StoredFile
from customers.models import (
    Attachment,
    CaptureForm,
    Channel,
    Consent,
    ConsentText,
    Contact,
    Customer,
    CustomerFacts,
    CustomerMerge,
    DuplicatePair,
    EntryTemplate,
    Industry,
    Interaction,
    OwnField,
    PaperOriginal,
    Registration,
    Relation,
    RelationKind,
    Tag,
)
from feedback.models import Complaint
from followups.models import Escalation, FollowUp, Incoming, Inlet, Message, MessageTemplate, Notice, Reminder, Rhythm
from intake.models import ImportJob
from responsibility.duties.services import post_create
from responsibility.models import AllocationRule, Appraisal, Decision, HandOver, Measure, Review
from sales.models import Need, Order, OrderLine, Product, Target
from segmentation.models import (
    Arrival,
    ArrivalCount,
    CaseAction,
    ChurnCase,
    ChurnCause,
    Comparison,
    CostEntry,
    CostSettings,
    CutPoints,
    Economics,
    EffectMonth,
    EffectSum,
    Forecast,
    HoldOut,
    Qualification,
    RuleSet,
    ScoreInterval,
    ScoreRun,
    ScoringSettings,
    Segment,
    Tier,
    TierOverride,
    TierPolicy,
    TierScheme,
)
from tests.access.matrix import is_seen
from tests.access.policy_table import MASKS, ROLES
from workbench.defaults import ensure_defaults

PEOPLE = ("mate", "other", "keeper")  # keeper: where a row without owner needs some user
TODAY = dt.date(2026, 11, 20)
MONTH = TODAY.replace(day=1)
NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
RELATION = {"own": 0, "mate": 1, "other": 2, "none": 2, "deleted": 0}

Label = tuple[str, str]  # (owner, role): role is "" for rows that are the same to everybody


@dataclass
class World:
    """People by role or part, rows by (kind, owner, role), and what must not be read by whom."""

    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    secrets: list[tuple[str, str, str, str]] = field(default_factory=list)  # text, kind, owner, role
    masked: list[tuple[str, str, str]] = field(default_factory=list)  # text, owner, role
    count: Any = field(default_factory=lambda: itertools.count(1001))

    def secret(self, kind: str, label: Label, prefix: str = "CANARY") -> str:
        """A new text that only people who may see this row may ever read."""
        text = f"{prefix}{next(self.count)}Z"
        self.secrets.append((text, kind, *label))
        return text

    def phone(self, label: Label) -> str:
        """A new mobile number that only people who may read it in full may ever read."""
        text = f"1390{next(self.count):07d}"
        self.masked.append((text, *label))
        return text

    def email(self, label: Label) -> str:
        """Like `phone`, an address."""
        text = f"canary{next(self.count)}z@example.com"
        self.masked.append((text, *label))
        return text

    def row(self, kind: str, role: str | None, owner: str) -> Any:
        """The row of this kind as it stands to that role; None where there is no such case."""
        keys = ((kind, owner, role or "rep"), (kind, owner, ""), (kind, "any", ""))
        return next((self.rows[key] for key in keys if key in self.rows), None)

    def owners(self, kind: str) -> list[str]:
        """The kinds of owner that exist for this kind."""
        return sorted({owner for k, owner, _ in self.rows if k == kind})

    def forbidden(self, role: str | None) -> set[str]:
        """All texts that must never reach this role."""
        texts = {text for text, kind, owner, whose in self.secrets if not _reads(role, kind, owner, whose)}
        return texts | {text for text, owner, whose in self.masked if not _unmasked(role, owner, whose)}


def _stands(role: str, owner: str, whose: str) -> str:
    """How a row of `whose` stands to `role`: a row of another role's person is another's."""
    if owner == "keeper":
        return "other"
    if owner in ("own", "deleted") and whose != role:
        return "deleted" if owner == "deleted" else OTHER_PEOPLE.get((role, whose), "other")
    return owner


# Whose rows are a mate's for whom: rep and lead sit in Shanghai, the manager above them in East.
OTHER_PEOPLE = {("team_lead", "rep"): "mate", ("manager", "rep"): "mate", ("manager", "team_lead"): "mate"}
OTHER_PEOPLE |= {("rep", "team_lead"): "mate"}


def _reads(role: str | None, kind: str, owner: str, whose: str) -> bool:
    if role is None or owner == "any":
        return role is not None
    return is_seen(role, kind, _stands(role, owner, whose))


def _unmasked(role: str | None, owner: str, whose: str) -> bool:
    if role is None:
        return False
    stands = _stands(role, owner, whose)
    return MASKS[role][RELATION[stands]] == "full" and is_seen(role, "contact", stands)


# --- building --------------------------------------------------------------------------------------------------------
def build() -> World:
    """Everything, by plain rows: the services have their own tests."""
    ensure_defaults()
    first_steps.close(company())  # a company at work
    forget()
    world = World()
    _people(world)
    for owner, role, user in _cases(world):
        _customer_rows(world, owner, role, user)
        _personal_rows(world, owner, role, user)
    _common_rows(world)
    return world


def add_rows(world: World, year: int) -> None:
    """The rows of all cases once again for the same people: what a list costs must not depend on it."""
    more = World(teams=world.teams, people=world.people, count=world.count)
    for owner, role, user in _cases(more):
        _customer_rows(more, owner, role, user)
        _personal_rows(more, owner, role, user, month=dt.date(year, 1, 1))
    team = team_create(name=f"Team {year}", parent=world.teams["shanghai"])
    person = world.people["mate"]
    User.objects.create_user(email=f"{year}@example.com", name=f"{year}", role=person.role, team=team)
    Product.objects.create(sku=f"P-{year}", name=f"Pump {year}", unit_price=10)
    Tag.objects.create(name=f"Fair {year}")
    AuditEntry.objects.create(act="customer.assign", by=person, by_name=person.name)


def _people(world: World) -> None:
    east = team_create(name="East")
    shanghai, north = team_create(name="Shanghai", parent=east), team_create(name="North")
    world.teams = {"east": east, "shanghai": shanghai, "north": north}
    homes = {"rep": shanghai, "team_lead": shanghai, "manager": east, "mate": shanghai, "other": north, "keeper": north}
    for name in (*ROLES, *PEOPLE):
        label = ("own", name) if name in ROLES else ("other" if name == "keeper" else name, "")
        role = Role.objects.get(code=name if name in ROLES else "rep")
        world.people[name] = User.objects.create_user(
            email=f"{name}{world.secret('user', label, 'box')}@example.com",
            password=None,
            name=world.secret("user", label, "Person"),
            role=role,
            team=homes.get(name),
            language="en",
        )
        if name != "keeper":
            world.rows["user", *label] = world.people[name]


def _cases(world: World) -> list[tuple[str, str, User | None]]:
    cases: list[tuple[str, str, User | None]] = [
        ("mate", "", world.people["mate"]),
        ("other", "", world.people["other"]),
        ("none", "", None),
    ]
    return cases + [(owner, role, world.people[role]) for role in ROLES for owner in ("own", "deleted")]


def _customer_rows(world: World, owner: str, role: str, user: User | None) -> None:
    label, rows = (owner, role), {}
    binned = {"deleted_at": timezone.now()} if owner == "deleted" else {}
    customer = rows["customer"] = Customer.objects.create(
        number=f"KC{next(world.count)}",
        kind="company",
        name=world.secret("customer", label, "Firm"),
        name_sort=f"firm{next(world.count)}",
        phone=world.phone(label),
        email=world.email(label),
        address=world.phone(label),
        notes=world.secret("interaction", label),  # of a pool customer only name, number, tier and region are seen
        owner=user,
        team=user.team if user else None,
        channel=Channel.objects.first(),
        **binned,
    )
    CustomerFacts.objects.create(customer=customer, tier="B", tier_rank=3)
    person = user or world.people["keeper"]
    for kind, make in CHILDREN.items():
        rows[kind] = make(world, label, customer, user, person)
        if binned and hasattr(rows[kind], "deleted_at"):
            type(rows[kind])._base_manager.filter(pk=rows[kind].pk).update(**binned)
    for kind, row in rows.items():
        if owner != "deleted" or hasattr(row, "deleted_at"):
            world.rows[kind, owner, role] = row


def _duplicate(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    """Another customer of the same owner that may be the same, and one that went up in this one."""
    twin = Customer.objects.create(
        number=f"KC{next(world.count)}",
        name=world.secret("customer", label, "Twin"),
        name_sort=f"twin{next(world.count)}",
        owner=user,
        team=user.team if user else None,
        deleted_at=customer.deleted_at,
    )
    CustomerFacts.objects.create(customer=twin, tier="B", tier_rank=3, last_order_on=TODAY)
    nothing: dict[str, Any] = {"moved": {}, "stayed": {}, "last": {}, "rows": {}}
    number = world.secret("customer", label, "M")
    CustomerMerge.objects.create(
        survivor=customer, gone_id=twin.pk, gone_number=number, at=timezone.now(), snapshot=nothing
    )
    return DuplicatePair.objects.create(first=customer, second=twin, strength="likely", rank=2, alike=["n"])


def _relation(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    """With the twin of `_duplicate`, which is the same owner's."""
    kind, note = RelationKind.objects.get(code="partner"), world.secret("relation", label)
    other = DuplicatePair.objects.get(first=customer).second
    return Relation.objects.create(first=customer, second=other, kind=kind, note=note)


def _contact(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    name, phone = world.secret("contact", label), world.phone(label)
    return Contact.objects.create(customer=customer, name=name, phone=phone, email=world.email(label))


def _interaction(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    summary = world.secret("interaction", label)
    return Interaction.objects.create(
        customer=customer, user=user, kind="call", occurred_at=NOON, result="reached", summary=summary
    )


def _attachment(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    token = f"{next(world.count):032d}"
    file = StoredFile.objects.create(token=token, name=f"{world.secret('attachment', label)}.pdf", kind="pdf", size=9)
    return Attachment.objects.create(file=file, customer=customer, on="customer", on_id=customer.pk)


def _original(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    where = {"holder": person, "place": world.secret("original", label), "since": TODAY}
    return PaperOriginal.objects.create(customer=customer, title=world.secret("original", label), **where)


def _need(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    return Need.objects.create(customer=customer, text=world.secret("need", label), since=TODAY, moved_at=NOON)


def _order(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    order = Order.objects.create(
        customer=customer,
        number=world.secret("order", label, "ORD"),
        notes=world.secret("order", label),
        ordered_at=NOON,
        ordered_on=TODAY,
        currency="CNY",
        total=120_000,
        amount=120_000,
    )
    description = world.secret("order", label)
    OrderLine.objects.create(order=order, description=description, quantity=1, unit_price=1200, amount=1200)
    return order


def _follow_up(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    purpose = world.secret("follow_up", label)
    Rhythm.objects.get_or_create(customer=customer, defaults={"every_days": 9, "purpose": purpose})
    follow_up = FollowUp.objects.create(customer=customer, assignee=person, due_on=TODAY, purpose=purpose)
    late = {"due_on": TODAY, "step": Escalation.Step.PROPOSAL, "reached_on": TODAY}
    Escalation.objects.create(follow_up=follow_up, assignee=person, proposed=world.people["mate"], **late)
    return follow_up


def _reminder(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    text = world.secret("reminder", label)
    return Reminder.objects.create(customer=customer, user=person, due_at=NOON, text=text)


def _message(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    return Message.objects.create(
        customer=customer,
        channel="email",
        language="en",
        to_name="Li",
        email=customer.email,
        subject=world.secret("message", label),
        text=world.secret("message", label),
        user=person,
        token=f"token{next(world.count)}",
    )


def _incoming(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    inlet, _new = Inlet.objects.get_or_create(kind="webhook", name="gateway", network="sms")
    return Incoming.objects.create(
        inlet=inlet,
        external_id=f"m{next(world.count)}",
        network="sms",
        phone=world.phone(label),
        name=world.secret("incoming", label),
        text=world.secret("incoming", label),
        occurred_at=NOON,
        received_at=NOON,
        state="known",
        customer=customer,
    )


def _consent(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    proof = world.secret("consent", label)
    return Consent.objects.create(customer=customer, allowed=True, source="written", proof=proof, at=NOON, user=person)


def _capture_form() -> CaptureForm:
    names = {"name_en": "Fair", "name_zh": "展会", "privacy_en": "To answer you.", "privacy_zh": "仅用于联系。"}
    form, _made = CaptureForm.objects.get_or_create(slug="fair", defaults={**names, "channel": Channel.objects.first()})
    return form


def _registration(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    answers = {"name": world.secret("registration", label), "phone": world.secret("registration", label, "1390")}
    return Registration.objects.create(form=_capture_form(), at=NOON, language="en", answers=answers, customer=customer)


def _complaint(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    return Complaint.objects.create(
        number=world.secret("complaint", label, "CASE"),
        customer=customer,
        category="product",
        text=world.secret("complaint", label),
        owner=person,
        received_at=NOON,
        first_response_due_at=NOON + dt.timedelta(days=1),
    )


def _warning(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    plan = world.secret("warning", label)
    return ChurnCase.objects.create(customer=customer, level="red", opened_on=TODAY, level_since=TODAY, plan=plan)


def _case_action(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    case, note = ChurnCase.objects.get(customer=customer), world.secret("warning", label)
    return CaseAction.objects.create(case=case, kind="gift", done_on=TODAY, done_by=person, cost=900, note=note)


def _qualification(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    note = world.secret("qualification", label)
    return Qualification.objects.create(customer=customer, frame="faint", need=2, need_note=note)


def _score(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    return ScoreInterval.objects.create(
        customer=customer, valid_from=TODAY, tier_scheme="b2b", tier="B", lifecycle="repeat"
    )


def _cost(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    note = world.secret("cost", label)
    return CostEntry.objects.create(customer=customer, kind="gift", amount=900, spent_on=TODAY, note=note)


def _economics(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    zero = dict.fromkeys(("revenue", "costed", "margin", "discount", "sold", "discounted"), 0)
    counts = dict.fromkeys(("products", "minutes", "entered"), 0)
    return Economics.objects.create(customer=customer, on=TODAY, **zero, **counts)


def _arrival(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    ArrivalCount.objects.get_or_create(pk=1, defaults={"on": TODAY, "whole_on": TODAY, "currency": "CNY"})
    kept = {"owner": customer.owner, "team": customer.team, "channel": customer.channel, "tier_scheme": "b2b"}
    return Arrival.objects.create(customer=customer, came_on=TODAY, revenue=9, costed=9, **kept)


def _tier_effect(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    run = ScoreRun.objects.get_or_create(as_of=MONTH, defaults={"started_at": NOON})[0]
    days = {"begun_on": MONTH, "high": []}
    month = EffectMonth.objects.get_or_create(first=MONTH, defaults={"run": run, **days})[0]
    none = dict.fromkeys(("rated", "high", "had_bought", "lost", "buyers", "orders", "usual"), 0)
    money = dict.fromkeys(("revenue", "costed", "margin"), 0)
    whose = {"owner": user, "team": user.team if user else None, "tier_scheme": "b2b", "tier": "B"}
    return EffectSum.objects.create(month=month, standing="existing", customers=1, **whose, **none, **money)


def _tier_override(world: World, label: Label, customer: Customer, user: User | None, person: User) -> Any:
    reason, until = world.secret("tier_override", label), TODAY + dt.timedelta(days=400)
    return TierOverride.objects.create(
        customer=customer, tier_scheme="b2b", tier="A", reason=reason, expires_on=until, by=person
    )


CHILDREN: dict[str, Callable[..., Any]] = {
    "duplicate": _duplicate,
    "relation": _relation,
    "contact": _contact,
    "interaction": _interaction,
    "attachment": _attachment,
    "original": _original,
    "need": _need,
    "order": _order,
    "follow_up": _follow_up,
    "reminder": _reminder,
    "message": _message,
    "incoming": _incoming,
    "consent": _consent,
    "registration": _registration,
    "complaint": _complaint,
    "warning": _warning,
    "case_action": _case_action,
    "score": _score,
    "tier_effect": _tier_effect,
    "cost": _cost,
    "economics": _economics,
    "arrival": _arrival,
    "qualification": _qualification,
    "tier_override": _tier_override,
}


def _personal_rows(world: World, owner: str, role: str, user: User | None, month: dt.date = MONTH) -> None:
    """Rows that belong to a user and to no customer."""
    if user is None or owner == "deleted":
        return
    label = (owner, role)
    world.rows["target", *label] = Target.objects.create(user=user, month=month, value=500_000)
    named = world.secret("segment", label)
    asked = {"version": 1, "match": "all", "parts": [{"field": "kind", "how": "in", "codes": ["company"]}]}
    world.rows["segment", *label] = Segment.objects.create(owner=user, name=named, shared=True, tree=asked)
    world.rows["saved_view", *label] = SavedView.objects.create(
        owner=user, listing="customer_list", name=world.secret("saved_view", label), query="view=all", shared=True
    )
    world.rows["hand_over", *label] = HandOver.objects.create(
        handover=uuid4(), by=user, at=NOON, reason=world.secret("hand_over", label), customers=1
    )
    sheet = Appraisal.objects.create(
        person=user, begins=month, months=1, figures_at=NOON, strengths=world.secret("appraisal", label)
    )
    world.rows["appraisal", *label] = sheet
    measure = world.secret("appraisal", label)
    world.rows["measure", *label] = Measure.objects.create(appraisal=sheet, text=measure, due_on=TODAY)
    world.rows["import", *label] = ImportJob.objects.create(
        user=user, kind="orders", file_name=world.secret("import", label), path="none.csv", state="done"
    )
    world.rows["notification", *label] = Notice.objects.create(
        user=user,
        key=world.secret("notification", label),
        kind="reminder",
        due_at=NOON,
        text=world.secret("notification", label),
    )


def _common_rows(world: World) -> None:
    """Catalogues and company-wide rows: the same for everybody who holds the permission."""
    world.rows["number", "any", ""] = NumberChange.objects.create(key="invitation_days", value=7, before=9)
    world.rows["product", "any", ""] = Product.objects.create(sku="P-1", name="Pump", unit_price=10)
    world.rows["tag", "any", ""] = Tag.objects.create(name="Fair")
    world.rows["channel", "any", ""] = Channel.objects.first()
    world.rows["industry", "any", ""] = Industry.objects.first()
    world.rows["capture_form", "any", ""] = _capture_form()
    world.rows["own_field", "any", ""] = OwnField.objects.create(code="badge", name_en="Badge", name_zh="会员号")
    world.rows["consent_text", "any", ""] = ConsentText.objects.create(name_en="Offers", name_zh="优惠信息")
    world.rows["entry_template", "any", ""] = EntryTemplate.objects.create(
        name_en="At the stand", name_zh="展位登记", asks=[{"name": "phone", "must": False}]
    )
    world.rows["cause", "any", ""] = ChurnCause.objects.first()
    world.rows["tier_policy", "any", ""] = TierPolicy.objects.create(
        scheme="b2b", kind="offer", name_en="Samples", name_zh="样品", limit=5
    )
    world.rows["hold_out", "any", ""] = HoldOut.objects.create(
        scheme="b2b", tier="A", share=10, starts_on=TODAY + dt.timedelta(days=30)
    )
    world.rows["tier_comparison", "any", ""] = Comparison.objects.create(first=MONTH, since=MONTH, until=TODAY, high=[])
    world.rows["forecast", "any", ""] = Forecast.objects.create(
        **{"kind": "replay", "as_of": TODAY - dt.timedelta(days=200), "horizon_days": 90, "window_days": 365},
        **{"yellow_p": 0.5, "yellow_drop": 0.25, "red_p": 0.35, "red_drop": 0.3, "judged_at": NOON},
    )
    world.rows["allocation_rule", "any", ""] = AllocationRule.objects.create(
        name="East", people=[world.people["mate"].pk], is_on=False
    )
    world.rows["duties", "any", ""] = post_create(
        name="Everybody", duties="Call.", team=None, role=None, person=None, by=world.people["mate"]
    )
    review = Review.objects.create(subject="2026", held_on=TODAY, looked_at="Tiers.")
    world.rows["review", "any", ""] = review
    world.rows["decision", "any", ""] = Decision.objects.create(
        review=review, text="More visits.", owner=world.people["mate"], due_on=TODAY
    )
    world.rows["template", "any", ""] = MessageTemplate.objects.first()
    world.rows["tier", "any", ""] = Tier.objects.first()
    world.rows["tier_scheme", "any", ""] = TierScheme.objects.first()
    world.rows["rule_set", "any", ""] = RuleSet.objects.first()
    world.rows["cut_points", "any", ""] = CutPoints.objects.create(
        calibrated_on=clock.business_date(), manual=True, r=[365, 180, 90, 30], f=[2, 3, 4, 6], m=[1, 2, 3, 4]
    )
    world.rows["scoring_settings", "any", ""] = ScoringSettings.objects.first()
    world.rows["cost_settings", "any", ""] = CostSettings.objects.first()
    # What the scores are read as of.
    run = ScoreRun.objects.create(as_of=TODAY, started_at=NOON, published_at=NOON)
    world.rows["scoring_run", "any", ""] = run
    world.rows["role", "any", ""] = Role.objects.get(code="rep")
    world.rows["audit", "any", ""] = AuditEntry.objects.create(act="sign_in", by_name="X")
    world.rows["team", "own", ""] = world.teams["shanghai"]
    world.rows["team", "other", ""] = world.teams["north"]
