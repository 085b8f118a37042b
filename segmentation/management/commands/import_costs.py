"""import_costs FILE --map customer_no,kind,amount,date: what was paid for customers and channels."""

from intake.command import ImportCommand


class Command(ImportCommand):
    help = (
        "Import costs: columns number, customer_no or customer_name or channel, kind, amount (major units), date, note."
    )
    kind_code = "costs"
    summary = ("rows", "created", "updated", "unchanged")
