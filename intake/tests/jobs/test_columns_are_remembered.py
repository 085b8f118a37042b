"""A file with the same headings begins with the columns that were chosen before: one's own, else shared ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.imports.layouts import LAYOUTS
from intake import guessing, remembered, services
from intake.kinds import kind_of
from intake.models import ImportJob, RememberedColumns

pytestmark = pytest.mark.django_db
TEXT = "甲列,乙列,丙列\n恒远,13812345678,苏州\n"
CHOSEN = {"name": "甲列", "phone": "乙列"}
PAGE = "import_remembered"


def uploaded(who: Any, text: str = TEXT, kinds: tuple[str, ...] = ("orders", "customers")) -> ImportJob:
    upload = SimpleUploadedFile("c.csv", text.encode())
    return services.import_create(by=who, kinds=[kind_of(code) for code in kinds], upload=upload)


def chosen(who: Any) -> ImportJob:
    job = uploaded(who, kinds=("customers",))
    options = {"possible": "make", "date_format": "dmy", "owner": f"user:{who.pk}"}
    services.import_check(job=job, mapping=CHOSEN, options=options, by=who)
    return job


def test_the_same_headings_are_recognised_in_any_order_for_oneself_and_when_shared_for_others(cast, sign_in):
    assert uploaded(cast.wang).mapping == {}
    chosen(cast.wang)
    again = uploaded(cast.wang, "丙列,乙列 ,甲列\n苏州,13812345678,恒远\n")
    assert (again.kind, again.options["possible"], again.options["date_format"]) == ("customers", "make", "dmy")
    assert "owner" not in again.options, "who gets the customers is chosen for each file"
    page = sign_in(cast.wang).get(reverse("import_job", args=[again.pk])).content.decode()
    assert "came before (c.csv)" in page
    assert uploaded(cast.wang, "甲列,乙列\n恒远,1\n").mapping == {}, "other headings"
    assert uploaded(cast.li).mapping == {}, "what isn't shared is one's own"
    row = RememberedColumns.objects.get()
    for who, status in ((cast.li, 404), (cast.wang, 302)):
        assert sign_in(who).post(reverse(PAGE), {"row": row.pk, "act": "share"}).status_code == status
    theirs = uploaded(cast.li)
    assert (theirs.mapping, theirs.options.get("possible"), theirs.options["date_format"]) == (CHOSEN, None, "dmy")
    assert "小王" in sign_in(cast.li).get(reverse("import_job", args=[theirs.pk])).content.decode()
    assert "小王" in sign_in(cast.li).get(reverse(PAGE)).content.decode()
    sign_in(cast.wang).post(reverse(PAGE), {"row": row.pk, "act": "keep"})
    assert uploaded(cast.li).mapping == {}
    sign_in(cast.wang).post(reverse(PAGE), {"row": row.pk, "act": "forget"})
    assert uploaded(cast.wang).mapping == {}


def test_what_no_longer_fits_is_not_taken_and_old_ones_go(cast, monkeypatch):
    chosen(cast.wang)
    RememberedColumns.objects.update(mapping=CHOSEN | {"own_gone": "丙列"})
    assert uploaded(cast.wang).mapping == {}, "a field that was retired since"
    monkeypatch.setattr(remembered, "MOST", 1)
    other = uploaded(cast.wang, "甲列,乙列\n恒远,13812345678\n", kinds=("customers",))
    services.import_check(job=other, mapping=CHOSEN, options={}, by=cast.wang)
    assert RememberedColumns.objects.get().headings == ["甲列", "乙列"]


@pytest.mark.parametrize("layout", [one for one in LAYOUTS if one.name in ("Shopify", "有赞", "京东", "淘宝 / 天猫")])
def test_exports_of_shops_are_known(layout, db):
    columns = list(layout.signature)
    guess = guessing.guessed(kind_of("customers"), columns)
    assert guess.layout == layout.name
    assert not kind_of("customers").check(guess.mapping)
