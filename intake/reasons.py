"""Why rows are refused, put together: rows that are refused for the same thing have one gist."""

import re

_QUOTED = re.compile(r"“[^”]*”")


def gist(reason: str) -> str:
    """The reason without what the row itself says."""
    return _QUOTED.sub("“…”", reason)
