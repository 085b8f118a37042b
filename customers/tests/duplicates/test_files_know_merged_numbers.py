"""A file that brings the number of a merged customer means the customer that it went up in, and renames nobody."""

import pytest

from customers import services
from customers.duplicates.merge import customers_merge
from customers.models import Customer
from intake.tests.files import own_storage, run_import, table

__all__ = ["own_storage", "run_import", "table"]
pytestmark = pytest.mark.django_db


def test_the_number_of_a_merged_file_leads_to_the_one_that_stays(cast, run_import, table):
    stays = services.customer_create(by=cast.wang, owner=cast.wang, name="恒远机械", number="A1")
    gone = services.customer_create(by=cast.wang, owner=cast.wang, name="恒远机械有限公司", number="A2")
    versions = {row.pk: Customer.objects.get(pk=row.pk).version for row in (stays, gone)}
    customers_merge(survivor=stays, gone=gone, versions=versions, changes={}, by=cast.lead)
    result = run_import(table("number,name,region", "A2,恒远旧名,苏州"), command="import_customers")
    assert (result["customers_created"], result["updated"], result["errors"]) == (0, 1, 0)
    stays.refresh_from_db()
    assert (stays.number, stays.name, stays.region) == ("A1", "恒远机械", "苏州")
