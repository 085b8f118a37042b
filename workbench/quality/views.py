"""`/data-quality/`: what files lack, by field and by whose they are."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.models import Team
from core.http import row_id
from workbench.quality.board import Board


@needs("customer.view", READ)
def quality_board(request: Request) -> HttpResponse:
    """Figures of all files in reach, or of one team, each with the way to the rows that it counts."""
    wanted = row_id(request.GET.get("team", ""))
    teams = Team.objects.for_user(request.user).order_by("path")
    team = teams.filter(pk=wanted).first() if wanted else None
    board = Board(request.user, team)
    context = {
        "board": board,
        "team": team,
        "teams": list(teams) if request.user.can("team.view") else [],
        "may_review": request.user.can("review.view"),
        "may_see_visits": request.user.can("dashboard.view"),
    }
    return render(request, "quality/board.html", context)
