"""What the import commands share: options, the job behind them, progress bar, summary and JSON line."""

from __future__ import annotations

import json
import shlex
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from tqdm import tqdm

from intake import engine, files, guessing, understood, values
from intake.kinds import ImportRefusedError, Kind, Progress, kind_of
from intake.mapping import checked_mapping, parsed_mapping, spelled_mapping
from intake.models import ImportJob
from intake.tabular import ENCODINGS, Table, TabularError, UnsureEncodingError, checked_encoding, open_table

State = ImportJob.State
# What lines of the summary are called that are no figures of a kind; the JSON line keeps the names.
SUMMARY = {
    "error_file": gettext_lazy("file of the refused rows"),
    "passwords_file": gettext_lazy("file of the passwords"),
    "dry_run": gettext_lazy("dry run"),
    "seconds": gettext_lazy("seconds"),
}


class ImportCommand(BaseCommand):
    """Base of the import commands: say the kind and the figures of its summary.

    A run that was killed goes on where it stopped.
    """

    kind_code: ClassVar[str]
    summary: ClassVar[tuple[str, ...]]  # keys of the JSON line besides errors, error_file and seconds

    def add_arguments(self, parser: ArgumentParser) -> None:
        fields = ", ".join(kind_of(self.kind_code).names())
        parser.add_argument("file", help="CSV or XLSX, also gzipped")
        parser.add_argument("--map", default="", help=f"field=column,... Fields: {fields}. Without it, by column names")
        parser.add_argument("--encoding", default="", metavar="NAME", help=f"of a CSV file: {', '.join(ENCODINGS)}")
        parser.add_argument(
            "--header-row", type=int, default=0, metavar="N", help="row of the file with the column names"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        if any(column.holds.dated for column in kind_of(self.kind_code).columns):
            parser.add_argument(
                "--date-format", default="", help="order of day, month and year: ymd, dmy, mdy or like %%d/%%m/%%Y"
            )
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def options_of(self, options: dict[str, Any]) -> dict[str, Any]:
        """Options of the job that belong to this kind."""
        return {}

    def more_of(self, job: ImportJob) -> dict[str, Any]:
        """What the summary tells of this kind besides its figures."""
        return {}

    def source_of(self, options: dict[str, Any]) -> str:
        """Where the rows come from, as they are known by it."""
        return "import"

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            job = self._run(options)
        except (TabularError, ImportRefusedError) as error:
            raise CommandError(str(error)) from error
        if job.state != State.DONE:
            raise CommandError(job.message or _("The import was cancelled."))
        self._tell(job, round(time.monotonic() - began, 2), as_json=options["json"])

    def _run(self, options: dict[str, Any]) -> ImportJob:
        table = open_as_chosen(options)
        wanted: dict[str, Any] = {
            "kind": self.kind_code,
            "source": self.source_of(options),
            "mapping": self._mapping(options["map"], table),
            "options": self._options(options),
            "sha256": table.sha256,
            "look": table.look,
        }
        kind_of(self.kind_code).check_options(wanted["options"], None)
        path = Path(options["file"]).resolve()
        job = begun_before(wanted, path) or new_job(wanted, path)
        with progress_bar() as show:
            engine.run(job, progress=self._warning(show), wait=True)
        job.refresh_from_db()
        return job

    def _warning(self, show: Progress) -> Progress:
        """`show`, and once, when the file is compared and nothing is written yet, what a person should look at."""
        told = False

        def progress(job: ImportJob) -> None:
            nonlocal told
            show(job)
            if not told and "questions" in job.counts:
                told = True
                for asked in understood.asked_by(job):
                    self.stdout.write(f"! {asked.text} {_rows(asked)}")

        return progress

    def _mapping(self, text: str, table: Table) -> dict[str, str]:
        kind = kind_of(self.kind_code)
        mapping = checked_mapping(kind, parsed_mapping(text) if text else self._guessed(kind, table))
        table.require(mapping.values())
        return mapping

    def _guessed(self, kind: Kind, table: Table) -> dict[str, str]:
        """What the headers say for certain; ImportRefusedError proposes the rest when it can't do without."""
        guess = guessing.guessed(kind, table.columns, table.sample(guessing.SAMPLE))
        problem = kind.check(guess.mapping)
        for name in sorted(guess.doubted):
            words = _("The column %(column)s doesn't look like what it is called.")
            problem = problem or words % {"column": guess.maybe[name]}
        if problem and guess.maybe:
            told = _("%(problem)s Say which columns to take; the file hints at: %(option)s")
            option = f"--map {shlex.quote(spelled_mapping(guess.proposal))}"
            raise ImportRefusedError(told % {"problem": problem, "option": option})
        if guess.maybe:
            left = {"columns": spelled_mapping(guess.maybe)}
            self.stdout.write(_("Not taken, as the names only hint at it: %(columns)s") % left)
        return guess.mapping

    def _options(self, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "command": True,
            "dry_run": options["dry_run"],
            "language": translation.get_language(),
            "date_format": checked_date_format(options.get("date_format", "")),
            **self.options_of(options),
        }

    def _tell(self, job: ImportJob, seconds: float, *, as_json: bool) -> None:
        result = {name: job.counts.get(name, 0) for name in self.summary} | self.more_of(job)
        result |= {"errors": job.counts.get("errors", 0)}
        result |= {"error_file": str(files.error_path(job)) if job.error_file else None, "seconds": seconds}
        self.stdout.write(_("Columns: %(columns)s") % {"columns": spelled_mapping(job.mapping)})
        if job.options.get("dry_run"):
            self.stdout.write(_("Dry run: nothing was written."))
        for label, figure in understood.figures_of(job):
            self.stdout.write(f"{label}: {figure}")
        for refusal in understood.refusals_of(job):
            self.stdout.write(f"- {refusal.text} {_rows(refusal)}")
        for name, value in result.items():
            if value is not None:
                self.stdout.write(summary_line(kind_of(job.kind), name, value))
        if result["errors"]:
            self.stderr.write(refused_words(result["errors"], result["error_file"]))
        if as_json:
            self.stdout.write(json.dumps(result))


def _rows(found: understood.Asked | understood.Refusal) -> str:
    """(rows 2, 5, 9 and 3 more)"""
    listed = ", ".join(str(row) for row in found.rows)
    more = _(" and %(n)s more") % {"n": found.more} if found.more else ""
    return _("(rows %(rows)s)") % {"rows": listed + more} if listed else ""


def summary_line(kind: Kind, name: str, value: object) -> str:
    """`rows: 1,204` in the reader's language."""
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    figure = f"{value:,}" if isinstance(value, int) else str(value)
    return f"{kind.counts.get(name) or SUMMARY.get(name, name)}: {figure}"


def begun_before(wanted: dict[str, Any], path: Path) -> ImportJob | None:
    """The unfinished job of the very same command, which a killed process left or another one works on.

    It goes on at `path`: the content is the same by its hash, the file may have been moved since.
    """
    job = ImportJob.objects.filter(**wanted, user=None, state__in=engine.OPEN).order_by("pk").first()
    if job is not None and job.path != str(path):
        job.path, job.file_name = str(path), path.name[:255]
        job.save(update_fields=["path", "file_name"])
    return job


def new_job(wanted: dict[str, Any], path: Path) -> ImportJob:
    """A job of a command: its own file, no owner among the people."""
    return ImportJob.objects.create(**wanted, path=str(path), file_name=path.name[:255])


def checked_date_format(text: str) -> str:
    """The order of day, month and year, CommandError when the text doesn't say it."""
    try:
        return values.date_order(text)
    except ValueError as error:
        raise CommandError(str(error)) from error


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A function to be called after each batch; it draws a bar when somebody is watching."""
    with tqdm(disable=None if sys.stderr.isatty() else True, unit="", unit_scale=True, file=sys.stderr) as bar:

        def show(job: ImportJob) -> None:
            reading = job.phase == "stage" or "last" not in job.counts
            bar.set_description(job.phase, refresh=False)
            bar.total = (job.total_rows or 0) if reading else job.counts["last"]
            bar.n = job.next_row if reading else min(job.cursor, bar.total)
            bar.refresh()

        yield show


def open_as_chosen(options: Mapping[str, Any]) -> Table:
    """The command's file, its encoding certain or chosen; CommandError or TabularError says what is wrong."""
    try:
        encoding = checked_encoding(options["encoding"])
    except ValueError as error:
        raise CommandError(str(error)) from error
    table = open_table(options["file"], encoding=encoding, header_row=max(options["header_row"], 0))
    try:
        table.require_encoding()
    except UnsureEncodingError as error:
        raise CommandError(f"{error} {_('Write it behind --encoding.')}") from error
    return table


def refused_words(count: int, path: str) -> str:
    """The sentence that nobody overlooks: not everything went in. The command is done all the same, and ends with 0."""
    text = ngettext(
        "%(count)s row was refused and isn't stored. Correct it in %(file)s, where its reason"
        " stands, and import that file.",
        "%(count)s rows were refused and aren't stored. Correct them in %(file)s, where their"
        " reasons stand, and import that file.",
        count,
    )
    return text % {"count": count, "file": path}
