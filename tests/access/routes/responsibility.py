"""Routes of the area "responsibility"; how to write an entry: docs/access.md."""

from tests.access.matrix import LOGIN, Route, scope_of


def _own_only(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """One's own remarks; of others one reads them."""
    if role is None:
        return {LOGIN}
    scope = scope_of(role, "appraisal.view")
    if owner == "own":
        return {200} if method == "GET" else {200, 302, 409, 422}
    return {403} if scope == "all" or (scope == "team" and owner == "mate") else {404}


def _not_own(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """Nobody writes their own sheet."""
    if role is None or scope_of(role, "appraisal.change") is None or owner != "own":
        return None
    return {403}


def _person_or_lead(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """Signed, and measures done, by the person or by who writes the sheet."""
    if role is None or owner == "own" or scope_of(role, "appraisal.change") is not None:
        return None
    return {403} if scope_of(role, "appraisal.view") == "all" else {404}


def _its_owner(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """A decision is closed by its owner, here a rep, or by who keeps the reviews."""
    if (
        role is None
        or scope_of(role, "system_review.view") is None
        or scope_of(role, "system_review.change") is not None
    ):
        return None
    return {403}


ROUTES: list[Route] = [
    Route("appraisal_list", {"GET": "appraisal.view"}),
    Route("appraisal_new", {"GET": "appraisal.add", "POST": "appraisal.add"}),
    Route("appraisal", {"GET": "appraisal.view"}, kind="appraisal"),
    Route(
        "appraisal_edit",
        {"GET": "appraisal.change", "POST": "appraisal.change"},
        kind="appraisal",
        data=lambda row, world: {"remarks": "changed", "version": row.version},
        expect=_not_own,
    ),
    Route(
        "appraisal_answer",
        {"GET": "appraisal.view", "POST": "appraisal.view"},
        kind="appraisal",
        data=lambda row, world: {"answer": "changed", "version": row.version},
        expect=_own_only,
    ),
    Route("appraisal_figures", {"POST": "appraisal.change"}, kind="appraisal", expect=_not_own),
    Route(
        "appraisal_sign",
        {"POST": "appraisal.view"},
        kind="appraisal",
        data=lambda row, world: {"version": row.version},
        expect=_person_or_lead,
    ),
    Route(
        "measure_new",
        {"GET": "appraisal.change", "POST": "appraisal.change"},
        kind="appraisal",
        data=lambda row, world: {"text": "more", "due_on": "2026-12-01"},
        expect=_not_own,
    ),
    Route("measure_remove", {"POST": "appraisal.change"}, kind="measure", expect=_not_own),
    Route("measure_done", {"POST": "appraisal.view"}, kind="measure", expect=_person_or_lead),
    Route("system_review_list", {"GET": "system_review.view"}),
    Route("system_review", {"GET": "system_review.view"}, kind="review"),
    Route(
        "system_review_new",
        {"GET": "system_review.change", "POST": "system_review.change"},
        data=lambda row, world: {"subject": "2027", "held_on": "2026-11-20", "looked_at": "Tiers."},
    ),
    Route(
        "system_review_edit",
        {"GET": "system_review.change", "POST": "system_review.change"},
        kind="review",
        data=lambda row, world: {"subject": "changed", "version": row.version},
    ),
    Route(
        "decision_new",
        {"GET": "system_review.change", "POST": "system_review.change"},
        kind="review",
        data=lambda row, world: {"text": "more", "due_on": "2026-12-01"},
    ),
    Route(
        "decision_done",
        {"GET": "system_review.view", "POST": "system_review.view"},
        kind="decision",
        data=lambda row, world: {"outcome": "done"},
        expect=_its_owner,
    ),
    Route("decision_reopen", {"POST": "system_review.view"}, kind="decision", expect=_its_owner),
    Route("hand_over_list", {"GET": "customer.assign"}),
    Route("hand_over", {"GET": "customer.assign"}, kind="hand_over"),
    Route("hand_over_undo", {"POST": "customer.assign"}, kind="hand_over"),
    Route("allocation_list", {"GET": "setting.view"}),
    Route(
        "allocation_new",
        {"GET": "setting.change", "POST": "setting.change"},
        data=lambda row, world: {"name": "East", "people": [world.people["mate"].pk], "how": "turn", "is_on": "on"},
    ),
    Route(
        "allocation_edit",
        {"GET": "setting.change", "POST": "setting.change"},
        kind="allocation_rule",
        data=lambda row, world: {"name": "changed", "people": row.people, "how": "load", "version": row.version},
    ),
    Route("allocation_move", {"POST": "setting.change"}, kind="allocation_rule", data=lambda row, world: {"up": "1"}),
    Route("allocation_remove", {"POST": "setting.change"}, kind="allocation_rule"),
    Route("duty_list", {"GET": "duty.view"}),
    Route("duties", {"GET": "duty.view"}, kind="duties"),
    Route("duties_accept", {"POST": "duty.view"}, kind="duties", data=lambda row, world: {"number": "1"}),
    Route(
        "duty_new",
        {"GET": "duty.change", "POST": "duty.change"},
        data=lambda row, world: {"name": "Visits", "duties": "Visit."},
    ),
    Route(
        "duty_edit",
        {"GET": "duty.change", "POST": "duty.change"},
        kind="duties",
        data=lambda row, world: {"name": "changed", "duties": "Visit.", "version": row.version},
    ),
    Route("duty_retire", {"POST": "duty.change"}, kind="duties"),
    Route("duty_restore", {"POST": "duty.change"}, kind="duties"),
    # Of people on the board whose targets one may change; the page of anybody else isn't known.
    Route(
        "person_targets",
        {"GET": "target.change", "POST": "target.change"},
        kwargs=lambda row, world: {"pk": world.people["rep"].pk},
        data=lambda row, world: {"revenue": "1000"},
        ok=frozenset({404}),
    ),
    Route("pool_share_out", {"POST": "customer.assign"}),
    Route("leaving_list", {"GET": "customer.view"}),
    Route(
        "pool_settings",
        {"GET": "setting.view", "POST": "setting.change"},
        data=lambda row, world: {
            **{"claims_a_day": "5", "looks_a_day": "50", "warned_days": "7", "protected_days": "90"},
            "version": 0,
        },
    ),
]
