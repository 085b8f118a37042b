"""Whether a rule set can be used; what can't is said of the place that is to be mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from segmentation import tiers
from segmentation.entries import Known, known_entries
from segmentation.rules.criteria import NAMES
from segmentation.tiers import CRITERIA, FEWEST, MOST, MOST_PLACES, Condition, Criterion, Definition, Weight
from ui import formatting

CODE = re.compile(r"[A-Za-z0-9]{1,20}")
Problems = dict[str, str]


def rule_set_problems(definition: Definition) -> Problems:
    """Path -> what is wrong there, in the reader's language; empty = usable.

    Paths: `tiers`, `rules`, `rules.0.tier`, `rules.0.all.1`, `weights`, `weights.0`, `thresholds`, `thresholds.0`.
    """
    wrong, known = _tier_problems(definition), known_entries(definition.asked)
    more = _point_problems(definition, known) if definition.by == tiers.POINTS else _rules_problems(definition, known)
    return wrong | more


def _tier_problems(definition: Definition) -> Problems:
    codes = definition.tiers
    twice = [code for code, n in Counter(codes).items() if n > 1]
    if twice:
        return {"tiers": _("The tier %(code)s is there twice.") % {"code": twice[0]}}
    unfit = [code for code in codes if not CODE.fullmatch(code) or code == tiers.UNRATED]
    if unfit:
        text = _("“%(code)s” can't be the code of a tier: 1 to 20 letters A to Z or digits, and not “%(kept)s”.")
        return {"tiers": text % {"code": unfit[0], "kept": tiers.UNRATED}}
    if not FEWEST <= len(codes) <= MOST:
        text = _("A scheme has from %(fewest)s to %(most)s tiers; here are %(n)s.")
        return {"tiers": text % {"fewest": FEWEST, "most": MOST, "n": len(codes)}}
    return {}


# --- by rules --------------------------------------------------------------------------------------------------------
def _rules_problems(definition: Definition, known: Known) -> Problems:
    wrong: Problems = {}
    if len(definition.rules) > MOST_PLACES + 1:
        text = _("There are %(n)s rules; at most %(most)s fit, and the last one for everybody else.")
        return {"rules": text % {"n": formatting.number(len(definition.rules)), "most": MOST_PLACES}}
    for place, rule in enumerate(definition.rules):
        if len(rule.all) > MOST_PLACES:
            text = _("A rule has at most %(most)s conditions; here are %(n)s.")
            return {f"rules.{place}.tier": text % {"n": formatting.number(len(rule.all)), "most": MOST_PLACES}}
        if rule.tier not in definition.tiers:
            wrong[f"rules.{place}.tier"] = _no_tier(rule.tier)
        for n, condition in enumerate(rule.all):
            if text := _condition_problem(condition, known):
                wrong[f"rules.{place}.all.{n}"] = text
        if not rule.all and place < len(definition.rules) - 1:
            text = _("A rule without conditions takes everybody, so nobody comes to the rules after it. Put it last.")
            wrong[f"rules.{place}.tier"] = text
    if not definition.rules or definition.rules[-1].all:
        wrong["rules"] = _(
            "The scheme has no lowest tier: the last rule must be without conditions, for everybody else who bought."
        )
    if wrong:
        return wrong
    for place, before in tiers.idle_rules(definition).items():
        text = ngettext(
            "Nobody can get a tier by this rule: rule %(rules)s takes them all. Put it before, or remove it.",
            "Nobody can get a tier by this rule: rules %(rules)s take them all. Put it before them, or remove it.",
            len(before),
        )
        wrong[f"rules.{place}.tier"] = text % {"rules": formatting.listed([str(n + 1) for n in before])}
    return wrong


def _condition_problem(condition: Condition, known: Known) -> str:
    criterion = CRITERIA.get(condition.of)
    if criterion is None:
        return _("There is no criterion “%(code)s”.") % {"code": condition.of}
    if criterion.coded:
        return _unknown(criterion, condition.codes, known) or ("" if condition.codes else _("Choose at least one."))
    low, high = condition.low, condition.high
    if low is None and high is None:
        return _("Enter from which value on, or up to which.")
    if any(bound is not None and not criterion.low <= bound <= criterion.high for bound in (low, high)):
        text = _("%(name)s goes from %(low)s to %(high)s.")
        words = {"low": formatting.number(criterion.low), "high": formatting.number(criterion.high)}
        return text % {"name": NAMES[condition.of], **words}
    if low is not None and high is not None and low > high:
        return _("The lower end lies above the upper end: nobody can meet that.")
    return ""


def _unknown(criterion: Criterion, codes: Iterable[str], known: Known) -> str:
    """What is said of the first code that the criterion doesn't have."""
    there = known[criterion.code] if criterion.entries else criterion.codes
    unknown = next((code for code in codes if code not in there), None)
    if unknown is None:
        return ""
    if criterion.entries:
        words = {"code": unknown, "list": NAMES[criterion.code]}
        return _("The list “%(list)s” of the company has no entry with the code “%(code)s”.") % words
    return _("“%(code)s” isn't one of the choices.") % {"code": unknown}


def _no_tier(code: str) -> str:
    return _("The scheme has no tier “%(code)s”.") % {"code": code}


# --- by points -------------------------------------------------------------------------------------------------------
def _point_problems(definition: Definition, known: Known) -> Problems:
    wrong: Problems = {}
    for place, weight in enumerate(definition.weights):
        if text := _weight_problem(weight, known):
            wrong[f"weights.{place}"] = text
    twice = [of for of, n in Counter(weight.of for weight in definition.weights).items() if n > 1]
    total = sum(weight.weight for weight in definition.weights)
    if twice:
        wrong["weights"] = _("%(name)s is there twice.") % {"name": NAMES[twice[0]]}
    elif total != 100:
        wrong["weights"] = _("The weights must add up to 100; they add up to %(sum)s.") % {"sum": total}
    return wrong | _threshold_problems(definition)


def _weight_problem(weight: Weight, known: Known) -> str:
    criterion = CRITERIA.get(weight.of)
    if criterion is None or not criterion.weighed:
        return _("There is no criterion “%(code)s” that could be weighed.") % {"code": weight.of}
    if not 1 <= weight.weight <= 100:
        return _("Enter a whole number from 1 to 100.")
    if criterion.coded:
        if text := _unknown(criterion, (code for code, _points in weight.points), known):
            return text
        if not any(points for _code, points in weight.points):
            return _("Say how many points from 0 to 100 each choice brings; at least one more than 0.")
        if any(not 0 <= points <= 100 for _code, points in weight.points):
            return _("Points go from 0 to 100.")
    return ""


def _threshold_problems(definition: Definition) -> Problems:
    wrong: Problems = {}
    limits = definition.thresholds
    if not limits or limits[-1].low is not None:
        wrong["thresholds"] = _(
            "The scheme has no lowest tier: the last one must be without points, for everybody else who bought."
        )
    before: int | None = None
    for place, limit in enumerate(limits):
        path = f"thresholds.{place}"
        if limit.tier not in definition.tiers:
            wrong[path] = _no_tier(limit.tier)
        elif limit.low is None:
            if place < len(limits) - 1:
                wrong[path] = _("Enter from how many points on.")
        elif not 1 <= limit.low <= 100:
            wrong[path] = _("Enter a whole number of points from 1 to 100.")
        elif before is not None and limit.low >= before:
            text = _("It must lie below the tier above, %(points)s points: else nobody comes here.")
            wrong[path] = text % {"points": before}
        before = limit.low if limit.low is not None else before
    return wrong
