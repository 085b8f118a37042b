"""Duties that wait for being accepted: beside Today, and as news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.contributions import TodayCard
from responsibility.duties.selectors import held, open_posts


def _read(user: User) -> ArraySubquery:
    """By the columns of the person's row: another team or role is another post."""
    rows = open_posts(held(OuterRef("pk"), OuterRef("role"), OuterRef("team__path")), OuterRef(OuterRef("pk")))
    return ArraySubquery(rows.order_by("name", "pk").values(data=JSONObject(pk="pk", name="name")))


def _draw(user: User, found: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    return found or None


CARD = TodayCard(
    "duties",
    gettext_lazy("Duties to accept"),
    "responsibility/duties/card.html",
    35,
    permission="duty.view",
    read=_read,
    draw=_draw,
)


def new_duties_said(numbers: Mapping[str, Any]) -> str:
    """What to do with them."""
    return _("The duties of your post “%(post)s” were written: read and accept them") % {"post": numbers["post"]}
