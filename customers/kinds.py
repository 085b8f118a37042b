"""The kind of customers that nobody has named: as the company says to whom it sells."""

from core.models import Company
from customers.models import Kind


def usual_kind(company: Company) -> Kind:
    """Unknown where both persons and companies buy."""
    sold = {Company.SellsTo.PERSONS: Kind.PERSON, Company.SellsTo.COMPANIES: Kind.COMPANY}
    return sold.get(Company.SellsTo(company.sells_to), Kind.UNKNOWN)
