"""What a person holds, counted by the apps above: shown before somebody is switched off or moved."""

from accounts.models import User
from core.contributions import registry


def holdings(reader: User, person: User) -> dict[str, int]:
    """Name -> how many of them the person holds, as far as the reader may see them."""
    return {name: holding.count(reader, person) for name, holding in registry().holdings.items()}
