"""What is said of the model in use, of forecasts and of the limit that pays."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.company import currency
from segmentation.models import ChurnParams
from segmentation.proof.figures import Figures, Worth
from segmentation.proof.models import Forecast
from segmentation.proof.selectors import CallCost, InUse, WonBack
from ui import formatting

Ladder = ChurnParams.Ladder
REFUSED = {
    "nobody": gettext_lazy("Nobody had an order up to this day."),
}
RUNGS = {
    Ladder.FIT: gettext_lazy(
        "The full step: at least 100 customers had bought twice or more, and the orders reach back over twice the days"
        " ahead."
    ),
    Ladder.ESTIMATE: gettext_lazy(
        "The middle step, an estimate: fewer than 100 customers had bought twice or more, or the orders don't reach"
        " back over twice the days ahead. Take the order of the customers from it, not the per cent."
    ),
    Ladder.FIXED: gettext_lazy(
        "The lowest step: fewer than 20 customers had bought twice or more, or no fit could be used. Warnings go by the"
        " days without a purchase."
    ),
}


def model_sentences(used: InUse) -> list[str]:
    """The model by which the last night warned, in sentences."""
    run, settings = used.run, used.settings
    if run is None:
        return [_("No night has warned of anybody yet.")]
    params = run.churn_params
    said = []
    if settings.fixed_rule:
        said.append(_("Somebody has set that warnings go by the days without a purchase alone, not by the chance."))
    if params is None:
        said.append(str(RUNGS[Ladder.FIXED]))
    else:
        words = {"days": run.horizon_days, "model": params.model.upper() + "/NBD"}
        text = _(
            "Model %(model)s: from how often and how lately each customer bought it reckons the chance of a purchase in"
            " the next %(days)s days."
        )
        said.append(text % words)
        method = _("with a weak prior (MAP)") if params.method == "map" else _("by maximum likelihood (MLE)")
        fitted = {"day": formatting.day(params.fitted_on), "n": formatting.number(params.customers), "method": method}
        said.append(_("Fitted on what was known on %(day)s of %(n)s customers, %(method)s.") % fitted)
        parameters = ", ".join(f"{name} = {getattr(params, name):.4g}" for name in ("r", "alpha", "a", "b"))
        said.append(_("Parameters, time in weeks: %(parameters)s.") % {"parameters": parameters})
        said.append(str(RUNGS[Ladder(params.ladder)]))
        if params.auc is not None:
            text = _("Tried on the days before its fit it ranked with %(auc)s; below 0.55 it would not be used.")
            said.append(text % {"auc": f"{params.auc:.2f}"})
    if used.look and used.look.fit_refused_on:
        refused = {"day": formatting.day(used.look.fit_refused_on)}
        said.append(_("A newer fit, of %(day)s, was refused; the last good one counts.") % refused)
    return said


def in_a_sentence(figures: Figures) -> str:
    """What the warnings of a day were worth, in tens; empty where they are too few."""
    precision, recall, base = figures.precision, figures.recall, figures.watched
    if precision.few or recall.few or precision.value is None or recall.value is None or base.value is None:
        return ""
    words = {
        "right": formatting.number(round(10 * precision.value)),
        "seen": formatting.number(round(10 * recall.value)),
        "chance": formatting.number(round(10 * base.value)),
    }
    return (
        _(
            "Of 10 customers with a warning about %(right)s bought nothing; of 10 who bought nothing, %(seen)s had been"
            " warned of. Picked by chance it would be %(chance)s of 10."
        )
        % words
    )


def calibration_title(figures: Figures) -> str:
    """Whether what was said came true, over the bands with enough customers."""
    off = [
        band.predicted - band.bought.value
        for band in figures.bands
        if not band.bought.few and band.bought.value is not None
    ]
    if len(off) < 2:  # one band says nothing of the others
        return _("Too few customers to say whether the chances were right")
    far = max(off, key=abs)
    points = formatting.number(abs(far) * 100)
    if abs(far) <= 0.1:
        return _("The chances were about right: at most %(n)s points off") % {"n": points}
    if far > 0:
        return _("Too hopeful: up to %(n)s points fewer bought than was said") % {"n": points}
    return _("Too gloomy: up to %(n)s points more bought than was said") % {"n": points}


def state_of(row: Forecast, until: str) -> str:
    """Why there are no figures of a day yet; empty where there are."""
    if row.refused:
        return str(REFUSED.get(row.refused, row.refused))
    if row.judged_at:
        return ""
    if row.kind == Forecast.Kind.REPLAY:
        return _("A worker is at it: step %(done)s of %(of)s.") % {"done": row.done, "of": row.of}
    return _("Compared once %(day)s has passed and orders are in up to it.") % {"day": until}


def best_in_words(best: Worth | None, now: Worth | None, won: float) -> str:
    """The limit that pays best and how that was reckoned, beside the one in force."""
    if best is None:
        return _("At this cost no limit brings more than it costs.")
    code = currency()
    words = {
        "below": best.limit.below,
        "calls": formatting.number(best.limit.calls),
        "cost": formatting.money_round(best.cost, code),
        "caught": formatting.number(best.limit.caught),
        "value": formatting.money_round(best.limit.value, code),
        "won": formatting.percent(won),
        "gain": formatting.money_round(best.gain, code),
        "net": formatting.money_round(best.net, code),
    }
    text = _(
        "Warning below %(below)s%% pays best: %(calls)s calls cost %(cost)s and reach %(caught)s customers who bought"
        " nothing, with %(value)s at risk. Winning back %(won)s of that brings %(gain)s, %(net)s more than it costs."
    )
    said = text % words
    if now is not None and now.limit.below != best.limit.below:
        present = {"below": now.limit.below, "net": formatting.money_round(now.net, code)}
        said = formatting.sentences(said, _("The limit in force, %(below)s%%, comes to %(net)s.") % present)
    return said


def call_cost_in_words(cost: CallCost | None) -> str:
    """From what the cost is prefilled; empty where it isn't."""
    if cost is None:
        return ""
    code = currency()
    hour = formatting.money(formatting.minor(cost.hour, code), code)
    words = {"minutes": cost.minutes, "hour": hour}
    return _("A call takes %(minutes)s minutes at %(hour)s an hour, as set with the costs of time.") % words


def won_back_in_words(won: WonBack) -> str:
    """From what the share is prefilled, or that it has to be typed."""
    words = {"won": formatting.number(won.won), "n": formatting.number(won.called)}
    if won.share is None:
        return _("Your own cases are too few to tell it: %(n)s with a call have ended. Type what you assume.") % words
    return _("Of %(n)s warnings with a call that ended in the last year, %(won)s were won back.") % words


def counted_no_more(count: int) -> str:
    """Of those whom a figure counted, how many the list hasn't; empty where it has them all."""
    if count <= 0:
        return ""
    text = ngettext(
        "%(n)s more was counted that is no longer yours: handed over, deleted or merged since.",
        "%(n)s more were counted that are no longer yours: handed over, deleted or merged since.",
        count,
    )
    return text % {"n": formatting.number(count)}
