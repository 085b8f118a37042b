"""Routes of the area "dashboards"; how to write an entry: docs/access.md."""

from tests.access.matrix import Route, exported

ROUTES: list[Route] = [
    Route("segmentation", {"GET": "dashboard.view"}),
    exported("warning_export", "warning.export"),
    Route("warning_list", {"GET": "warning.view"}),
    Route(
        "warning_change",
        {"GET": "warning.change", "POST": "warning.change"},
        kind="warning",
        data=lambda row, world: {"version": row.version, "state": "working"},
    ),
    Route("team", {"GET": "dashboard.view"}),
    # The person is named by the form, and only people on the own board can be named.
    Route("target_save", {"POST": "target.change"}, data=lambda row, world: {"user": 0, "value": "1"}, ok={404}),
    Route("targets_copy", {"POST": "target.change"}, data=lambda row, world: {"month": "2026-11"}),
]
