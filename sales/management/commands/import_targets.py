"""import_targets FILE --map user_email,month,metric,value: what people are to reach in a month."""

from intake.command import ImportCommand


class Command(ImportCommand):
    help = "Import targets: columns user_email, month (2026-11), metric (revenue, orders, visits), value (major units)."
    kind_code = "targets"
    summary = ("rows", "created", "updated", "unchanged")
