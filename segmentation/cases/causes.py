"""The company's list of causes of churn: named, put out of use and back.

They are few, so whoever changes one locks them all: no two people can take one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core.versions import StaleVersionError
from customers.identity import name_key, tidy
from segmentation.cases.models import ChurnCause

NAMES = ("name_en", "name_zh")
CAUSE_ACTS = ("cause.create", "cause.change", "cause.retire", "cause.restore")


@transaction.atomic
def cause_add(*, name_en: str, name_zh: str, by: User) -> ChurnCause:
    """A new one at the end of the list."""
    _locked()
    names = {"name_en": tidy(name_en), "name_zh": tidy(name_zh)}
    _keep_names_apart(names)
    last = ChurnCause.objects.aggregate(last=Max("pk"))["last"] or 0
    cause = ChurnCause.objects.create(code=f"own-{last + 1}", **names)
    audit.record("cause.create", by=by, on=cause)
    return cause


@transaction.atomic
def cause_rename(*, row: ChurnCause, changes: Mapping[str, Any], by: User) -> None:
    """Written over the names that `row` was read with: StaleVersionError when somebody was faster."""
    stored = _locked()[row.pk]
    new = {name: tidy(changes[name]) for name in NAMES if name in changes}
    new = {name: value for name, value in new.items() if value != getattr(row, name)}
    before = {name: getattr(row, name) for name in new}
    if any(getattr(stored, name) != before[name] for name in new):
        raise StaleVersionError(stored)
    if not new:
        return
    _keep_names_apart(new, stored)
    ChurnCause.objects.filter(pk=row.pk).update(**new)
    audit.record("cause.change", by=by, on=row, **{name: [before[name], new[name]] for name in new})


@transaction.atomic
def cause_use(*, cause: ChurnCause, active: bool, by: User) -> None:
    """Offer it, or offer it no more; cases that have it keep it. Twice does no harm."""
    stored = _locked()[cause.pk]
    if stored.is_active == active:
        return
    ChurnCause.objects.filter(pk=cause.pk).update(is_active=active)
    audit.record("cause.restore" if active else "cause.retire", by=by, on=cause)


def _locked() -> dict[int, ChurnCause]:
    return {cause.pk: cause for cause in ChurnCause.objects.select_for_update().order_by("pk")}


def _keep_names_apart(names: Mapping[str, str], cause: ChurnCause | None = None) -> None:
    others = ChurnCause.objects.exclude(pk=cause.pk) if cause else ChurnCause.objects.all()
    taken = {name_key(name) for other in others for name in (other.name_en, other.name_zh)}
    words = _("There is a cause “%(name)s” already. Choose another name.")
    wrong = {field: words % {"name": name} for field, name in names.items() if name_key(name) in taken}
    if wrong:
        raise ValidationError(wrong)
