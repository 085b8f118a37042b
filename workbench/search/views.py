"""The search of palette and top bar: every app's kinds of things, each behind its own permission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.http import Request
from accounts.masking import masked_all
from accounts.models import User
from core.contributions import Hit, SearchSource, Started, registry

LONGEST = 100
IN_PALETTE, ON_PAGE = 5, 10


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `more` is the list that shows all of it, where there is more and a list, `begin` what
    may be begun with the first."""

    source: SearchSource
    hits: list[Hit]
    more: str
    begin: Sequence[Started] = ()


@require_safe
@login_required
def search(request: Request) -> HttpResponse:
    """The first of each kind that fits what was typed, the kind of which just this is the number first."""
    part = bool(request.headers.get("HX-Request"))
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    sources = [source for source in registry().search.values() if request.user.can(source.permission)]
    groups = _found(request.user, sources, text, IN_PALETTE if part else ON_PAGE) if text else []
    context = {"q": text, "sources": sources, "groups": groups}
    return render(request, "search/hits.html" if part else "search/page.html", context)


def _found(user: User, sources: list[SearchSource], text: str, most: int) -> list[Group]:
    groups = []
    for source in sources:
        rows = list(source.find(user, text, most + 1))
        shown = masked_all(user, rows[:most])
        if shown:
            hits = [source.draw(user, row, text) for row in shown]
            begin = source.begin(user, shown[0]) if source.begin else ()
            groups.append(Group(source, hits, _list_of(user, source, text) if len(rows) > most else "", begin))
    return sorted(groups, key=lambda group: not any(hit.exact for hit in group.hits))


def _list_of(user: User, source: SearchSource, text: str) -> str:
    if not source.page or not user.can(source.page_right or source.permission):
        return ""
    return f"{reverse(source.page)}?{urlencode({'q': text})}"
