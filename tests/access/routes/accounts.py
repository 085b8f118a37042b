"""Routes of sign-in, passwords and the profile."""

from typing import Any

from tests.access.matrix import LOGIN, OPEN, SIGNED_IN, Route


def _dead_link(row: Any, world: Any) -> dict[str, str]:
    return {"uid": "MQ", "token": "none"}


def _view_owners(world: Any) -> set[str]:
    """Whose view it is: the people on rows that one may see are named."""
    return {row.owner.name for (kind, _owner, _role), row in world.rows.items() if kind == "saved_view"}


ROUTES = [
    Route("login", {"GET": OPEN, "POST": OPEN}, data=lambda row, world: {"username": "a@b.cn", "password": "x"}),
    # Signing out twice is all right: it ends at the sign-in page for everybody.
    Route("logout", {"POST": OPEN}),
    Route("password_first", {"GET": SIGNED_IN, "POST": SIGNED_IN}),
    Route("password_change", {"GET": SIGNED_IN, "POST": SIGNED_IN}),
    Route("password_reset", {"GET": OPEN, "POST": OPEN}, data=lambda row, world: {"username": "a@b.cn"}),
    Route("password_reset_sent", {"GET": OPEN}),
    Route("password_reset_confirm", {"GET": OPEN, "POST": OPEN}, kwargs=_dead_link, ok=frozenset({410})),
    # There with bin/start --lan only.
    Route("trust", {"GET": OPEN}, ok=frozenset({404})),
    Route("trust_authority", {"GET": OPEN}, ok=frozenset({404})),
    Route("invitation", {"GET": OPEN, "POST": OPEN}, kwargs=lambda row, world: {"token": "none"}, ok=frozenset({410})),
    Route("profile", {"GET": SIGNED_IN, "POST": SIGNED_IN}, data=lambda row, world: {"name": "Changed"}),
    Route("ways", {"GET": SIGNED_IN, "POST": SIGNED_IN}, data=lambda row, world: {"quiet": "none"}),
    # What no browser sends is refused with a word.
    Route("device_add", {"POST": SIGNED_IN}, data=lambda row, world: {"endpoint": "https://127.0.0.1/"}),
    Route("device_remove", {"POST": SIGNED_IN}, kwargs=lambda row, world: {"pk": 999_999}, ok=frozenset({404})),
    # Nobody in the matrix has one of this number.
    Route("token_revoke", {"POST": SIGNED_IN}, kwargs=lambda row, world: {"pk": 999_999}, ok=frozenset({404})),
    # It ends at the sign-in page, that is the point of it.
    Route("sign_out_everywhere", {"POST": SIGNED_IN}, expect=lambda role, owner, method: {LOGIN}),
    Route("saved_view_list", {"GET": "saved_view.view"}, shows=_view_owners),
    Route(
        "saved_view_new",
        {"GET": "saved_view.add", "POST": "saved_view.add"},
        query=lambda row, world: {"listing": "customer_list", "query": "view=all"},
        data=lambda row, world: {"name": "Everybody"},
    ),
    Route(
        "saved_view_edit",
        {"GET": "saved_view.change", "POST": "saved_view.change"},
        kind="saved_view",
        data=lambda row, world: {"name": "Everybody"},
    ),
    Route(
        "saved_view_update",
        {"POST": "saved_view.change"},
        kind="saved_view",
        data=lambda row, world: {"query": "view=all", "version": "1"},
    ),
    Route("saved_view_pin", {"POST": "saved_view.view"}, kind="saved_view"),
    Route("saved_view_unpin", {"POST": "saved_view.view"}, kind="saved_view"),
    Route("saved_view_retire", {"POST": "saved_view.change"}, kind="saved_view"),
    Route("saved_view_restore", {"POST": "saved_view.change"}, kind="saved_view"),
]
