"""Routes of the area "customers"; how to write an entry: docs/access.md."""

from typing import Any

from customers.models import DuplicatePair
from tests.access.matrix import LOGIN, OPEN, SIGNED_IN, Route, exported, is_seen, may, scope_of
from tests.access.policy_table import MASKS
from tests.access.world import RELATION


def _customer(row: Any, world: Any) -> dict[str, Any]:
    return {"customer": row.pk}


def _ids(row: Any, world: Any) -> dict[str, Any]:
    """Rows of everybody: those out of reach are left out without a word."""
    return {"ids": [found.pk for (kind, _o, _r), found in world.rows.items() if kind == "customer"]}


def _restored(role: str | None, owner: str, method: str) -> set[int | str]:
    """Who may take a file out of the bin: who put it there (nobody of these), lead, manager, administrator."""
    if role is None:
        return {LOGIN}
    scope = scope_of(role, "customer.delete")
    if scope is None:
        return {403}
    return {302} if owner == "deleted" and scope != "own" else {404}


def _purged(role: str | None, owner: str, method: str) -> set[int | str]:
    """Final deletion: who may purge takes it out of what they see in the bin."""
    return _restored(role, owner, method) if role is None or scope_of(role, "customer.purge") else {403}


def _pair(row: Any, world: Any) -> dict[str, Any]:
    return {"pk": DuplicatePair.objects.get(first=row).pk}


def _other(row: Any, world: Any) -> dict[str, Any]:
    """Another company of the same owner."""
    return {"customer": DuplicatePair.objects.get(first=row).second_id}


def _both_seen(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """Pairs and merges in the pool are for who may merge everywhere: to others too little is shown of them. A lead
    who sees only the customer of another team knows of neither."""
    scope = scope_of(role, "customer.merge") if role else None
    return {404} if owner == "none" and scope and scope != "all" else None


def _never_binned(role: str | None, owner: str, method: str) -> set[int | str]:
    """No contact of the world lies in the bin while its customer doesn't: nothing to bring back."""
    if role is None:
        return {LOGIN}
    return {404} if scope_of(role, "contact.delete") else {403}


def corrected(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """Entries of others (here those of a customer's owner) are corrected by `change`; one's own by `add`."""
    if role is None or scope_of(role, "interaction.add") is None or owner == "deleted":
        return None
    if owner == "own" or may(role, "interaction.change", "interaction", owner):
        return None
    return {403} if is_seen(role, "interaction", owner) else {404}


def _binned_names(world: Any) -> set[str]:
    """The recycle bin names deleted customers to those who may bring them back."""
    return {text for text, kind, owner, _whose in world.secrets if kind == "customer" and owner == "deleted"}


NEW = {"kind": "company", "name": "changed", "phone": "13912345678", "channel": "1"}
LOG = {"kind": "call", "result": "reached", "next_step": "3", "occurred_at": "2026-11-01T10:00"}


def _on_customer(row: Any, world: Any) -> dict[str, Any]:
    return {"on": "customer", "row": row.pk}


def masked_stay_out(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """A file may show what masking hides: who reads the customer masked and can't reveal it sees only its name.

    The world's files have nothing on the disk: 404 lets in."""
    if role is None or not may(role, "attachment.view", "attachment", owner):
        return None
    full = MASKS[role][RELATION[owner]] == "full" or scope_of(role, "customer.reveal")
    return {404} if full else {403}


def _small(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """Small pictures aren't shown where each look would have to go on record."""
    if role is None or not may(role, "attachment.view", "attachment", owner):
        return None
    return {404} if MASKS[role][RELATION[owner]] == "full" else {403}


def _not_in_the_bin(role: str | None, owner: str, method: str) -> set[int | str]:
    """No file of the world lies in the bin while its customer doesn't: nothing to bring back."""
    if role is None:
        return {LOGIN}
    return {404} if scope_of(role, "attachment.delete") else {403}


def _no_paper_in_the_bin(role: str | None, owner: str, method: str) -> set[int | str]:
    """As of files."""
    if role is None:
        return {LOGIN}
    return {404} if scope_of(role, "original.delete") else {403}


def _not_of_the_pool(role: str | None, owner: str, method: str) -> set[int | str] | None:
    """Of a customer in the pool only who reaches every customer is told more than that it is there."""
    scope = None if role is None else scope_of(role, "customer.view")
    return {404} if owner == "none" and scope not in (None, "all") else None


ROUTES: list[Route] = [
    Route("relation_new", {"GET": "relation.add", "POST": "relation.add"}, kind="customer", query=_other),
    Route(
        "relation_edit",
        {"GET": "relation.change", "POST": "relation.change"},
        kind="relation",
        data=lambda row, world: {"note": "changed", "version": row.version},
    ),
    Route("relation_end", {"POST": "relation.delete"}, kind="relation"),
    Route("relation_restore", {"POST": "relation.delete"}, kind="relation"),
    Route("original_list", {"GET": "original.view"}),
    exported("original_export", "original.export"),
    Route("original_bin", {"GET": "original.delete"}),
    Route("original_new", {"GET": "original.add", "POST": "original.add"}, kind="customer", query=_customer),
    Route(
        "original_edit",
        {"GET": "original.change", "POST": "original.change"},
        kind="original",
        data=lambda row, world: {"title": "changed", "version": row.version},
    ),
    Route("original_delete", {"POST": "original.delete"}, kind="original"),
    Route("original_restore", {"POST": "original.delete"}, kind="original", expect=_no_paper_in_the_bin),
    Route("attachment_list", {"GET": "attachment.view"}),
    exported("attachment_export", "attachment.export"),
    Route("attachment_bin", {"GET": "attachment.delete"}),
    Route("attachment_new", {"GET": "attachment.add", "POST": "attachment.add"}, kind="customer", query=_on_customer),
    Route(
        "attachment_edit",
        {"GET": "attachment.change", "POST": "attachment.change"},
        kind="attachment",
        data=lambda row, world: {"what": "quote", "seen": "me", "version": row.version},
    ),
    Route("attachment_download", {"GET": "attachment.view"}, kind="attachment", expect=masked_stay_out),
    Route("attachment_picture", {"GET": "attachment.view"}, kind="attachment", expect=masked_stay_out),
    Route("attachment_small", {"GET": "attachment.view"}, kind="attachment", expect=_small),
    Route("attachment_delete", {"POST": "attachment.delete"}, kind="attachment"),
    Route("attachment_restore", {"POST": "attachment.delete"}, kind="attachment", expect=_not_in_the_bin),
    Route("file_keep", {"POST": "attachment.add"}),
    Route(
        "file_small",
        {"GET": "attachment.add"},
        kwargs=lambda row, world: {"stored": "nobodys"},  # waits for nobody's form
        ok=frozenset({404}),
    ),
    # Without sign-in: anybody may fill in a form that is open.
    Route(
        "capture",
        {"GET": OPEN, "POST": OPEN},
        kwargs=lambda row, world: {"slug": "none"},
        ok=frozenset({404}),
        key=True,
    ),
    Route("registration_list", {"GET": "registration.view"}),
    Route("registration", {"GET": "registration.view"}, kind="registration"),
    Route("registration_join", {"POST": "registration.change"}, kind="registration"),
    Route("registration_new_file", {"POST": "registration.change"}, kind="registration"),
    Route("registration_drop", {"POST": "registration.change"}, kind="registration"),
    Route("consent_list", {"GET": "consent.view"}, kind="customer"),
    Route(
        "consent_new",
        {"GET": "consent.add", "POST": "consent.add"},
        kind="customer",
        data=lambda row, world: {
            "allowed": "no",
            "channel": "all",
            "topic": "all",
            "source": "spoken",
            "at": "2026-11-20T10:00",
        },
    ),
    Route("customer_list", {"GET": "customer.view"}),
    exported("customer_export", "customer.export"),
    Route("customer_filters", {"GET": "customer.view"}),
    Route("search", {"GET": SIGNED_IN}, query=lambda row, world: {"q": "firm"}, htmx=True),
    Route("customer", {"GET": "customer.view"}, kind="customer"),
    Route("customer_follow", {"POST": "customer.view"}, kind="customer", data=lambda row, world: {"on": "1"}),
    Route("customer_briefing", {"GET": "customer.view"}, kind="customer"),
    Route("customer_timeline", {"GET": "customer.view"}, kind="customer", htmx=True),
    Route(
        "customer_step",
        {"GET": "customer.view"},
        kind="customer",
        kwargs=lambda row, world: {"pk": row.pk, "way": "next"},
    ),
    Route("customer_known", {"POST": "customer.add"}, data=lambda row, world: {"name": "x"}),
    Route("duplicate_list", {"GET": "customer.view"}),
    *(
        Route(name, dict.fromkeys(methods, "customer.merge"), kind="customer", kwargs=_pair, expect=_both_seen)
        for name, methods in (
            ("duplicate_pair", ("GET", "POST")),
            ("duplicate_different", ("POST",)),
            ("duplicate_open", ("POST",)),
        )
    ),
    Route("merge_list", {"GET": "customer.merge"}),
    Route(
        "customer_disclose",
        {"GET": "customer.disclose", "POST": "customer.disclose"},
        kind="customer",
        query=_customer,
        data=lambda row, world: {"reason": "asked for it"},
    ),
    Route("customers_merge", {"GET": "customer.merge", "POST": "customer.merge"}),
    Route(
        "customer_merge",
        {"GET": "customer.merge", "POST": "customer.merge"},
        kind="customer",
        query=lambda row, world: {"customer": row.pk},
    ),
    Route(
        "merge_undo",
        {"GET": "customer.merge", "POST": "customer.merge"},
        kind="customer",
        kwargs=lambda row, world: {"pk": row.merges.get().pk},
        expect=_both_seen,
    ),
    Route("quality_review_list", {"GET": "review.view"}),
    # No such sheet: refused before it is looked for. Whose sheets one sees: test_a_review_is_signed_off_each_month.py.
    Route(
        "quality_review",
        {"GET": "review.view", "POST": "review.change"},
        kwargs=lambda row, world: {"pk": 999_999},
        data=lambda row, world: {"act": "sign", "note": "changed"},
        ok=frozenset({404}),
    ),
    Route("quality_board", {"GET": "customer.view"}),
    Route("data_quality", {"GET": "customer.view"}),
    Route("verification_list", {"GET": "customer.view"}),
    # What the reader sees masked they can't confirm.
    Route(
        "verification",
        {"GET": "customer.change", "POST": "customer.change"},
        kind="customer",
        data=lambda row, world: {"changed": "region", "how": "call"},
        ok=frozenset({404}),
    ),
    Route(
        "verification_change",
        {"GET": "customer.change", "POST": "customer.change"},
        kind="customer",
        kwargs=lambda row, world: {"pk": row.pk, "name": "region"},
        data=lambda row, world: {"region": "changed", "version": row.version},
    ),
    Route("customer_new", {"GET": "customer.add", "POST": "customer.add"}, data=lambda row, world: NEW),
    Route(
        "customer_edit",
        {"GET": "customer.change", "POST": "customer.change"},
        kind="customer",
        data=lambda row, world: {"name": "changed", "kind": "person", "stage": "needs", "version": row.version},
    ),
    Route(
        "customer_field",
        {"GET": "customer.change", "POST": "customer.change"},
        kind="customer",
        kwargs=lambda row, world: {"pk": row.pk, "name": "region"},
        data=lambda row, world: {"region": "changed", "version": row.version},
    ),
    Route("customer_origins", {"GET": "customer.view"}, kind="customer", expect=_not_of_the_pool),
    Route("customer_delete", {"POST": "customer.delete"}, kind="customer"),
    Route("customer_bin", {"GET": "customer.delete"}, shows=_binned_names),
    Route("customer_restore", {"POST": "customer.delete"}, kind="customer", expect=_restored),
    Route("customer_purge", {"POST": "customer.purge"}, kind="customer", expect=_purged),
    Route(
        "customer_stage",
        {"POST": "customer.change"},
        kind="customer",
        data=lambda row, world: {"stage": "needs" if row.stage != "needs" else "proposal"},
    ),
    Route("customer_stage_undo", {"POST": "customer.change"}, kind="customer"),
    Route(
        "customer_pause",
        {"GET": "customer.change", "POST": "customer.change"},
        kind="customer",
        data=lambda row, world: {"ends": "3", "why": "no_response"},
    ),
    Route("customer_resume", {"POST": "customer.change"}, kind="customer"),
    Route("customer_claim", {"POST": "customer.claim"}, kind="customer"),
    Route(
        "customer_transfer",
        {"GET": "customer.assign", "POST": "customer.assign"},
        kind="customer",
        data=lambda row, world: {"to": "pool", "reason": "changed"},
    ),
    Route(
        "customer_share",
        {"GET": "customer.change", "POST": "customer.change"},
        kind="customer",
        data=lambda row, world: {"user": "1"},
    ),
    Route(
        "customer_reveal",
        {"GET": "customer.reveal", "POST": "customer.reveal"},
        kind="customer",
        data=lambda row, world: {"reason": ""},
    ),
    Route("customers_assign", {"POST": "customer.assign"}, data=_ids),
    Route("customers_tag", {"POST": "customer.change"}, data=_ids),
    Route("customers_set", {"POST": "customer.change"}, data=_ids),
    Route("many_change_list", {"GET": "customer.change"}),
    # nobody's changes: one's own only, and there is none
    Route("many_change", {"GET": "customer.change"}, kwargs=lambda row, world: {"pk": 0}, ok=frozenset({404})),
    Route("customers_put_back", {"POST": "customer.change"}, kwargs=lambda row, world: {"pk": 0}, ok=frozenset({404})),
    Route("customers_plan", {"POST": "follow_up.add"}, data=_ids),
    Route(
        "contact_new",
        {"GET": "contact.add", "POST": "contact.add"},
        kind="customer",
        data=lambda row, world: {"name": "changed"},
    ),
    Route(
        "contact_edit",
        {"GET": "contact.change", "POST": "contact.change"},
        kind="contact",
        data=lambda row, world: {"name": "changed", "version": row.version},
    ),
    Route("contact_delete", {"POST": "contact.delete"}, kind="contact"),
    Route("contact_restore", {"POST": "contact.delete"}, kind="contact", expect=_never_binned),
    Route(
        "interaction_new",
        {"GET": "interaction.add", "POST": "interaction.add"},
        kind="customer",
        query=_customer,
        data=lambda row, world: LOG,
    ),
    Route(
        "interaction_correct",
        {"GET": "interaction.add", "POST": "interaction.add"},
        kind="interaction",
        data=lambda row, world: {**LOG, "version": row.version},
        expect=corrected,
    ),
    Route(
        "interaction_comments",
        {"GET": "interaction.add", "POST": "interaction.add"},
        kind="interaction",
        data=lambda row, world: {"text": "changed"},
    ),
    Route(
        "customer_comment",
        {"GET": "interaction.add", "POST": "interaction.add"},
        kind="customer",
        data=lambda row, world: {"text": "changed"},
    ),
    Route("customer_colleagues", {"GET": "interaction.add"}, kind="customer"),
    Route("interaction_undo", {"POST": "interaction.delete"}, kind="interaction"),
]
