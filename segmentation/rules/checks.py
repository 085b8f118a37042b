"""Whether settings of the scoring can hold together; what can't is said of the setting that is to be mended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from segmentation import rfm
from segmentation.wording import NAMES
from ui.formatting import percent

SHARES = ("yellow_p", "yellow_drop", "red_p", "red_drop", "red_falls_p", "eased_p", "eased_drop")
HORIZON, FIXED_DAYS, CYCLE_RATIO, SHOWN = (14, 365), (7, rfm.WINDOW[1] - 1), (1.1, 10.0), (1, 20)
PURCHASE_DAYS, POINTS, ASLEEP = (1, 366), (1, 5), (1, rfm.WINDOW[1] - 1)
BOUNDS = {
    "window_days": rfm.WINDOW,
    "horizon_days": HORIZON,
    "fixed_days": FIXED_DAYS,
    "cycle_ratio": CYCLE_RATIO,
    "warnings_shown": SHOWN,
    "frequency_high": PURCHASE_DAYS,
    "frequency_mid": PURCHASE_DAYS,
    "loyal_days": PURCHASE_DAYS,
    "loyal_r": POINTS,
}
OF_AMOUNTS = ("amount_large", "amount_mid")
SETTABLE = (*SHARES, *BOUNDS, *OF_AMOUNTS, "dormant_days", "fixed_rule", "calibrate_monthly", "manual_cuts", "openers")


def settings_problems(values: Mapping[str, Any], changed: Collection[str] = ()) -> dict[str, str]:
    """Setting -> what is wrong with it; empty = usable. `changed`: those that somebody is about to set."""
    wrong: dict[str, str] = {}
    for name in (*SHARES, *OF_AMOUNTS):
        if not 0 < values[name] < 1:
            wrong[name] = _("Enter a share above 0% and below 100%.")
    for name, (low, high) in BOUNDS.items():
        if not low <= values[name] <= high:
            wrong[name] = _("Enter a number from %(low)s to %(high)s.") % {"low": low, "high": high}
    unknown = [code for code in values["openers"] if code not in NAMES]
    if unknown:
        wrong["openers"] = _("There is no such reason: %(code)s.") % {"code": unknown[0]}
    return wrong or _window_holds(values, changed) or _classes_hold(values, changed) or _together(values)


def _window_holds(values: Mapping[str, Any], changed: Collection[str]) -> dict[str, str]:
    """Whoever has no purchase left in the window is lost: a warning by days without one has to come before that."""
    words = {"window": values["window_days"], "fixed": values["fixed_days"]}
    if words["fixed"] < words["window"]:
        return {}
    if "fixed_days" in changed:
        text = _("It must be less than the %(window)s days that count: after these a customer is lost, not warned.")
        return {"fixed_days": text % words}
    text = _("It must be more than the %(fixed)s days without a purchase after which a warning opens.")
    return {"window_days": text % words}


def _classes_hold(values: Mapping[str, Any], changed: Collection[str]) -> dict[str, str]:
    """Each class and stage has to have room beside the others."""
    wrong = {}
    if values["frequency_mid"] >= values["frequency_high"]:
        text = _("“Now and then” begins below “often”: enter fewer than %(n)s days.")
        wrong["frequency_mid"] = text % {"n": values["frequency_high"]}
    if values["amount_large"] + values["amount_mid"] >= 1:
        text = _("Large and medium customers together bring less than 100%%: enter less than %(rest)s.")
        wrong["amount_mid"] = text % {"rest": percent(1 - values["amount_large"], 1).replace(".0%", "%")}
    asleep, window = values["dormant_days"], values["window_days"]
    if asleep is not None and not ASLEEP[0] <= asleep < window - 1:
        if "window_days" in changed and "dormant_days" not in changed:
            text = _("It must be more than the %(asleep)s days after which a customer is dormant, and one day besides.")
            return wrong | {"window_days": text % {"asleep": asleep}}
        text = _("Enter whole days from 1 to %(most)s: after %(lost)s days a customer is lost. Empty: as shipped.")
        wrong["dormant_days"] = text % {"most": window - 2, "lost": window - 1}
    return wrong


MEASURES = {"r": "recency", "f": "frequency", "m": "monetary"}
MOST = {"f": 100_000, "m": 10**15}


def cut_point_problems(cuts: rfm.CutPoints, window: int = rfm.WINDOW_DAYS) -> dict[str, dict[int, str]]:
    """Measure -> score -> what is wrong with its limit where so many days count; empty = usable."""
    most = MOST | {"r": window}
    found = {name: _limit_problems(name, getattr(cuts, long), most[name]) for name, long in MEASURES.items()}
    return {name: wrong for name, wrong in found.items() if wrong}


def _limit_problems(name: str, limits: Sequence[int | None], most: int) -> dict[int, str]:
    wrong: dict[int, str] = {}
    lowest, before = (0 if name == "r" else 1), None
    if all(limit is None for limit in limits):
        return {5: _("Enter at least one limit; with none everybody has score 1.")}
    for score, limit in enumerate(limits, 2):
        if limit is None:
            continue
        if not lowest <= limit <= most:
            wrong[score] = _outside(name, most)
        elif before is not None and (limit > before if name == "r" else limit < before):
            wrong[score] = (
                _("A better score needs a purchase at least as recent: not more days than the score below.")
                if name == "r"
                else _("A better score needs at least as much as the score below.")
            )
        before = limit
    return wrong


def _outside(name: str, most: int) -> str:
    if name == "r":
        return _("Enter whole days from 0 to %(most)s.") % {"most": most}
    return _("Enter a whole number of orders from 1 on.") if name == "f" else _("Enter an amount above 0.")


def _together(values: Mapping[str, Any]) -> dict[str, str]:
    """Limits that each are possible, but not beside each other."""
    shown = {name: percent(values[name], 1).replace(".0%", "%") for name in SHARES}
    wrong = {}
    if values["red_p"] >= values["yellow_p"]:
        wrong["red_p"] = _("Red is the stricter one: its chance must lie below that of yellow, %(yellow_p)s.") % shown
    if values["red_drop"] < values["yellow_drop"]:
        wrong["red_drop"] = _("Red is the stricter one: its drop must be at least that of yellow, %(yellow_drop)s.")
        wrong["red_drop"] %= shown
    if not values["red_p"] <= values["red_falls_p"] <= values["eased_p"]:
        wrong["red_falls_p"] = _(
            "It must lie between the chance of red, %(red_p)s, and that of the all-clear, %(eased_p)s."
        )
        wrong["red_falls_p"] %= shown
    if values["eased_p"] <= values["yellow_p"]:
        wrong["eased_p"] = _(
            "The all-clear is the looser one: its chance must lie above that of yellow, %(yellow_p)s; else a warning"
            " would end on the night it opens."
        )
        wrong["eased_p"] %= shown
    if values["eased_drop"] >= values["yellow_drop"]:
        wrong["eased_drop"] = _(
            "The all-clear is the looser one: its drop must lie below that of yellow, %(yellow_drop)s; else a warning"
            " would end on the night it opens."
        )
        wrong["eased_drop"] %= shown
    return wrong
