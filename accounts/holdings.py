"""What a person holds, counted by the apps above: shown before somebody is switched off or moved."""

from collections.abc import Callable

from accounts.models import User

Counter = Callable[[User, User], int]  # (reader, person) -> how many the reader may see
_counters: dict[str, Counter] = {}


def register(name: str, counter: Counter) -> None:
    """Called when the app that owns these rows starts."""
    _counters[name] = counter


def holdings(reader: User, person: User) -> dict[str, int]:
    """Name -> how many of them the person holds, as far as the reader may see them."""
    return {name: count(reader, person) for name, count in _counters.items()}
