"""What the commands print: exact columns, one JSON object as the last line, clear refusals with exit code 1."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from segmentation import exports, selectors
from segmentation.management.dates import month_ends
from segmentation.models import ScoreRun
from segmentation.tests import worlds

DAY = date(2026, 4, 30)


@pytest.fixture
def world(defaults: None) -> worlds.World:
    made = worlds.random_world(13)
    worlds.store(made)
    return made


def said(*args: str) -> str:
    out = io.StringIO()
    call_command(*args, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def last_json(*args: str) -> dict[str, Any]:
    return json.loads(said(*args, "--json").splitlines()[-1])


def test_rescore_prints_the_counts_of_the_contract(world: worlds.World) -> None:
    found = last_json("rescore", "--as-of", "2026-04-30")
    wanted = {"as_of", "customers", "scored", "changed", "tier_moves", "warnings_opened", "warnings_closed", "seconds"}
    assert wanted <= set(found)
    assert (found["as_of"], found["customers"]) == ("2026-04-30", len(world.kinds) - len(world.binned))


def test_a_backfill_scores_month_ends_in_order_and_its_last_day(world: worlds.World) -> None:
    found = last_json("rescore", "--from", "2026-01-31", "--to", "2026-04-10", "--every", "month")
    assert [run["as_of"] for run in found["runs"]] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-10"]
    assert ScoreRun.objects.count() == 4
    assert month_ends(date(2026, 2, 28), date(2026, 3, 31)) == [date(2026, 2, 28), date(2026, 3, 31)]


@pytest.mark.parametrize(
    "args",
    [
        ("rescore", "--as-of", "2999-01-01"),
        ("rescore", "--as-of", "31.12.2025"),
        ("rescore", "--from", "2026-01-31"),
        ("rescore", "--from", "2026-03-31", "--to", "2026-01-31"),
        ("export_scores",),
        ("export_scores", "--as-of", "2026-04-29"),
        ("fit_churn", "--as-of", "2001-01-01"),
        ("backtest_churn", "--as-of", "2026-06-01"),
        ("backtest_churn", "--as-of", "2025-06-01", "--horizon", "0"),
    ],
)
def test_refusals_say_what_to_do(world: worlds.World, args: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as refused:
        said(*args)
    assert len(str(refused.value)) > 20


def test_export_has_one_row_per_customer_in_order_of_number(world: worlds.World) -> None:
    said("rescore", "--as-of", "2026-04-30")
    rows = list(csv.DictReader(io.StringIO(said("export_scores", "--as-of", "2026-04-30"))))
    assert list(rows[0]) == list(exports.COLUMNS)
    assert [row["customer_no"] for row in rows] == sorted(set(world.kinds) - world.binned)
    for row in rows:
        inside = row["r"] != ""
        assert all((row[name] != "") == inside for name in ("r", "f", "m", "total", "segment8", "group5", "grade4"))
        assert all(row[name] for name in ("tier", "lifecycle", "warning", "tier_scheme"))
        assert len({row[name] == "" for name in ("p_buy", "p_buy_at_last", "drop")}) == 1
        assert row["monetary"].partition(".")[2].isdigit()


def test_export_equals_what_is_computed_row_by_row(world: worlds.World) -> None:
    said("rescore", "--as-of", "2026-04-30")
    run = selectors.latest_run()
    exported = {row["customer_no"]: row for row in csv.DictReader(io.StringIO(said("export_scores")))}
    for row in selectors.ScoreInterval.objects.filter(selectors.in_force(DAY)).select_related("customer"):
        seen, line = selectors.outlook_of(row, run), exported.get(row.customer.number)
        if line is None:
            continue
        wanted = (seen.p_now, seen.p_last, seen.drop) if seen else None
        got = tuple(float(line[name]) for name in ("p_buy", "p_buy_at_last", "drop")) if line["p_buy"] else None
        assert got == (pytest.approx(wanted, abs=1e-6) if wanted else None)


def test_a_number_that_looks_like_a_formula_is_neutralised(world: worlds.World) -> None:
    worlds.Customer.objects.filter(number="K00000").update(number="=1+1")
    said("rescore", "--as-of", "2026-04-30")
    assert "'=1+1," in said("export_scores")


def test_fit_and_backtest_print_their_figures(world: worlds.World) -> None:
    fit = last_json("fit_churn", "--as-of", "2026-03-01", "--method", "map")
    assert {"r", "alpha", "a", "b", "log_likelihood", "customers", "method"} <= set(fit)
    back = last_json("backtest_churn", "--as-of", "2026-03-01")
    assert {"auc", "auc_actionable", "brier", "precision", "recall", "calibration"} <= set(back)
    assert sum(band["customers"] for band in back["calibration"]) == back["customers"]
