"""Routes of the area "sales": orders, products and imports; how to write an entry: docs/access.md."""

from typing import Any

from tests.access.matrix import LOGIN, Route, exported, scope_of


def _order(row: Any, world: Any) -> dict[str, Any]:
    line = {"lines-0-product": "x", "lines-0-quantity": "1", "lines-0-unit_price": "5", "lines-0-discount": ""}
    head = {
        "ordered_at": "2026-11-01T10:00",
        "state": "completed",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
    }
    return line | head | {"version": getattr(row, "version", "")}


def _customer(row: Any, world: Any) -> dict[str, Any]:
    return {"customer": row.pk}


def _restored(role: str | None, owner: str, method: str) -> set[int | str]:
    """Who may take an order out of the bin: who put it there (nobody of these), lead, manager, administrator."""
    if role is None:
        return {LOGIN}
    scope = scope_of(role, "order.delete")
    if scope is None:
        return {403}
    return {302} if owner == "deleted" and scope != "own" else {404}


PRODUCT = {"sku": "NEW-1", "name": "new", "flag": ""}

NEED = {"text": "changed", "state": "open", "since": "2026-11-01"}

ROUTES: list[Route] = [
    Route("need_list", {"GET": "need.view"}),
    exported("need_export", "need.export"),
    Route(
        "need_new",
        {"GET": "need.add", "POST": "need.add"},
        kind="customer",
        query=_customer,
        data=lambda row, world: NEED,
    ),
    Route(
        "need",
        {"GET": "need.change", "POST": "need.change"},
        kind="need",
        data=lambda row, world: NEED | {"version": row.version},
    ),
    Route("need_move", {"POST": "need.change"}, kind="need", data=lambda row, world: {"to": "met"}),
    Route("need_move_back", {"POST": "need.change"}, kind="need"),
    Route("order_new", {"GET": "order.add", "POST": "order.add"}, kind="customer", query=_customer, data=_order),
    Route("order", {"GET": "order.view"}, kind="order"),
    Route("order_edit", {"GET": "order.change", "POST": "order.change"}, kind="order", data=_order),
    Route("order_return", {"GET": "order.add", "POST": "order.add"}, kind="order", data=_order),
    Route("order_delete", {"POST": "order.delete"}, kind="order"),
    Route("order_restore", {"POST": "order.delete"}, kind="order", expect=_restored),
    Route("order_list", {"GET": "order.view"}),
    exported("order_export", "order.export"),
    exported("product_export", "product.export"),
    Route("product_list", {"GET": "product.view"}),
    Route("product_suggest", {"GET": "product.view"}),
    Route("product_new", {"GET": "product.add", "POST": "product.add"}, data=lambda row, world: PRODUCT),
    Route(
        "product_edit",
        {"GET": "product.change", "POST": "product.change"},
        kind="product",
        data=lambda row, world: PRODUCT,
    ),
    Route("import_list", {"GET": "import.view"}),
    Route("import_new", {"GET": "import.add", "POST": "import.add"}, data=lambda row, world: {"kind": "orders"}),
    Route("import_template", {"GET": "import.add"}, kwargs=lambda row, world: {"code": "customers"}),
    Route("import_job", {"GET": "import.view"}, kind="import"),
    Route("import_columns", {"GET": "import.view", "POST": "import.view"}, kind="import"),
    Route("import_reading", {"POST": "import.view"}, kind="import"),
    Route("import_remembered", {"GET": "import.add", "POST": "import.add"}, ok={404}),
    Route("import_refused", {"GET": "import.view", "POST": "import.view"}, kind="import"),
    Route("import_doubts", {"GET": "import.view", "POST": "import.view"}, kind="import"),
    Route("import_start", {"POST": "import.view"}, kind="import"),
    Route("import_cancel", {"POST": "import.view"}, kind="import"),
    Route("import_undo", {"GET": "import.view", "POST": "import.view"}, kind="import"),
    Route("import_handout", {"GET": "import.view"}, kind="import", ok={404}),
    Route("import_errors", {"GET": "import.view"}, kind="import", ok={404}),
]
