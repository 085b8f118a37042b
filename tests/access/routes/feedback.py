"""Routes of the area "feedback"; how to write an entry: docs/access.md."""

from tests.access.matrix import LOGIN, Route, exported, scope_of


def never_binned(role: str | None, owner: str, method: str) -> set[int | str]:
    """No complaint of the world lies in the bin while its customer doesn't: nothing to bring back."""
    if role is None:
        return {LOGIN}
    return {404} if scope_of(role, "complaint.delete") else {403}


ROUTES: list[Route] = [
    Route("feedback", {"GET": "complaint.view"}),
    exported("complaint_export", "complaint.export"),
    Route("complaint_list", {"GET": "complaint.view"}),
    Route(
        "complaint_new",
        {"GET": "complaint.add", "POST": "complaint.add"},
        kind="customer",
        query=lambda row, world: {"customer": row.pk},
        data=lambda row, world: {"text": "changed", "category": "product", "severity": "low", "channel": "phone"},
    ),
    Route(
        "complaint",
        {"GET": "complaint.view", "POST": "complaint.change"},
        kind="complaint",
        data=lambda row, world: {"act": "move", "to": "graded", "severity": "low", "version": row.version},
    ),
    Route("complaint_delete", {"POST": "complaint.delete"}, kind="complaint"),
    Route("complaint_bin", {"GET": "complaint.delete"}),
    Route("complaint_restore", {"POST": "complaint.delete"}, kind="complaint", expect=never_binned),
]
