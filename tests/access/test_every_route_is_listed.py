"""A new address without an entry in tests/access/routes/ fails here."""

from collections import Counter

from core.contributions import registry
from tests.access.matrix import OPEN, SIGNED_IN, all_routes
from tests.access.routes import ALL


def test_every_route_has_an_entry() -> None:
    missing = sorted(set(all_routes()) - {route.name for route in ALL})
    assert not missing, f"no entry in tests/access/routes/ for: {', '.join(missing)} (see docs/access.md)"


def test_no_entry_outlives_its_route() -> None:
    assert not sorted({route.name for route in ALL} - set(all_routes()))


def test_an_entry_names_real_methods_and_permissions() -> None:
    for route in ALL:
        for method, permission in route.methods.items():
            assert method in ("GET", "POST", "PUT", "PATCH", "DELETE"), route
            assert permission in (OPEN, SIGNED_IN) or permission in registry().permissions, route


def test_an_address_has_one_entry_or_says_why_not() -> None:
    """Two entries for one url name are allowed only for different rows (kind)."""
    twice = Counter((route.name, route.kind, tuple(route.methods)) for route in ALL)
    assert not [key for key, count in twice.items() if count > 1]


def test_negative_control_an_unlisted_route_is_found() -> None:
    assert "healthz" in all_routes()
    assert "healthz" not in set(all_routes()) - {route.name for route in ALL}
    assert "healthz" in set(all_routes()) - {route.name for route in ALL if route.name != "healthz"}
