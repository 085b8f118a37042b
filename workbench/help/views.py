"""`/help/`: the handbook, the reader's own chapters first."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.http import Request
from workbench.help import handbook
from workbench.help.handbook import CHAPTER, CHAPTERS, LANGUAGES


@require_safe
@login_required
def help_index(request: Request) -> HttpResponse:
    """All chapters: those for what this person does, then the others."""
    may = request.user.can
    own = [chapter for chapter in CHAPTERS if not chapter.permission or may(chapter.permission)]
    others = [chapter for chapter in CHAPTERS if chapter not in own]
    return render(request, "help/index.html", {"own": own, "others": others})


@require_safe
@login_required
def help_chapter(request: Request, code: str) -> HttpResponse:
    """One chapter in the reader's language."""
    if code not in CHAPTER:
        raise Http404
    language = get_language()
    text = handbook.text(code, language if language in LANGUAGES else LANGUAGES[0])
    return render(request, "help/chapter.html", {"chapter": CHAPTER[code], "text": text})
