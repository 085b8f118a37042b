"""Which tests run once more on a system PostgreSQL, and the proof that they execute every statement of the product.

The suite runs on the pinned PostgreSQL; repeating all of it on another version would double its time. What may differ
between versions is SQL that the ORM doesn't write: the migrations, which every run applies, and the statements in
`.sql` files. So the smoke run is the first case of some tests of a few files, with those cases that are marked because
they execute a statement of their own; it fails when a statement was left out (`bin/test -m smoke` repeats it on the
pinned version).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core import sql

ROOT = Path(__file__).parent.parent
# Of each file: all its tests, or where these take long those that are named.
CHOSEN: Mapping[Path, frozenset[str]] = {
    ROOT / name: frozenset(tests)
    for name, tests in {
        "accounts/tests/test_audit_only_grows.py": [],
        "accounts/tests/test_sign_in_throttle.py": [
            "test_parallel_guesses_never_exceed_the_limit",
            "test_the_device_of_one_person_counts_for_nobody_else",
        ],
        "core/tests/test_a_database_that_finds_no_chinese_is_refused.py": [
            "test_a_database_with_a_utf8_locale_passes",
            "test_health_is_all_right_about_this_one",
        ],
        "core/tests/test_outbox.py": [],
        "crm/tests/test_an_import_is_taken_back.py": [
            "test_orders_leave_the_database_as_it_was",
            "test_targets_and_rates",
        ],
        "crm/tests/merging/test_two_customers_become_one.py": ["test_an_undo_leaves_both_as_they_were"],
        "customers/tests/duplicates/test_the_night_finds_pairs.py": [
            "test_same_phone_and_name_is_certain_and_found_once",
        ],
        "customers/tests/imports/test_an_order_file_is_no_directory.py": [],
        "customers/tests/imports/test_customers_come_in_by_file.py": [
            "test_a_dry_run_counts_the_same",
            "test_filled_cells_replace_and_empty_ones_change_nothing",
        ],
        "customers/tests/imports/test_possible_duplicates_are_settled.py": [
            "test_each_row_is_decided_on_the_page_and_checked_again",
            "test_what_a_night_knows_of_a_name_is_asked_too_unless_too_many_bear_it",
        ],
        "customers/tests/imports/test_customers_of_an_import_are_one_click_away.py": [
            "test_new_customers_of_a_file_of_orders",
        ],
        "demo/tests/test_bench_measures_a_night.py": [],
        "demo/tests/test_scale_data_is_whole.py": [],
        "followups/tests/test_a_hold_out_leaves_customers_out_of_the_plan.py": [
            "test_a_night_while_it_ends_leaves_nobody_without_a_date",
            "test_who_changes_tier_or_owner_stays_on_their_side",
        ],
        "followups/tests/test_follow_ups_move_together.py": [
            "test_an_automatic_one_counts_as_chosen_and_is_the_plans_again_when_put_back",
            "test_two_undos_at_once_put_back_once",
        ],
        "followups/tests/test_occasions_of_the_year.py": [],
        "followups/tests/test_plans_at_night.py": [
            "test_the_night_agrees_with_the_plain_functions",
            "test_what_is_late_is_spread_and_the_best_come_first",
        ],
        "followups/tests/test_reminders.py": [],
        "followups/tests/test_the_cadence_table_is_edited.py": [
            "test_a_figure_of_the_effect_opens_its_customers_with_both_days",
            "test_two_who_bring_one_line_back_at_once_get_one",
        ],
        "followups/tests/test_the_first_day_back_is_not_overfull.py": [
            "test_the_night_deals_out_as_the_plain_functions_do",
        ],
        "followups/tests/test_what_activities_led_to.py": [],
        "followups/tests/test_what_lies_too_long_is_told.py": [],
        "intake/tests/jobs/test_the_page_of_columns.py": [],
        "intake/tests/jobs/test_users_targets_and_rates_come_in_by_the_page.py": [
            "test_rates_come_in_for_who_may_change_settings",
            "test_targets_come_in_for_people_in_reach",
            "test_users_come_in_by_the_page_and_their_passwords_go_to_the_sender",
        ],
        "responsibility/tests/test_nobody_is_taken_back_unwarned.py": [
            "test_an_open_order_protects_for_longer",
        ],
        "sales/tests/test_a_dry_run_shows_what_it_understood.py": [],
        "sales/tests/test_a_file_changes_orders_only_by_right.py": [],
        "sales/tests/test_buyers_whose_kind_nobody_named.py": [],
        "sales/tests/test_files_of_shops_are_known.py": [],
        "sales/tests/test_sums_of_sales_are_what_the_orders_say.py": [],
        "sales/tests/test_what_stands_beside_the_amount_counts.py": [],
        "segmentation/tests/test_a_rule_set_comes_into_force.py": [
            "test_a_preview_of_other_days_counts_the_orders_of_these_days",
            "test_sets_that_look_at_further_scores_rate_by_those_of_the_same_night",
        ],
        "segmentation/tests/test_costs_come_in_by_file.py": ["test_a_file_that_comes_again_changes_nothing"],
        "segmentation/tests/test_company_zone_decides_the_day.py": [],
        "segmentation/tests/test_forecasts_are_judged.py": [],
        "segmentation/tests/test_night_equals_the_pure_rules.py": [
            "test_with_a_fitted_model",
        ],
        "segmentation/tests/test_scoring_commands.py": [
            "test_export_equals_what_is_computed_row_by_row",
            "test_fit_and_backtest_print_their_figures",
        ],
        "segmentation/tests/test_sums_and_moves_reach_who_may_see_them.py": [],
        "segmentation/tests/test_tiers_set_by_hand.py": [],
        "segmentation/tests/test_who_may_become_high_value_by_further_criteria.py": [],
        "tests/runtime/test_a_backup_comes_back.py": [
            "test_a_failing_restore_leaves_the_place_as_empty_as_it_was",
            "test_the_drill_touches_nothing_and_leaves_nothing",
        ],
        "tests/runtime/test_database_smoke.py": [],
        "workbench/tests/test_changes_of_many_are_taken_back.py": ["test_a_tag_goes_and_comes_back_as_it_was"],
        "workbench/tests/test_a_control_tells_what_a_plan_changes.py": [],
        "workbench/tests/test_nights_of_the_future_are_taken_back.py": [
            "test_what_people_did_in_that_time_stays",
        ],
        "workbench/tests/test_what_each_tier_buys.py": [],
    }.items()
}
# Makes and measures data, and isn't the product.
ELSEWHERE = "demo"
# Run once by whoever operates the database; `bin/test --heavy audit_guard` tests it.
BY_HAND = ROOT / "accounts" / "sql" / "guard_audit_log.sql"


def is_chosen(path: Path, test: str) -> bool:
    """Whether the smoke run has this test of this file; `test` is the name of its function."""
    return path in CHOSEN and (not CHOSEN[path] or test in CHOSEN[path])


class Executed:
    """Notes which `.sql` files this run reads, on every worker, and fails the run when one wasn't."""

    def __init__(self) -> None:
        self.read: set[Path] = set()
        self._file = sql._file

    def pytest_sessionstart(self) -> None:
        """From here on every read is noted."""
        sql._file = self._noted  # type: ignore[assignment]

    def _noted(self, app: str, name: str) -> str:
        self.read.add(ROOT.joinpath(*app.split("."), "sql", f"{name}.sql"))
        return self._file(app, name)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """One worker of several has ended."""
        self.read |= {Path(path) for path in getattr(node, "workeroutput", {}).get("sql", ())}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A worker hands its notes over; who started the run compares."""
        if (output := getattr(session.config, "workeroutput", None)) is not None:
            output["sql"] = [str(path) for path in self.read]
        elif session.exitstatus == pytest.ExitCode.OK and (unread := sorted(statements() - self.read)):
            names = ", ".join(str(path.relative_to(ROOT)) for path in unread)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            reporter = session.config.pluginmanager.get_plugin("terminalreporter")
            reporter.write_line(f"\nNo smoke test executes {names}: add a file that does to tests/smoke.py.", red=True)


def statements() -> set[Path]:
    """Every `.sql` file of the product."""
    folders = (path for path in ROOT.iterdir() if path.joinpath("apps.py").exists() and path.name != ELSEWHERE)
    return {path for folder in folders for path in folder.rglob("*.sql")} - {BY_HAND}
