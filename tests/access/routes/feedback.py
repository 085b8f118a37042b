"""Routes of the area "feedback"; how to write an entry: docs/access.md."""

from tests.access.matrix import Route

ROUTES: list[Route] = [
    Route("feedback", {"GET": "complaint.view"}),
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
]
