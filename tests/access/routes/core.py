"""Routes of the area "core"; how to write an entry: docs/access.md."""

from tests.access.matrix import OPEN, SIGNED_IN, Route

ROUTES = [
    Route("healthz", {"GET": OPEN}),
    Route("metrics", {"GET": OPEN}, ok={404}),  # there is none without METRICS_TOKEN
    Route("language", {"POST": OPEN}, data=lambda row, world: {"language": "en"}),
    Route("theme", {"POST": OPEN}, data=lambda row, world: {"theme": "dark"}),
    Route("draft", {"POST": SIGNED_IN}, data=lambda row, world: {"form_key": "log:1", "data": "x"}),
    Route("styleguide", {"GET": SIGNED_IN}),
]
