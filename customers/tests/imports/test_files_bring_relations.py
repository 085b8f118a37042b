"""Files say what companies are to each other, as far as their sender could by hand, and are taken back."""

from __future__ import annotations

import pytest

from core import clock
from customers import services
from customers.models import Customer, Relation, RelationKind
from customers.relations.services import relation_add
from customers.tests.imports.test_files_bring_contacts import brought, counts, taken_back

pytestmark = pytest.mark.django_db
HEADER = "customer_no,customer_name,what,other_no,other_name,since,note"


@pytest.fixture
def firms(cast):
    """小王's two, one of the pool, and one of somebody else."""

    def made(name, owner, **more):
        return services.customer_create(by=cast.admin, owner=owner, name=name, kind="company", **more)

    return {
        "a": made("甲公司", cast.wang),
        "b": made("乙公司", cast.wang),
        "pool": made("公海公司", None),
        "foreign": made("外人公司", cast.outsider),
    }


def reasons(job):
    return [reason for _place, reason in job.counts["refused"]]


def test_relations_come_in_by_any_word_change_and_go_again(cast, firms):
    a, b, pool = firms["a"], firms["b"], firms["pool"]
    known = relation_add(first=b, second=a, kind=RelationKind.objects.get(code="partner"), by=cast.wang, note="旧")
    before = list(Relation.all_objects.values_list("first", "second", "kind__code", "since", "note", "ended_at"))
    text = "\n".join(
        (
            HEADER,
            f"{a.number},,供应商,{b.number},,2024-03-01,供应五金",  # b is the supplier of a
            ",甲公司,buyer,,公海公司,,",  # the pool's company buys: a is its supplier
            f"{a.number},,partner,,乙公司,2020-01-01,",  # known the other way round: the day is new
            f"{b.number},,母公司,{a.number},,,",
            f"{a.number},,parent company,{b.number},,,",  # a circle
            f"{a.number},,朋友,{b.number},,,",
            f"{a.number},,partner,{a.number},,,",
            f"{a.number},,partner,X-404,,,",
            f"{a.number},,partner,{b.number},,2099-01-01,",
        )
    )
    job = brought(cast.wang, "relations", text + "\n")
    assert counts(job) == (3, 1, 0, 5), reasons(job)
    supplier = RelationKind.objects.get(code="supplier")
    assert set(Relation.objects.filter(kind=supplier).values_list("first", "second", "note")) == {
        (b.pk, a.pk, "供应五金"),
        (a.pk, pool.pk, ""),
    }
    known.refresh_from_db()
    assert (str(known.since), known.note) == ("2020-01-01", "旧")
    told = " ".join(reasons(job))
    for part in ("stands above", "no kind of relation", "no relation to itself", "X-404", "future"):
        assert part in told
    again = brought(cast.wang, "relations", "\n".join(text.splitlines()[:4]) + "\n")
    assert counts(again) == (0, 0, 3, 0)
    taken_back(job, cast.wang)
    after = list(Relation.all_objects.values_list("first", "second", "kind__code", "since", "note", "ended_at"))
    assert (job.state, after) == ("undone", before)


def test_nothing_is_told_of_companies_of_others(cast, firms):
    a, foreign = firms["a"], firms["foreign"]
    rows = f"{a.number},,partner,{foreign.number},,,\n{a.number},,partner,,外人公司,,\n"
    rows += f"{foreign.number},,partner,{a.number},,,\n"
    never = f"{a.number},,partner,X-404,,,\n"
    job = brought(cast.wang, "relations", f"{HEADER}\n{rows}{never}")
    assert counts(job) == (0, 0, 0, 4)
    known = reasons(job)
    assert known[0].replace(foreign.number, "X-404") == known[3], "as of one that doesn't exist"
    assert not Relation.all_objects.exists()


def test_what_somebody_changed_since_stays(cast, firms):
    a, b = firms["a"], firms["b"]
    job = brought(cast.wang, "relations", f"{HEADER}\n{a.number},,partner,{b.number},,,\n")
    relation = Relation.objects.get()
    Relation.objects.filter(pk=relation.pk).update(note="by hand", version=2, updated_at=clock.now())
    taken_back(job, cast.wang)
    assert Relation.objects.get().note == "by hand"


def test_a_person_stands_in_no_relation(cast, firms):
    Customer.objects.filter(pk=firms["b"].pk).update(kind="person")
    job = brought(cast.wang, "relations", f"{HEADER}\n{firms['a'].number},,partner,{firms['b'].number},,,\n")
    assert "is a person" in reasons(job)[0]
