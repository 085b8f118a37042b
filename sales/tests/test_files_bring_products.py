"""Files bring products: new ones with a number and a name, known ones change, and it is taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from customers.tests.imports.test_files_bring_contacts import brought, counts, taken_back
from intake import guessing
from intake.kinds import kind_of
from sales.imports.products import LAYOUTS
from sales.models import Product

pytestmark = pytest.mark.django_db
HEADER = "sku,name,unit_price,unit_cost,flag,is_active"


def test_products_come_in_change_and_go_again(cast):
    Product.objects.create(sku="P-1", name="轴承", unit_price=Decimal("10"))
    rows = (
        "P-1,,12.5,8,,下架",
        ",轴承,12.5,,,",
        "P-2,运费,6,,运费,",
        "P-2,运费,7,,,",
        "P-3,,5,,,",
        ",没有编号,5,,,",
        "P-4,负数,-1,,,",
        "P-5,怪,1,,,也许",
    )
    job = brought(cast.manager, "products", "\n".join((HEADER, *rows, "")))
    assert counts(job) == (1, 2, 1, 4), job.counts["refused"]
    known, fee = Product.objects.order_by("sku")
    assert (known.name, known.unit_price, known.unit_cost, known.is_active) == ("轴承", Decimal("12.5"), 8, False)
    assert (fee.unit_price, fee.flag) == (7, "fee")
    taken_back(job, cast.manager)
    back = Product.objects.get()
    assert (back.unit_price, back.unit_cost, back.is_active) == (10, None, True)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.name)
def test_exports_of_shops_are_known(layout, db):
    kind = kind_of("products")
    guess = guessing.guessed(kind, list(layout.signature))
    assert (guess.layout, kind.check(guess.mapping)) == (layout.name, "")


def test_reps_bring_no_products(cast):
    from intake.selectors import kinds_for

    assert "products" not in {kind.code for kind in kinds_for(cast.wang)}
    assert {"contacts", "activities"} <= {kind.code for kind in kinds_for(cast.wang)}
