"""What this app gives to the pages and jobs of the whole: files that are brought in."""

from django.utils.translation import gettext_lazy as _

from accounts.audit_reading import told_in_words
from accounts.policy import ALL, OWN, TEAM
from core.contributions import (
    Act,
    ChoiceName,
    Collection,
    Contribution,
    Detail,
    Event,
    MenuEntry,
    Named,
    Number,
    Resource,
)
from intake.kinds import ERRORS, ROWS, UNCHANGED, UPDATED, choices
from intake.models import ImportJob
from intake.notices import IMPORT_NOTICE
from intake.user_file import USERS
from ui import formatting

RESOURCES = (
    Resource(
        "import",
        _("imports"),
        order=140,
        opens={
            "view": _("The imports with their results; check, start, stop and take them back."),
            "add": _(
                "Bring in a file: customers, contacts, activities, orders, products, costs, people, targets or rates."
            ),
        },
        grants={
            "rep": {OWN: "view add"},
            "team_lead": {OWN: "view", TEAM: "add"},
            "manager": {OWN: "view", TEAM: "add"},
            "administrator": {ALL: "view add"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="intake",
    urls=("intake.urls",),
    resources=RESOURCES,
    numbers=(
        Number(
            "exports_a_day",
            "limits",
            _("Exports of a list that a person may take in a day"),
            _("Counted for each list and person; figures of dashboards aren't counted."),
            *(20, 0, 500),
            _("exports"),
        ),
        Number(
            "import_undo_days",
            "kept",
            _("Days that an import can be taken back"),
            _("So long what was there before is kept; then the import is final."),
            *(7, 1, 60),
            _("days"),
        ),
    ),
    menu=(MenuEntry(_("Imports"), "import_list", "upload", "import.add", group="system", order=10),),
    import_kinds=(USERS,),
    notice_kinds=(IMPORT_NOTICE,),
    acts=(
        Act("import.upload", _("uploaded a file")),
        Act("import.start", _("started an import")),
        Act("import.finish", _("import finished")),
        Act("import.cancel", _("cancelled an import")),
        Act("columns.share", _("shared remembered columns")),
        Act("columns.keep", _("no longer shared remembered columns")),
        Act("columns.forget", _("forgot remembered columns")),
        Act("import.undo", _("began to take an import back")),
        Act("import.undone", _("import taken back")),
        Act("figures.export", _("took figures of a page as a file"), tone="warn"),
        Act("import.handout", _("fetched what an import hands out")),
    ),
    details=(
        Detail("kind", _("kind"), codes=lambda: dict(choices())),
        Detail("seconds", _("time taken"), read=lambda line, value: formatting.duration(value)),
        Detail("rows", ROWS),
        Detail("updated", UPDATED),
        Detail("unchanged", UNCHANGED),
        Detail("errors", ERRORS),
        # What an export took out of which list.
        Detail("told", _("narrowed by"), read=told_in_words),
        Detail("file", _("file")),
        Detail("asked", _("narrowed by")),
        Detail("gone", _("taken back")),
        Detail("back", _("put back")),
        Detail("kept", _("kept")),
        # Marks of the machine's own progress.
        Detail("last", internal=True),
        Detail("looked_up_to", internal=True),
        Detail("planned", internal=True),
        Detail("undo_of", internal=True),
    ),
    named=(
        Named(
            "intake.importjob",
            _("import"),
            lambda row: row.file_name,
            page="import_job",
            right="import.view",
            before=("customers.importjob",),
        ),
        Named("intake.rememberedcolumns", _("remembered columns"), lambda row: row.file_name),
    ),
    choice_names=(
        ChoiceName("ImportKindEnum", choices),
        ChoiceName("ImportStateEnum", ImportJob.State),
    ),
    # since: the first day of the past that it changed, or None
    events=(Event("import_finished", ("job", "since")), Event("import_undone", ("job", "since"))),
    collections=(Collection("imports", "intake.api.ImportViewSet", "import"),),
)
