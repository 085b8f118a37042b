"""Channels that are equal but for Chinese characters or signs are different channels."""

import pytest

from customers.imports.catalogues import channel_ensure
from customers.models import Channel, Customer
from intake.models import ImportJob

pytestmark = pytest.mark.django_db
PAIRS = [("天猫APP", "京东APP"), ("官网Store", "线下Store"), ("a-b", "a.b"), ("A&B", "A B"), ("天猫", "京东")]


@pytest.fixture
def job():
    """The import that names the channels."""
    return ImportJob.objects.create(kind="customers", file_name="a.csv", path="a.csv")


@pytest.mark.parametrize("names", PAIRS)
def test_each_name_is_a_channel_of_its_own(names, job):
    made = [channel_ensure(name, job) for name in names]
    assert [row.name_zh for row in made] == list(names)
    assert made[0].code != made[1].code
    assert [channel_ensure(name, job).pk for name in names] == [row.pk for row in made], (
        "the same again when it comes again"
    )


@pytest.mark.parametrize("spelling", ["Web Shop", "web  shop", "ＷＥＢ SHOP", " Web Shop "])
def test_spellings_of_one_name_are_one_channel(spelling, job):
    first = channel_ensure("Web Shop", job)
    assert (channel_ensure(spelling, job).pk, first.code) == (first.pk, "web-shop")


def test_a_name_never_becomes_a_channel_that_only_shares_its_code(job):
    Channel.objects.create(code="app", name_en="In-house app", name_zh="自有应用")
    assert channel_ensure("天猫APP", job).name_zh == "天猫APP"


def test_customers_of_a_file_keep_their_channels(run_import, table):
    run_import(table("number,name,channel", "1,甲,天猫APP", "2,乙,京东APP"), command="import_customers")
    assert dict(Customer.objects.values_list("number", "channel__name_zh")) == {"1": "天猫APP", "2": "京东APP"}
