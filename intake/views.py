"""Pages of imports: the list, the upload, the columns, what would happen, how far it is, refused rows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core.http import row_id
from intake import files, refused, remembered, selectors, services, understood, undo
from intake.forms import ColumnsForm, ReadingForm, UploadForm
from intake.kinds import Doubt, ImportRefusedError, Kind, kind_of
from intake.listing import IMPORTS
from intake.models import ImportJob
from intake.services import WrongStateError
from intake.tabular import TabularError, UnsureEncodingError
from intake.undo import UndoRefusedError
from ui import formatting, toasts
from ui.flow import act, form_page
from ui.formatting import duration, moment
from ui.listing import Asked, list_page

GONE_ON = gettext_lazy("This import has gone on meanwhile.")
DOUBTS = 20  # rows of a page about which a person decides
REFUSED, REMEMBERED = 10, 100
State = ImportJob.State


def _job(request: Request, pk: int) -> ImportJob:
    return row_for(ImportJob.objects.select_related("user"), request.user, pk, "view")


@needs(IMPORTS.permission, READ)
def import_list(request: Request) -> HttpResponse:
    """Imports in reach, latest first."""
    may_add = request.user.can("import.add")
    return list_page(Asked(IMPORTS, request), title=_("Imports"), template="imports/list.html", may_add=may_add)


@needs("import.add", FORM)
def import_new(request: Request) -> HttpResponse:
    """The upload."""
    kinds = selectors.kinds_for(request.user)
    if not kinds:
        raise PermissionDenied

    def save(form: UploadForm) -> ImportJob:
        code = form.cleaned_data["kind"]
        wanted = [kind for kind in kinds if code == kind.code or not (code or kind.chosen)]
        try:
            return services.import_create(by=request.user, kinds=wanted, upload=form.cleaned_data["file"])
        except TabularError as error:
            raise ValidationError({"file": str(error)}) from error

    return form_page(
        request,
        partial(UploadForm, files=request.FILES or None, user=request.user),
        "imports/new.html",
        initial={"kind": request.GET.get("kind", "")},
        once=ImportJob,
        save=save,
        then=_page_of,
        back=reverse("import_list"),
        kinds=kinds,
        blanks=[blank for kind in kinds for blank in kind.blanks(request.user)],
        exports=formatting.listed(sorted({layout.name for kind in kinds for layout in kind.layouts})),
    )


def _page_of(job: ImportJob) -> str:
    return reverse("import_job", args=[job.pk])


@needs("import.add", FORM)
def import_remembered(request: Request) -> HttpResponse:
    """Columns as they were chosen before: the own ones, and those of colleagues that count here, too."""
    kinds = {kind.code: kind.label for kind in selectors.kinds_for(request.user)}
    rows = remembered.of(request.user).filter(kind__in=kinds).order_by("-used_at")
    if request.method != "POST":
        shown = [(row, kinds[row.kind], row.user_id == request.user.pk) for row in rows[:REMEMBERED]]
        return render(request, "imports/remembered.html", {"rows": shown})
    row = rows.filter(pk=row_id(request.POST.get("row", "")) or 0, user=request.user).first()
    if row is None:
        raise Http404
    acts = {
        "forget": (partial(remembered.forget, row=row, by=request.user), _("Forgotten: such a file is guessed anew.")),
        "share": (
            partial(remembered.share, row=row, shared=True, by=request.user),
            _("Colleagues begin with these columns, too."),
        ),
        "keep": (partial(remembered.share, row=row, shared=False, by=request.user), _("They are yours alone again.")),
    }
    if request.POST.get("act") not in acts:
        raise Http404
    do, said = acts[request.POST["act"]]
    return act(request, do, said=said, then=reverse("import_remembered"))


@needs("import.add", READ)
def import_template(request: Request, code: str) -> HttpResponse:
    """An empty file with our column names, which are recognised when it comes back."""
    kind = next((kind for kind in selectors.kinds_for(request.user) if kind.code == code), None)
    if kind is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind.code}.csv"'
    response.write("\ufeff")  # so that Excel reads Chinese names
    csv.writer(response, lineterminator="\n").writerow(_head(kind))
    return response


def _head(kind: Kind) -> list[str]:
    return [str(column.label) for column in kind.columns]


@needs("import.view", READ)
def import_job(request: Request, pk: int) -> HttpResponse:
    """One import in its present state; while it runs the page asks for its progress again."""
    job = _job(request, pk)
    if job.state == State.UPLOADED and request.user.can("import.add"):
        return _columns_page(request, job, None)
    context = _context(request, job)
    part = request.htmx and not request.htmx.history_restore_request
    response = render(request, "imports/progress.html" if part else "imports/job.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: Request, job: ImportJob) -> dict[str, Any]:
    steps: dict[str, int] = {State.UPLOADED: 2, State.READY: 3, State.DONE: 6, State.UNDOING: 6, State.UNDONE: 6}
    running = 3 if job.options.get("dry_run") else 4
    return {
        "job": job,
        "kind": kind_of(job.kind).label,
        "tone": selectors.tone_of(job),
        "progress": selectors.progress_of(job),
        "outcome": selectors.outcome_of(job),
        "night": selectors.night_of(job),
        "figures": understood.figures_of(job),
        "questions": understood.asked_by(job),
        "reasons": understood.refusals_of(job),
        "changes": understood.changes_anything(job),
        "brought": kind_of(job.kind).brought(job),
        "took": duration(job.counts["seconds"]) if "seconds" in job.counts else "",
        "refused": services.refused_rows(job) is not None,
        "home": kind_of(job.kind).home,
        "handout": kind_of(job.kind).handout_words if services.handed_out(job, request.user) else "",
        "steps": [_("Upload"), _("Columns"), _("Dry run"), _("Write"), _("Done")],
        "step": steps.get(job.state, running),
        "cancellable": job.state in services.CANCELLABLE,
        **_way_back(request, job),
    }


def _way_back(request: Request, job: ImportJob) -> dict[str, Any]:
    """Whether and until when it can be taken back, or what an undo has come to."""
    if job.state == State.UNDOING:
        return {}
    allowed = undo.possible_until(job) is not None and undo.may_undo(request.user, job) and undo.can_be_undone(job)
    told: dict[str, Any] = {"undo_until": moment(undo.possible_until(job)) if allowed else ""}
    if job.state == State.UNDONE:
        told |= {"undone": undo.told_of(job), "kept": undo.kept_by(job, request.user)}
    elif job.state == State.DONE and not job.options.get("dry_run"):
        told["no_undo"] = kind_of(job.kind).no_undo
    return told


def _columns_page(request: Request, job: ImportJob, form: ColumnsForm | None) -> HttpResponse:
    try:
        table = files.open_job_table(job)
    except TabularError as error:
        toasts.error(request, str(error))
        return redirect("import_list")
    form = form or ColumnsForm(job=job, table=table, user=request.user, given=_taken(request))
    before = services.same_file_before(job)
    context = _context(request, job) | {
        "form": form,
        "table": table,
        "reading": ReadingForm(table=table),
        "rows": form.rows(),
        "before": moment(before.finished_at) if before else "",
        "known": remembered.of(request.user).filter(pk=job.options.get("remembered")).first(),
        "step": 2,
    }
    return render(request, "imports/columns.html", context, status=422 if form.errors else 200)


@needs("import.add", FORM)
def import_columns(request: Request, pk: int) -> HttpResponse:
    """The columns of an upload; also to change them after the dry run."""
    job = _job(request, pk)
    if job.state not in services.CHANGEABLE:
        toasts.info(request, str(GONE_ON))
        return redirect(_page_of(job))
    if request.method != "POST" or "take" in request.POST:
        return _columns_page(request, job, None)
    try:
        table = files.open_job_table(job)
        form = ColumnsForm(request.POST, job=job, table=table, user=request.user)
        if not form.is_valid():
            return _columns_page(request, job, form)
        return _check(request, job, form)
    except TabularError as error:
        toasts.error(request, str(error))
        return redirect("import_list")


def _taken(request: Request) -> dict[str, Any]:
    """What stands in the fields, with the offer that was taken by its button (`take=col3:amount`)."""
    given = request.POST.dict()
    column, _sign, name = given.pop("take", "").partition(":")
    return given | {column: name} if column else {}


def _check(request: Request, job: ImportJob, form: ColumnsForm) -> HttpResponse:
    source = form.cleaned_data.get("source", "import")
    try:
        services.import_check(job=job, mapping=form.mapping(), options=form.options(), source=source, by=request.user)
    except (ImportRefusedError, UnsureEncodingError) as error:
        form.add_error(None, str(error))
        return _columns_page(request, job, form)
    except WrongStateError:
        toasts.info(request, str(GONE_ON))
        return redirect(_page_of(job))
    return redirect(_page_of(job))


@needs("import.add", POST)
def import_reading(request: Request, pk: int) -> HttpResponse:
    """Read the file in another encoding, or with another row as its header; the columns are guessed anew."""
    job = _job(request, pk)

    def read() -> None:
        form = ReadingForm(request.POST, table=files.open_job_table(job))
        if not form.is_valid():
            raise ValidationError(_("Choose an encoding and a row of the file."))
        services.import_reading(job=job, **form.cleaned_data)

    columns = reverse("import_columns", args=[pk])
    return act(
        request,
        read,
        said=_("Read again: please check the columns."),
        refused={TabularError: "", WrongStateError: GONE_ON},
        then=columns,
        or_to=lambda error: _page_of(job) if isinstance(error, WrongStateError) else columns,
    )


@needs("import.add", FORM)
def import_doubts(request: Request, pk: int) -> HttpResponse:
    """The rows of a dry run that may mean somebody who is there: what is to become of each, some at a time."""
    job = _job(request, pk)
    if job.state != State.READY:
        toasts.info(request, str(GONE_ON))
        return redirect(_page_of(job))
    after = row_id(request.GET.get("after", "")) or 0
    found = kind_of(job.kind).doubts(job, request.user, after, DOUBTS + 1)
    doubts, more = found[:DOUBTS], len(found) > DOUBTS
    if request.method == "POST":
        return _decide(request, job, doubts, more=more)
    said = dict(job.edits.filter(row_no__in=[doubt.row_no for doubt in doubts]).values_list("row_no", "choice"))
    context = {
        "job": job,
        "kind": kind_of(job.kind).label,
        "doubts": [(doubt, said.get(doubt.row_no, "")) for doubt in doubts],
        "more": more,
        "after": after,
    }
    return render(request, "imports/doubts.html", context)


def _decide(request: Request, job: ImportJob, doubts: Sequence[Doubt], *, more: bool) -> HttpResponse:
    """Keep what was chosen; then the next ones, or the dry run once more."""
    sent = {doubt.row_no: request.POST.get(f"row-{doubt.row_no}", "") for doubt in doubts}
    choices = {doubt.row_no: sent[doubt.row_no] for doubt in doubts if sent[doubt.row_no] in dict(doubt.choices)}
    goes_on = more and "next" in request.POST
    here = reverse("import_doubts", args=[job.pk])

    def decide() -> None:
        services.rows_decide(job=job, choices=choices, by=request.user)
        if not goes_on:
            services.import_check_again(job=job, by=request.user)

    return act(
        request,
        decide,
        said=_("Kept. Nothing is written yet.") if goes_on else "",
        refused={ImportRefusedError: "", TabularError: ""},
        already={WrongStateError: GONE_ON},
        then=f"{here}?after={doubts[-1].row_no}" if goes_on else _page_of(job),
        or_to=lambda error: _page_of(job),
    )


@needs("import.add", FORM)
def import_refused(request: Request, pk: int) -> HttpResponse:
    """Refused rows with their cells to be corrected, and brought once more."""
    job = _job(request, pk)
    if job.state not in refused.OPEN or services.refused_rows(job) is None:
        toasts.info(request, str(GONE_ON))
        return redirect(_page_of(job))
    groups = refused.groups_of(job)
    at = row_id(request.GET.get("why", "")) or 0
    why = groups[at - 1][0] if 0 < at <= len(groups) else ""
    after = row_id(request.GET.get("after", "")) or 0
    found = refused.page_of(job, why=why, after=after, most=REFUSED + 1)
    rows, more = found[:REFUSED], len(found) > REFUSED
    if request.method == "POST":
        return _correct(request, job, rows, at=at if why else 0, more=more)
    edits = dict(job.edits.filter(row_no__in=[row.key for row in rows]).values_list("row_no", "cells"))
    labels = {column.name: str(column.label) for column in kind_of(job.kind).columns}
    columns = {column: labels[name] for name, column in job.mapping.items() if name in labels}
    context = {
        "job": job,
        "groups": [(number, told, words, number == at) for number, (_gist, told, words) in enumerate(groups, 1)],
        "rows": [_cells_of(row, columns, edits.get(row.key, {})) for row in rows],
        "why": at if why else 0,
        "more": more,
        "after": after,
        "written": job.state == State.DONE,
    }
    return render(request, "imports/refused_rows.html", context)


def _cells_of(row: refused.RefusedRow, columns: dict[str, str], edited: dict[str, str]) -> dict[str, Any]:
    """The row with its cells as (number, column, text): those to be corrected first, the others folded."""
    wrong = row.wrong(columns) or list(columns)
    cells = {
        column: (place, column, edited.get(column, text))
        for place, (column, text) in enumerate(row.cells.items())
        if column in columns
    }
    others = [cells[column] for column in columns if column in cells and column not in wrong]
    told = [text for _place, _column, text in others if text][:3]
    return {"row": row, "wrong": [cells[column] for column in wrong if column in cells], "rest": others, "told": told}


def _correct(
    request: Request, job: ImportJob, rows: Sequence[refused.RefusedRow], *, at: int, more: bool
) -> HttpResponse:
    """Keep the cells that say something else now; then the next rows, or all of them once more."""
    cells: dict[int, dict[str, str]] = {}
    for row in rows:
        sent = {
            column: request.POST[f"cell-{row.key}-{place}"].strip()
            for place, column in enumerate(row.cells)
            if f"cell-{row.key}-{place}" in request.POST
        }
        cells[row.key] = {column: text for column, text in sent.items() if text != row.cells[column]}
    kept = {key: given for key, given in cells.items() if given}
    here = reverse("import_refused", args=[job.pk])

    def correct() -> ImportJob:
        refused.rows_correct(job=job, cells=kept, by=request.user)
        if "next" in request.POST and more:
            return job
        if job.state == State.DONE:
            return refused.bring_again(job=job, by=request.user)
        services.import_check_again(job=job, by=request.user)
        return job

    goes_on = "next" in request.POST and more
    return act(
        request,
        correct,
        said=_("Kept. Nothing is written yet.") if goes_on else "",
        refused={ImportRefusedError: "", TabularError: ""},
        already={WrongStateError: GONE_ON},
        then=f"{here}?why={at}&after={rows[-1].key}" if goes_on else _page_of,
        or_to=lambda error: here,
    )


@needs("import.add", POST)
def import_start(request: Request, pk: int) -> HttpResponse:
    """Write what the dry run has shown."""
    job = _job(request, pk)
    start = partial(services.import_start, job=job, by=request.user)
    return act(request, start, already={WrongStateError: GONE_ON}, then=_page_of(job))


@needs("import.add", POST)
def import_cancel(request: Request, pk: int) -> HttpResponse:
    """Stop it; what is written stays."""
    job = _job(request, pk)
    cancel = partial(services.import_cancel, job=job, by=request.user)
    return act(request, cancel, said=_("Import cancelled"), already={WrongStateError: GONE_ON}, then=_page_of(job))


@needs("import.add", FORM)
def import_undo(request: Request, pk: int) -> HttpResponse:
    """What taking the import back would do, and, once that was seen, its start."""
    job = _job(request, pk)
    if not undo.may_undo(request.user, job):
        raise PermissionDenied
    if request.method == "POST":
        start = partial(undo.undo_start, job=job, by=request.user)
        return act(request, start, refused={UndoRefusedError: ""}, then=_page_of(job))
    if not undo.can_be_undone(job):
        toasts.info(request, _("There is nothing of this import that could still be taken back."))
        return redirect(_page_of(job))
    context = {
        "job": job,
        "kind": kind_of(job.kind).label,
        "outlook": undo.outlook(job, request.user),
        "until": moment(undo.possible_until(job)),
    }
    return render(request, "imports/undo.html", context)


@needs("import.view", READ)
def import_handout(request: Request, pk: int) -> HttpResponse:
    """What the import hands out to its sender, such as the temporary passwords of new users."""
    path = services.handout(job=_job(request, pk), by=request.user)
    if path is None:
        raise Http404
    return _download(path, path.name)


@needs("import.view", READ)
def import_errors(request: Request, pk: int) -> HttpResponse:
    """The refused rows as CSV, to whoever may see the import."""
    path = services.refused_rows(_job(request, pk))
    if path is None:
        raise Http404
    return _download(path, f"import-{pk}-errors.csv")


def _download(path: Path, name: str) -> HttpResponse:
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv")
