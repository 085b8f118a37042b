"""Relations between companies from files: what one is to another, both there already, known by number or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from accounts.models import User
from core.refusals import BadCellError
from customers.identity import name_key, number_key
from customers.imports.named import CUSTOMER_COLUMNS, customers_named, read_customer
from customers.imports.newcomers import HOME
from customers.imports.recorded import RELATION
from customers.imports.undo import beyond_reach, not_own_to_delete
from customers.models import Customer, Relation, RelationKind
from customers.relations import services
from customers.selectors import entries
from intake import cellkinds, record, stage, values
from intake.cells import Cells
from intake.forms import DATE_ORDER
from intake.kinds import Column, Kind, Run
from intake.parts import Look, Part, Stay
from intake.plain import CHANGES, COUNTS, Read, Row, needed, plain_steps
from ui import formatting

COLUMNS = (
    *CUSTOMER_COLUMNS,
    Column(
        "what",
        gettext_lazy("what the other one is"),
        ("关系", "关系类型", "与其关系", "relation", "relationship", "relation type", "is"),
        holds=cellkinds.TEXT,
    ),
    Column(
        "other_no",
        gettext_lazy("number of the other company"),
        ("对方编号", "关联客户编号", "关联公司编号", "other number", "related number", "related customer id"),
        holds=cellkinds.NUMBER,
    ),
    Column(
        "other_name",
        gettext_lazy("name of the other company"),
        ("对方", "对方名称", "关联客户", "关联公司", "other company", "related company", "related customer"),
        holds=cellkinds.NAME,
    ),
    Column("since", gettext_lazy("since"), ("开始日期", "建立日期", "since when", "start date"), holds=cellkinds.DATE),
    Column("note", pgettext_lazy("of a relation", "note"), ("备注", "说明", "comment", "remarks"), several_lines=True),
)
LONGEST_NOTE = 300


class _Words:
    """What companies may be to each other, by every word of the catalogue; a word that two kinds have says nothing."""

    def __init__(self) -> None:
        self._found: dict[str, set[tuple[RelationKind, bool]]] = {}
        self.kinds = list(entries(RelationKind))
        for kind in self.kinds:
            mutual = kind.shape == RelationKind.Shape.MUTUAL
            for word in (kind.name_en, kind.name_zh, kind.code):
                self._found.setdefault(name_key(word), set()).add((kind, False))
            for word in () if mutual else (kind.back_en, kind.back_zh):
                self._found.setdefault(name_key(word), set()).add((kind, True))

    def __call__(self, text: str) -> list[Any]:
        """[id of the kind, whether the other company is at its second end]; BadCellError says what there is."""
        found = self._found.get(name_key(text), set())
        if len(found) == 1:
            kind, back = next(iter(found))
            return [kind.pk, back]
        if found:
            raise BadCellError(_("several kinds of relations are called so. Rename one of them in Settings."))
        known = formatting.listed([word for kind in self.kinds for word in dict.fromkeys((kind.name, kind.back))])
        words = _("“%(value)s” is no kind of relation of the company: %(known)s.")
        raise BadCellError(words % {"value": values.shown(text), "known": known})


def relation_reader(run: Run) -> Read:
    """Reads one relation."""
    words, order = _Words(), run.job.options.get("date_format", "")

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        cell = Cells(COLUMNS, cells)
        since = cell("since", lambda text: values.day(text, order))
        return read_customer(cell) | {
            "what": cell("what", words, wanted=True),
            "other_no": cell("other_no", lambda text: number_key(values.undamaged(text))),
            "other_name": cell("other_name", lambda text: values.short(text, 200)),
            "since": since.isoformat() if since else "",
            "note": cell("note", lambda text: values.short(text, LONGEST_NOTE)),
        }

    return read


def write_relations(run: Run, rows: Sequence[Row]) -> None:
    """New relations, and day and note over those that are known, as far as the sender may by hand."""
    whose = customers_named(run.user, "relation.add", rows)
    named = [row for row in rows if not row.reason]
    others = {row.row_no: Row(row.row_no, _other(row.data)) for row in named}
    known = customers_named(run.user, "customer.view", list(others.values()), pool=True)
    for row in named:
        row.reason = others[row.row_no].reason
    kinds = {kind.pk: kind for kind in RelationKind.objects.all()}
    may_change = None if run.user is None else Relation.objects.for_user(run.user, "change")
    made: list[int] = []
    for row in named:
        if not row.reason:
            kind_id, back = row.data["what"]
            ends = [known[row.row_no], whose[row.row_no]]
            first, second = reversed(ends) if back else ends
            _write(run, row, kinds[kind_id], first, second, may_change, made)
    record.made(run.job, RELATION, made)


def _other(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"customer_no": data["other_no"], "customer_name": data["other_name"]}


def _write(
    run: Run, row: Row, kind: RelationKind, first: Customer, second: Customer, may_change: Any, made: list[int]
) -> None:
    said = {name: row.data[name] for name in ("since", "note") if row.data[name]}
    if "since" in said:
        said["since"] = values.day(said["since"])
    stored = _stored(kind, first, second)
    try:
        if stored is None:
            with transaction.atomic():
                made.append(services.relation_add(first=first, second=second, kind=kind, by=run.user, **said).pk)
            row.outcome = "created"
            return
        changes = {name: value for name, value in said.items() if getattr(stored, name) != value}
        row.outcome = "updated" if changes else "unchanged"
        if not changes:
            return
        if may_change is not None and not may_change.filter(pk=stored.pk).exists():
            row.reason = _("You may not change this relation. Leave its day and note empty.")
            return
        ours = stored.pk in made
        if not ours:
            record.before(run.job, RELATION, [stored.pk])
        with transaction.atomic():
            services.relation_change(relation=stored, changes=changes, version=stored.version, by=run.user)
        if not ours:
            record.after(run.job, RELATION, [stored.pk])
    except ValidationError as error:
        row.reason = " ".join(error.messages)


def _stored(kind: RelationKind, first: Customer, second: Customer) -> Relation | None:
    """The one that says so already; of a mutual kind also the other way round."""
    ends = [(first, second)] + ([(second, first)] if kind.shape == RelationKind.Shape.MUTUAL else [])
    for one, other in ends:
        # unscoped: the sender sees both companies and works on one of them
        found = Relation.objects.filter(kind=kind, first=one, second=other).first()
        if found is not None:
            return found
    return None


def _check(mapping: Mapping[str, str]) -> str:
    if not {"customer_no", "customer_name"} & set(mapping):
        return _("Choose the column of the customer: its number (customer_no) or name (customer_name).")
    if not {"other_no", "other_name"} & set(mapping):
        return _("Choose the column of the other company: its number (other_no) or name (other_name).")
    return needed(COLUMNS, "what")(mapping)


class RelationPart(Part):
    """New relations go, changed ones get their day and note back."""

    rows = RELATION
    model = Relation
    made_words = back_words = kept_words = ngettext_lazy("%(n)s relation", "%(n)s relations", "n")
    columns = ("since", "note", "ended_at", "ended_by_id")
    reasons: ClassVar[dict[str, Any]] = {}

    def touched(self, look: Look) -> Iterable[Stay]:
        yield from not_own_to_delete(look, Relation, self.what, "relation.delete")
        yield from beyond_reach(look, Relation, look.recorded(self.what, made=False), "relation.change")

    def names(self, ids: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
        rows = Relation.objects.for_user(user).filter(pk__in=ids).select_related("first", "second")
        return {row.pk: (str(row), reverse("customer", args=[row.first_id])) for row in rows}


RELATIONS = Kind(
    code="relations",
    label=pgettext_lazy("of companies", "relations"),
    permission="relation.add",
    columns=COLUMNS,
    steps=plain_steps(relation_reader, write_relations),
    check=_check,
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=stage.clear,
    counts=COUNTS,
    new="created",
    changes=CHANGES,
    options=(DATE_ORDER,),
    chosen=True,
    home=HOME,
    notes=(
        gettext_lazy("Both companies are there already, named by number or name. The word says what the other one is."),
    ),
    undo=(RelationPart(),),
    undo_permissions=("relation.delete", "relation.change"),
)
