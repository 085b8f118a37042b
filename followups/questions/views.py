"""What to ask in Settings: everybody may look, who may change the default plans changes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from customers.models import InteractionKind, Stage
from followups import services
from followups.asking import Frame, frame_of, rows_in_order
from followups.models import QuestionFrame
from followups.questions.forms import GROUPS, QuestionFrameForm
from segmentation import catalogue
from ui.flow import act, edit_page, form_page

ACTS = ("question_frame.add", "question_frame.change", "question_frame.reset", "question_frame.delete")


@dataclass(frozen=True)
class Line:
    """Questions as the page shows them; `where`: of which contacts, stages and tiers, in words."""

    row: QuestionFrame
    frame: Frame
    where: list[str]
    own: bool
    changed: bool


@needs("plan_rule.view", READ)
def question_frames(request: Request) -> HttpResponse:
    """All of them with their questions, those that come with every installation first."""
    tiers = {code: str(words) for code, words in [*GROUPS, *catalogue.every_choice()]}
    context = {
        "lines": [_line(row, tiers) for row in rows_in_order()],
        "may_change": request.user.can("plan_rule.change"),
        **last_changes(request.user, *ACTS, naming=True),
    }
    return render(request, "followups/questions/page.html", context)


def _line(row: QuestionFrame, tiers: dict[str, str]) -> Line:
    methods, stages = dict(InteractionKind.choices), dict(Stage.choices)
    lists = ((row.methods, methods), (row.stages, stages), (row.tiers, tiers))
    where = [", ".join(str(words.get(code, code)) for code in codes) for codes, words in lists if codes]
    return Line(row, frame_of(row), where, own=not row.code, changed=bool(row.name or row.prompts))


def _name(row: QuestionFrame) -> str:
    return str(frame_of(row).name)


@needs("plan_rule.change", FORM)
def question_frame_new(request: Request) -> HttpResponse:
    """Questions of the company's own."""
    return form_page(
        request,
        QuestionFrameForm,
        "followups/questions/form.html",
        once=QuestionFrame,
        initial={"is_active": True},
        save=lambda form: services.question_frame_add(by=request.user, **form.values()),
        said=lambda made: _("Added: %(questions)s.") % {"questions": made},
        then=reverse("question_frames"),
    )


@needs("plan_rule.change", FORM)
def question_frame_edit(request: Request, pk: int) -> HttpResponse:
    """What is asked, and where it stands."""
    frame = get_object_or_404(QuestionFrame, pk=pk)
    return edit_page(
        request,
        partial(QuestionFrameForm, frame=frame),
        "followups/questions/form.html",
        row=frame,
        find=lambda: get_object_or_404(QuestionFrame, pk=pk),
        save=lambda edit: services.question_frame_change(
            frame=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. The log asks so from now on."),
        then=reverse("question_frames"),
        called=_name(frame),
    )


@needs("plan_rule.change", POST)
def question_frame_reset(request: Request, pk: int) -> HttpResponse:
    """Back to what comes with the installation."""
    frame = get_object_or_404(QuestionFrame.objects.exclude(code=""), pk=pk)
    return act(
        request,
        partial(services.question_frame_reset, frame=frame, by=request.user),
        said=_("%(questions)s: as it came with the installation.") % {"questions": _name(frame)},
        then=reverse("question_frames"),
    )


@needs("plan_rule.change", POST)
def question_frame_delete(request: Request, pk: int) -> HttpResponse:
    """Take away questions of the company's own."""
    frame = get_object_or_404(QuestionFrame, pk=pk, code="")
    return act(
        request,
        partial(services.question_frame_delete, frame=frame, by=request.user),
        said=_("Deleted: %(questions)s.") % {"questions": frame},
        then=reverse("question_frames"),
    )
