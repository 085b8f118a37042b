"""Rows that may mean a customer who is there, for the person who decides about them one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.masking import masked
from accounts.models import User
from core import sql
from customers.imports.columns import label_of
from customers.imports.rows import ALIKE, MASKED_TWIN, OTHER_NAME, SEVERAL, TWIN, Match, NewRow
from customers.imports.settling import MAKE, SKIP, UPDATE
from customers.models import Customer
from intake import stage
from intake.kinds import Doubt, KnownRow
from intake.models import ImportJob

SHOWN = ("number", "name", "contact_name", "phone", "phone2", "email", "email2", "credit_code", "region")
WHY = {
    OTHER_NAME: gettext_lazy("same phone or e-mail, another name"),
    TWIN: gettext_lazy("same name and phone, another number"),
    MASKED_TWIN: gettext_lazy("same name; phone or e-mail is shown to you masked"),
    SEVERAL: gettext_lazy("several customers fit"),
    ALIKE: gettext_lazy("same company name"),
}
MOST = 10  # customers that a row may mean
ASKED = ("row_no", "code", "ids", "places")
ASKED_TYPES = "row_no integer PRIMARY KEY, code text, ids bigint[], places integer[]"


def _table(job: ImportJob) -> str:
    return stage.name(job, "asked")


def begin(job: ImportJob) -> None:
    """An empty list, before the rows are judged."""
    with transaction.atomic():
        stage.create(_table(job), ASKED_TYPES)


def keep(job: ImportJob, matches: Iterable[Match]) -> None:
    """Remember the rows that ask, or would without a rule, and whom they may mean."""
    rows = []
    for match in matches:
        if match.question:
            ids = [row.pk for row in match.twins if isinstance(row, Customer)][:MOST]
            places = [row.place for row in match.twins if isinstance(row, NewRow)][:MOST]
            rows.append((match.row_no, match.question, ids, places))
    if rows:
        sql.copy(_table(job), ASKED, rows)


def clear(job: ImportJob) -> None:
    """Drop what was put aside of the file."""
    stage.drop(_table(job))
    stage.clear(job)


def doubts_of(job: ImportJob, user: User, after: int, most: int) -> Sequence[Doubt]:
    """The next ones behind row number `after`; customers as the reader may see them."""
    table, asked = stage.name(job), _table(job)
    if not (stage.exists(table) and stage.exists(asked)):
        return []
    found = sql.fetch("customers.imports", "doubts", {"after": after, "most": most}, rows=table, asked=asked)
    found = [(*row[:2], row[2] if isinstance(row[2], dict) else json.loads(row[2]), *row[3:]) for row in found]
    wanted = {pk for row in found for pk in row[4]}
    rows = Customer.objects.for_user(user).filter(pk__in=wanted).select_related("owner", "facts")
    known = {row.pk: masked(user, row) for row in rows.defer("search_tokens")}
    return [
        Doubt(
            row_no=row_no,
            place=place,
            says=[(label_of(name), text) for name in SHOWN if (text := data.get(name))],
            why=WHY.get(code, ""),
            known=[_shown(known[pk]) for pk in ids if pk in known],
            beside=places,
            choices=_choices([known[pk] for pk in ids if pk in known], places),
        )
        for row_no, place, data, code, ids, places in found
    ]


def _shown(row: Any) -> KnownRow:
    facts = [row.number, row.phone, row.email, row.owner.name if row.owner else ""]
    return KnownRow(row.name, reverse("customer", args=[row.pk]), [text for text in facts if text])


def _choices(known: Sequence[Any], places: Sequence[int]) -> list[tuple[str, str]]:
    if len(known) + len(places) == 1:
        update = [(UPDATE, _("the same: update it"))]
    else:
        label = _("%(name)s: update it")
        update = [(f"{UPDATE}:{row.pk}", label % {"name": f"{row.name} ({row.number})"}) for row in known]
    return [
        ("", _("as chosen for all such rows")),
        *update,
        (MAKE, _("another one: make it")),
        (SKIP, _("leave the row out")),
    ]
