"""`/segmentation/rules/SCHEME/policies/`: for a tier, or for all of them, what the cadence table plans, what the
customers are entitled to and what may be offered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from core import clock
from customers.models import InteractionKind
from customers.rules import contact_rules
from followups.cadence import Phase
from followups.cadence_table.table import read_table
from followups.models import PhaseWord, Policy
from followups.reasons import every_words, within_words
from intake.tablefiles import FigureTable, file_links, tables_file
from segmentation import catalogue, tiers
from segmentation.models import Tier
from segmentation.policies.models import PolicyKind, TierPolicy
from segmentation.policies.selectors import of_tier
from segmentation.policies.services import POLICY_ACTS
from segmentation.policies.words import stage_word, state_word, terms


@dataclass(frozen=True)
class Plan:
    """What the cadence table says of this tier in a relationship stage."""

    stage: str
    every: str
    method: str
    automation: str


@dataclass(frozen=True)
class Entry:
    """A privilege or an offer as the page shows it."""

    row: TierPolicy
    stage: str
    terms: str
    state: str

    @classmethod
    def of(cls, row: TierPolicy, today: date) -> Entry:
        return cls(row, stage_word(row) if row.lifecycle else "", terms(row), state_word(row, today))


@dataclass(frozen=True)
class Part:
    """All privileges or all offers: of the tier itself, and those that all tiers have."""

    kind: str
    title: str
    entries: list[Entry]
    of_all: list[Entry]


@needs("tier_rule.view", READ)
def tier_policies(request: Request, scheme: str) -> HttpResponseBase:
    """Of the tier that the address names, else of all tiers of the scheme."""
    if scheme not in tiers.SCHEMES:
        raise Http404
    shown = [tier for tier in catalogue.ordered([scheme]) if tier.in_use]
    asked = request.GET.get("tier", "")
    tier = next((one for one in catalogue.ordered([scheme]) if one.code == asked), None)
    tables = [_table(scheme)]
    if file := tables_file(request, f"tiers-{scheme}", tables):
        return file
    context = {
        "files": file_links(request, tables) if tables[0].rows else [],
        "scheme": scheme,
        "scheme_name": catalogue.scheme_name(scheme),
        "tier": tier,
        "tiers": shown if tier is None or tier.in_use else [*shown, tier],
        "plans": list(_plans(scheme, tier)) if request.user.can("plan_rule.view") else None,
        "parts": _parts(scheme, tier),
        "may_change": request.user.can("tier_rule.change"),
        **last_changes(request.user, *POLICY_ACTS, naming=True),
    }
    return render(request, "segmentation/policies/page.html", context)


def _table(scheme: str) -> FigureTable:
    """What all tiers of the scheme get, in the order of their pages."""
    known = {tier.code: tier for tier in catalogue.ordered([scheme])}
    today, kinds = clock.business_date(), dict(PolicyKind.choices)
    head = [
        *(_("Tier"), _("Kind"), _("Name"), _("What to do or say"), _("Lifecycle stage"), _("Discount up to (%)")),
        *(_("Valid from"), _("Valid to"), _("Counts today")),
    ]
    rows = []
    for code in (*known, ""):
        for row in sorted(of_tier(scheme, code), key=lambda row: row.kind == PolicyKind.OFFER):
            name = known[code].name if code else _("All tiers")
            stage = stage_word(row) if row.lifecycle else ""
            said = [name, capfirst(str(kinds[row.kind])), row.name, row.sentence, stage]
            counts = _("no") if state_word(row, today) else _("yes")
            rows.append([*said, row.limit, row.valid_from, row.valid_to, counts])
    return FigureTable("policies", _("Privileges and offers"), head, rows)


def _plans(scheme: str, tier: Tier | None) -> Iterator[Plan]:
    """Lines for some customers of the tier only, by what they buy, stand in the table itself."""
    table, methods = read_table(), dict(InteractionKind.choices)
    for phase in Phase:
        line = table.line(phase, scheme, tier.code if tier else "", "", "")
        if line is None:
            continue
        new = phase == Phase.NEW
        every = within_words(contact_rules()) if new else every_words(line.between.shortest, line.between.longest)
        yield Plan(
            capfirst(str(PhaseWord(phase).label)),
            every,
            str(methods.get(line.method, line.method)),
            str(Policy(line.policy).label),
        )


def _parts(scheme: str, tier: Tier | None) -> list[Part]:
    today = clock.business_date()
    rows, of_all = of_tier(scheme, tier.code if tier else ""), of_tier(scheme, "") if tier else []
    titles = {PolicyKind.PRIVILEGE: _("Privileges"), PolicyKind.OFFER: _("Offers")}
    return [
        Part(
            kind.value,
            title,
            [Entry.of(row, today) for row in rows if row.kind == kind],
            [Entry.of(row, today) for row in of_all if row.kind == kind],
        )
        for kind, title in titles.items()
    ]
