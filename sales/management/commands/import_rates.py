"""import_rates FILE: exchange rates by day (date, code, rate)."""

from intake.command import ImportCommand


class Command(ImportCommand):
    help = "Import exchange rates: columns date, code, rate (company currency for one unit of code)."
    kind_code = "rates"
    summary = ("rows", "created", "updated", "unchanged")
