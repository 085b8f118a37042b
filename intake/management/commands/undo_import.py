"""undo_import ID: take an import back, as far as nobody has worked on what it brought."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from intake import engine, undo
from intake.models import ImportJob


class Command(BaseCommand):
    help = (
        "Take an import back within 7 days: what it made goes, what it changed gets its old values. What somebody has "
        "worked on since stays and is listed. For files of customers, orders, targets and exchange rates. The ID "
        "stands in the address of the import's page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, help="number of the import")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        job = ImportJob.objects.filter(pk=options["id"]).first()
        if job is None:
            raise CommandError(_("There is no import %(id)s.") % {"id": options["id"]})
        if options["dry_run"]:
            self._foretell(job)
            return
        if job.state != ImportJob.State.UNDOING:
            try:
                undo.undo_start(job=job, by=None)
            except undo.UndoRefusedError as error:
                raise CommandError(str(error)) from error
        engine.run(job, wait=True)
        job.refresh_from_db()
        for words, figure in undo.told_of(job):
            self.stdout.write(f"{words}: {figure}")
        self._list(undo.kept_by(job, None))
        if job.message:
            raise CommandError(job.message)

    def _foretell(self, job: ImportJob) -> None:
        if not undo.can_be_undone(job):
            raise CommandError(_("There is nothing of this import that could still be taken back."))
        found = undo.outlook(job, None)
        for words in found.goes:
            self.stdout.write(_("Would go: %(what)s") % {"what": words})
        for words in found.back:
            self.stdout.write(_("Would be as before: %(what)s") % {"what": words})
        self._list(found.stays)
        self.stdout.write(_("Dry run: nothing was written."))

    def _list(self, stays: Sequence[undo.Kept]) -> None:
        for kept in stays:
            self.stdout.write(_("Stays: %(what)s") % {"what": kept.words})
