"""Events that a lower app publishes and an upper app handles; crm/wiring.py is the one table of handlers.

`publish` runs the handlers in the caller's transaction, in the order of registration; an error rolls all back.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Handler = Callable[..., None]
_handlers: dict[str, list[Handler]] = defaultdict(list)


def subscribe(event: str, handler: Handler) -> None:
    """Add a handler once; called from crm/wiring.py only."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def publish(event: str, **payload: Any) -> None:
    """Call all handlers of `event` with the payload as keywords."""
    for handler in _handlers[event]:
        handler(**payload)
