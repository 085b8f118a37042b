"""What the apps contribute is complete, and docs/contributions.md says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.template.loader import get_template
from django.urls import reverse
from django.utils.module_loading import import_string

from core.contributions import PANEL_PLACES, registry
from ui import nav

ROOT = Path(__file__).resolve().parents[1]


def test_every_model_with_a_reach_has_a_name():
    """Audit lines, toasts and choosers speak of rows by what their app calls them."""
    models = [model._meta.label_lower for model in apps.get_models() if hasattr(model, "scope_resource")]
    assert sorted(set(models) - set(registry().named)) == []


def test_names_stand_for_models_that_exist():
    known = {model._meta.label_lower for model in apps.get_models()}
    assert sorted(set(registry().named) - known) == []


def test_every_act_belongs_to_a_resource_or_to_signing_in():
    alone = {"sign_in", "sign_in_failed", "sign_out", "denied"}
    assert alone == {code for code in registry().acts if "." not in code}


def test_the_view_sets_exist_and_ask_for_a_resource_that_is_contributed():
    for collection in registry().collections.values():
        view = import_string(collection.view)
        assert view.resource in registry().resources, collection.prefix


def test_the_pages_exist():
    assert nav.unresolved() == []
    for item in (*registry().settings_cards, *registry().customer_actions, *registry().first_steps.values()):
        assert reverse(item.page)


def test_each_part_of_the_history_has_a_tab_and_a_template():
    for part in registry().timeline.values():
        assert part.tab in registry().timeline_tabs
        get_template(part.template)


def test_each_panel_of_a_customers_page_has_a_place_a_right_and_a_template():
    for panel in registry().customer_panels.values():
        assert panel.place in PANEL_PLACES, panel.key
        assert not panel.permission or panel.permission in registry().permissions, panel.key
        get_template(panel.template)


def test_each_card_of_today_has_a_right_and_a_template():
    for card in registry().today_cards.values():
        assert not card.permission or card.permission in registry().permissions, card.key
        get_template(card.template)
    for column in registry().team_columns.values():
        get_template(column.template)


def test_what_the_search_knows_has_a_right_and_a_list_that_exists():
    for source in registry().search.values():
        assert source.permission in registry().permissions, source.key
        assert not source.page_right or source.page_right in registry().permissions, source.key
        assert not source.page or reverse(source.page), source.key


def test_kept_rows_have_the_field_that_ages_them():
    for keep in registry().every(lambda part: part.keeps):
        assert apps.get_model(keep.model)._meta.get_field(keep.field), keep


def test_the_page_about_contributions_is_what_the_apps_say():
    """Renewed by `bin/manage contributions --write`."""
    assert call_command("contributions", "--check") is None  # CommandError says how to renew it


def test_an_old_page_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    old = tmp_path / "contributions.md"
    old.write_text("# What each app contributes\n", encoding="utf-8")
    monkeypatch.setattr("crm.management.commands.contributions.PAGE", old)
    with pytest.raises(CommandError, match="contributions --write"):
        call_command("contributions", "--check")
