"""The register of papers that exist once: where each lies, who has it, where it has been; never lost with a person."""

from datetime import date
from typing import Any

import pytest

from accounts.models import AuditEntry
from core.contributions import registry
from customers import services
from customers.models import OriginalMove, PaperOriginal

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


@pytest.fixture
def contract(cast: Any, customer: Any) -> PaperOriginal:
    where = {"place": "上海办公室保险柜", "holder": cast.wang, "since": DAY}
    return services.original_add(customer=customer, by=cast.wang, title="2026 年度合同", **where)


def text(answer: Any) -> str:
    return answer.content.decode()


def test_it_is_entered_by_the_page_and_stands_at_the_customer(sign_in: Any, cast: Any, customer: Any) -> None:
    page = sign_in(cast.wang)
    said = {"title": "合同", "holder": cast.li.pk, "place": "档案室 12 号", "since": "2026-11-02", "handed_to": "法院"}
    assert page.post(f"/originals/new/?customer={customer.pk}", said).status_code == 302
    paper = PaperOriginal.objects.get()
    assert (paper.holder, paper.since, paper.handed_to) == (cast.li, DAY, "法院")
    shown = text(page.get(f"/customers/{customer.pk}/"))
    assert "档案室 12 号" in shown
    assert "法院" in shown


@pytest.mark.parametrize("asked", ["q=保险柜", "q=年度合同", "q=合同", "q=小王", "away=no"])
def test_where_is_the_contract_of_x(sign_in: Any, cast: Any, contract: Any, asked: str) -> None:
    assert contract.title in text(sign_in(cast.lead).get(f"/originals/?{asked}"))
    assert contract.title not in text(sign_in(cast.lead).get("/originals/?away=yes"))
    assert contract.title not in text(sign_in(cast.outsider).get(f"/originals/?{asked}"))


def test_the_search_knows_it(sign_in: Any, cast: Any, contract: Any) -> None:
    assert contract.title in text(sign_in(cast.wang).get("/search/?q=年度"))


def test_where_it_went_becomes_its_history(sign_in: Any, cast: Any, contract: Any) -> None:
    page = sign_in(cast.wang)
    said = {"title": contract.title, "place": "北京", "since": "2026-11-10", "version": 1, "holder": cast.li.pk}
    assert page.post(f"/originals/{contract.pk}/", said).status_code == 302
    moves = OriginalMove.objects.order_by("pk")
    assert [(move.place, move.holder) for move in moves] == [("上海办公室保险柜", cast.wang), ("北京", cast.li)]
    shown = text(page.get(f"/originals/{contract.pk}/"))
    assert "上海办公室保险柜" in shown
    line = AuditEntry.objects.get(act="original.move")
    assert line.details["holder"] == [cast.wang.pk, cast.li.pk]


def test_a_day_to_come_is_refused(sign_in: Any, cast: Any, customer: Any) -> None:
    said = {"title": "合同", "holder": cast.wang.pk, "place": "x", "since": "2099-01-01"}
    assert sign_in(cast.wang).post(f"/originals/new/?customer={customer.pk}", said).status_code == 422


def test_a_colleague_of_another_team_knows_of_none(sign_in: Any, cast: Any, contract: Any) -> None:
    page = sign_in(cast.outsider)
    assert page.get(f"/originals/{contract.pk}/").status_code == 404
    assert page.post(f"/originals/{contract.pk}/delete/").status_code == 404
    assert sign_in(cast.auditor).get(f"/originals/{contract.pk}/").status_code == 403


def test_deleted_by_mistake_it_comes_back(sign_in: Any, cast: Any, contract: Any) -> None:
    page = sign_in(cast.wang)
    assert page.post(f"/originals/{contract.pk}/delete/").status_code == 302
    assert not PaperOriginal.objects.exists()
    assert contract.title in text(page.get("/originals/bin/"))
    assert page.post(f"/originals/{contract.pk}/restore/").status_code == 302
    assert PaperOriginal.objects.get() == contract


def test_who_leaves_gives_it_to_somebody(cast: Any, contract: Any) -> None:
    held = registry().holdings["originals"]
    assert (held.count(cast.lead, cast.wang), held.left(cast.wang), held.loads([cast.wang.pk])) == (
        *(1, 1),
        {cast.wang.pk: 1},
    )
    held.hand_over(cast.wang, [cast.li], cast.lead)
    contract.refresh_from_db()
    assert contract.holder == cast.li
    assert OriginalMove.objects.count() == 2
