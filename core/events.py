"""Events that a lower app publishes and an upper app handles, both named in their contributions.

`publish` runs the handlers in the caller's transaction, in the order of the apps; an error rolls all back.
"""

from typing import Any

from core.contributions import registry


def publish(event: str, **payload: Any) -> None:
    """Call all handlers of `event` with the payload as keywords."""
    for handler in registry().handlers[event]:
        handler(**payload)
