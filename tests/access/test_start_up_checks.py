"""A misspelt permission stops the start: in a view at import, in the menu and on models by a system check."""

from typing import Any

import pytest

from accounts import checks
from accounts.decorators import needs
from core import contributions
from core.contributions import Contribution, MenuEntry, Registry, Resource, registry
from customers.models import Customer


def test_everything_that_is_registered_now_is_right() -> None:
    assert checks.permission_names() == []


def test_a_view_with_a_typo_does_not_load() -> None:
    with pytest.raises(ValueError, match=r"custmer\.view"):
        needs("custmer.view")


def test_a_permission_that_no_role_holds_is_a_typo_too() -> None:
    assert "customer.fly" not in registry().permissions
    assert "audit.delete" not in registry().permissions


def test_a_menu_entry_with_a_typo_is_named(monkeypatch: Any) -> None:
    odd = (MenuEntry("X", "x", "x", "customer.veiw"), MenuEntry("Y", "y", "x", group="nowhere"))
    monkeypatch.setattr(contributions, "_registry", Registry([*registry().parts, Contribution("odd", menu=odd)]))
    found = str(checks.permission_names())
    assert "customer.veiw" in found
    assert "nowhere" in found


def test_a_model_with_an_unknown_resource_or_class_is_named(monkeypatch: Any) -> None:
    monkeypatch.setattr(Customer, "scope_resource", "client")
    monkeypatch.setattr(Customer, "mask_fields", {"phone": "telephone"})
    found = str(checks.permission_names())
    assert "client" in found
    assert "telephone" in found


def test_a_grant_in_unknown_words_is_named(monkeypatch: Any) -> None:
    odd = Resource("boat", "boats", {"captain": {"own": "view"}, "rep": {"fleet": "view sail"}})
    monkeypatch.setattr(
        contributions, "_registry", Registry([*registry().parts, Contribution("boats", resources=(odd,))])
    )
    found = str(checks.permission_names())
    assert all(f"grants of boat: {name!r}" in found for name in ("captain", "fleet", "sail"))
