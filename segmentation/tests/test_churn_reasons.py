"""Reasons of a warning: which hold, in which order, with which numbers."""

from segmentation import churn
from segmentation.churn import Cycle, Outlook, Signs, reasons


def codes(signs: Signs) -> list[str]:
    return [reason.code for reason in reasons(signs)]


def test_worked_customer() -> None:
    signs = Signs(silent=184, cycle=Cycle(6, 17.5), outlook=Outlook(0.028453, 0.859328))
    first, second, third = reasons(signs)
    assert (first.code, round(first.numbers["ratio"], 2)) == ("SILENT_VS_CYCLE", 10.51)
    assert (second.code, second.numbers["horizon"]) == ("DROP", 90)
    assert third == churn.Reason("LONG_SILENT", {"silent": 184})


def test_nothing_wrong_gives_no_reason() -> None:
    assert codes(Signs(silent=3, cycle=Cycle(5, 20.0), outlook=Outlook(0.9, 0.92))) == []


def test_all_reasons_come_in_the_fixed_order() -> None:
    signs = Signs(
        silent=200,
        cycle=Cycle(4, 20.0),
        outlook=Outlook(0.1, 0.8),
        days_last_half=1,
        days_before=5,
        net_last_half=100,
        net_before=9000,
        median_order=500,
        contact_silent=60,
        contact_planned=30,
        open_complaints=1,
        csat=2,
    )
    assert codes(signs) == list(churn.REASON_CODES)


def test_two_intervals_are_no_cycle() -> None:
    assert codes(Signs(silent=80, cycle=Cycle(2, 10.0))) == []


def test_half_as_many_purchases_is_not_yet_fewer_than_half() -> None:
    assert codes(Signs(silent=1, days_last_half=2, days_before=4)) == []
    assert codes(Signs(silent=1, days_last_half=1, days_before=3)) == ["FREQ_DOWN"]
    assert codes(Signs(silent=1, days_last_half=0, days_before=2)) == []


def test_a_small_amount_before_is_no_fall() -> None:
    assert codes(Signs(silent=1, net_last_half=0, net_before=400, median_order=500)) == []
    assert codes(Signs(silent=1, net_last_half=0, net_before=500, median_order=500)) == ["AMOUNT_DOWN"]


def test_contact_counts_only_against_a_plan() -> None:
    assert codes(Signs(silent=1, contact_silent=400)) == []
    assert codes(Signs(silent=1, contact_silent=59, contact_planned=30)) == []
    assert codes(Signs(silent=1, contact_silent=60, contact_planned=30)) == ["NO_CONTACT"]


def test_one_open_or_two_recent_complaints() -> None:
    assert codes(Signs(silent=1, complaints_180=1)) == []
    assert codes(Signs(silent=1, complaints_180=2)) == ["COMPLAINT"]
    assert codes(Signs(silent=1, open_complaints=1)) == ["COMPLAINT"]


def test_dissatisfied_by_either_answer() -> None:
    assert codes(Signs(silent=1, csat=3, nps=7)) == []
    assert reasons(Signs(silent=1, csat=5, nps=0)) == [churn.Reason("LOW_SCORE", {"nps": 0})]


def test_own_cycle_merges_purchases_of_a_day() -> None:
    assert churn.cycle([10, 10, 20, 40, 70]) == Cycle(3, 20.0, 15.0, 25.0)
    assert churn.cycle([5, 5]) == Cycle(0)
