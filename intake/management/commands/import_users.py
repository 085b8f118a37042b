"""import_users FILE --map field=column,...: people from CSV or XLSX, known ones are updated."""

from typing import Any

from django.utils.translation import gettext as _

from intake.command import ImportCommand
from intake.models import ImportJob
from intake.user_file import passwords_path


class Command(ImportCommand):
    help = (
        "Import users from CSV or XLSX (also .gz): made with a temporary password, or updated by e-mail or mobile. "
        "The passwords stand in a file for a day (passwords_file)."
    )
    kind_code = "users"
    summary = ("rows", "created", "updated", "unchanged")

    def more_of(self, job: ImportJob) -> dict[str, Any]:
        path = passwords_path(job)
        written = path.is_file()
        if written:
            self.stderr.write(
                _("The file with the temporary passwords is deleted after a day. Hand them out until then.")
            )
        return {"dry_run": bool(job.options.get("dry_run")), "passwords_file": str(path) if written else None}
