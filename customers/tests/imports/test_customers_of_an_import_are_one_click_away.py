"""The page of an import leads to the customers that it made and to those that it changed; files of orders too."""

import re

import pytest
from django.urls import reverse

from customers.models import Customer, ImportedCustomer
from customers.tests.imports.test_a_file_does_what_its_sender_may import checked, grant, told, written
from intake.models import ImportJob
from intake.tests.jobs.test_a_file_is_uploaded import brought_in

pytestmark = pytest.mark.django_db


def listed(client, job: ImportJob, brought: str) -> set[str]:
    """Names on the list to which the page's link leads."""
    page = client.get(reverse("import_job", args=[job.pk])).content.decode()
    found = re.search(rf'href="([^"]*import={job.pk}&amp;brought={brought})"', page)
    text = client.get(found[1].replace("&amp;", "&")).content.decode() if found else ""
    return {name for name in ("恒远机械", "甲公司", "乙公司", "王芳", "李雷") if f">{name}<" in text}


def test_new_and_changed_customers_of_a_customer_file(cast, customer, sign_in):
    written(cast.wang, "number,name\nX9,乙公司\n")
    job = written(cast.wang, f"number,name,region\n{customer.number},,苏州\nX1,甲公司,\nX9,乙公司,\n")
    client = sign_in(cast.wang)
    assert listed(client, job, "new") == {"甲公司"}
    assert listed(client, job, "changed") == {"恒远机械"}, "what stayed as it was isn't listed"


def test_new_customers_of_a_file_of_orders(cast, sign_in):
    client = sign_in(cast.wang)
    job = brought_in(client)
    assert job.state == "done"
    assert listed(client, job, "new") == {"王芳", "李雷"}


def test_others_see_neither_the_import_nor_customers_out_of_reach(cast, customer, sign_in):
    job = written(cast.wang, "number,name\nX1,甲公司\n")
    path = f"{reverse('customer_list')}?view=all&import={job.pk}"
    assert "甲公司" not in sign_in(cast.outsider).get(path).content.decode()
    assert "甲公司" in sign_in(cast.admin).get(path).content.decode()


def test_new_customers_in_the_pool_are_listed_as_the_pool_shows_them(cast, sign_in):
    job = written(cast.wang, "number,name\nX1,甲公司\nX2,乙公司\n")
    Customer.objects.filter(name="甲公司").update(owner=None)
    client = sign_in(cast.wang)
    assert listed(client, job, "new") == {"甲公司", "乙公司"}
    path = f"{reverse('customer_list')}?view=all&import={job.pk}&brought=new&owner={cast.wang.pk}"
    assert ">甲公司<" not in client.get(path).content.decode(), "another filter would tell more of it"


def test_a_dry_run_leads_nowhere(cast, sign_in):
    job = checked(cast.wang, "number,name\nX1,甲公司\n")
    assert not ImportedCustomer.objects.exists()
    assert listed(sign_in(cast.wang), job, "new") == set()


def test_who_reads_masked_still_brings_repeated_rows_in_once(cast):
    """What the file itself has made is no secret to its sender."""
    job = written(cast.admin, "name,phone\n甲公司,13800138001\n甲公司,13800138001\n甲公司,13800138002\n")
    assert (told(job)["customers_created"], told(job)["unchanged"]) == (2, 1)
    assert Customer.objects.filter(name="甲公司").count() == 2


def test_a_file_of_orders_makes_customers_only_for_who_may_add_them(cast, sign_in):
    grant(cast.wang, cast, customer__add=None)
    job = brought_in(sign_in(cast.wang))
    assert (job.counts["orders"], job.counts["errors"], Customer.objects.count()) == (0, 3, 0)
