"""Routes of the area "dashboards"; how to write an entry: docs/access.md."""

from tests.access.matrix import Route, exported, scope_of


def _gives(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """A right on one's own warnings alone gives none of them away."""
    return {403} if role and scope_of(role, "warning.change") == "own" and owner in ("own", "") else None


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
    # A right on others' warnings gives them away; a rep's own ones are taken on.
    Route(
        "warning_give",
        {"POST": "warning.change"},
        kind="warning",
        data=lambda row, world: {"version": row.version, "to": "", "due_on": "2027-01-04"},
        expect=_gives,
    ),
    Route("warnings_give", {"POST": "warning.change"}, data=lambda row, world: {"ids": ["0"]}, expect=_gives),
    Route("team", {"GET": "dashboard.view"}),
    # The person is named by the form, and only people on the own board can be named.
    Route("target_save", {"POST": "target.change"}, data=lambda row, world: {"user": 0, "value": "1"}, ok={404}),
    Route("targets_copy", {"POST": "target.change"}, data=lambda row, world: {"month": "2026-11"}),
]
