"""The tables that imports of orders, targets and rates write, as what an import does is recorded (intake/record.py)."""

from intake.record import Recorded

LINES = "ARRAY(SELECT to_jsonb(l) FROM sales_orderline l WHERE l.order_id = t.id ORDER BY l.id)"
ORDER = Recorded("order", "sales_order", image=f"to_jsonb(t) || jsonb_build_object('lines', {LINES})")
# Where orders have moved a customer on; the version doesn't tell it.
STAGE = Recorded("stage", "customers_customer", stamped=False)
PRODUCT = Recorded(
    "product",
    "sales_product",
    mark="md5(ROW(t.sku, t.name, t.unit_price, t.unit_cost, t.flag, t.is_active)::text)",
    stamped=False,
)
TARGET = Recorded("target", "sales_target")
RATE = Recorded("rate", "sales_exchangerate", mark="t.rate::text", stamped=False)
