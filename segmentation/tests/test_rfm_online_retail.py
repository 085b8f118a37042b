"""The reference scores of the Online Retail log: every customer, every score, every group."""

import csv
from collections import defaultdict
from datetime import date, timedelta

import pytest

from segmentation import rfm
from segmentation.tests import logs

AS_OF = date(2011, 12, 9)
NAMES = {
    "segment8": {
        "重要价值客户": "champion",
        "重要保持客户": "loyal_key",
        "重要发展客户": "growth_key",
        "重要挽留客户": "rescue_key",
        "一般价值客户": "champion_low",
        "一般保持客户": "loyal_low",
        "一般发展客户": "growth_low",
        "一般挽留客户": "rescue_low",
    },
    "group5": {
        "高价值客户": "high",
        "重要发展客户": "growth",
        "稳定维护客户": "steady",
        "一般价值客户": "general",
        "低价值客户": "low",
    },
    "grade4": {"高价值": "high", "潜力": "potential", "普通": "ordinary", "低价值": "low"},
}


def code11(name: str) -> str:
    """The stable code of a name in the reference file."""
    return "loyal" if name == "Loyal Customers" else name.lower().replace("'", "").replace(" ", "_")


@pytest.fixture(scope="module")
def measures() -> dict[str, rfm.Measures]:
    """R, F and M of every customer with a purchase in the window."""
    start = AS_OF - timedelta(days=rfm.WINDOW_DAYS - 1)
    last: dict[str, date] = {}
    count: dict[str, int] = defaultdict(int)
    net: dict[str, int] = defaultdict(int)
    for invoice, customer, moment, cents in logs.online_retail_orders():
        day = moment.date()
        if not start <= day <= AS_OF:
            continue
        net[customer] += cents
        if cents > 0 and not invoice.startswith("C"):
            count[customer] += 1
            last[customer] = max(day, last.get(customer, day))
    return {key: rfm.Measures((AS_OF - last[key]).days, count[key], net[key]) for key in last}


@pytest.fixture(scope="module")
def reference() -> list[dict[str, str]]:
    path = logs.online_retail_folder() / "ref_rfm_online_retail.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_published_cut_points(measures: dict[str, rfm.Measures]) -> None:
    cuts = rfm.calibrate(list(measures.values()))
    assert cuts.recency == (169, 67, 30, 11)
    assert cuts.frequency == (2, 3, 4, 6)
    assert cuts.monetary == (23678, 46798, 91115, 199028)


def test_every_customer_equals_the_reference(
    measures: dict[str, rfm.Measures], reference: list[dict[str, str]]
) -> None:
    cuts = rfm.calibrate(list(measures.values()))
    assert len(reference) == len(measures) == 4264
    assert [row for row in reference if _differs(row, measures[row["customer_id"]], cuts)] == []


def _differs(row: dict[str, str], got: rfm.Measures, cuts: rfm.CutPoints) -> bool:
    scores = rfm.score_customer(got, cuts)
    expected = (int(row["recency_days"]), int(row["frequency"]), round(float(row["monetary"]) * 100))
    groups = (rfm.segment8(*scores), rfm.group5(*scores), rfm.grade4(*scores), rfm.segment11(*scores[:2]))
    wanted = (
        NAMES["segment8"][row["seg8"]],
        NAMES["group5"][row["seg5"]],
        NAMES["grade4"][row["grade4"]],
        code11(row["seg11"]),
    )
    same_scores = scores == (int(row["r"]), int(row["f"]), int(row["m"]))
    return (got.recency, got.frequency, got.monetary) != expected or not same_scores or groups != wanted


def test_segments_above_the_mean_equal_the_reference(
    measures: dict[str, rfm.Measures], reference: list[dict[str, str]]
) -> None:
    cuts = rfm.calibrate(list(measures.values()))
    scores = {key: rfm.score_customer(value, cuts) for key, value in measures.items()}
    sums = tuple(sum(row[place] for row in scores.values()) for place in range(3))
    for row in reference:
        got = rfm.segment8_above_mean(scores[row["customer_id"]], sums, len(scores))
        assert got == NAMES["segment8"][row["seg8_mean"]]


def test_rank_scores_equal_frozen_cut_points(measures: dict[str, rfm.Measures]) -> None:
    rows = list(measures.values())
    cuts = rfm.calibrate(rows)
    by_cut = [rfm.score_customer(row, cuts) for row in rows]
    ranked = zip(
        rfm.rank_scores([row.recency for row in rows], lower_is_better=True),
        rfm.rank_scores([row.frequency for row in rows]),
        rfm.rank_scores([row.monetary for row in rows]),
        strict=True,
    )
    assert by_cut == list(ranked)
