"""import_customers FILE --map field=column,...: customers from CSV or XLSX."""

from customers.imports.command import CustomersCommand


class Command(CustomersCommand):
    help = "Import customers from a CSV or XLSX file (also .gz); known ones get the filled cells."
    kind_code = "customers"
    summary = ("rows", "customers_created", "updated", "unchanged")
