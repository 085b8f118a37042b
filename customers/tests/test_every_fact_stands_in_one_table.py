"""The table of customers/facts.py and the model say the same."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from customers.facts import FACTS, Measure, Read, Writer, read_by, written_by
from customers.models import CustomerFacts

FIELDS = {
    Measure.CODE: models.CharField,
    Measure.RANK: models.PositiveSmallIntegerField,
    Measure.SCORE: models.PositiveSmallIntegerField,
    Measure.POINTS: models.PositiveSmallIntegerField,
    Measure.COUNT: models.IntegerField,
    Measure.MONEY: models.BigIntegerField,
    Measure.DAY: models.DateField,
    Measure.DAYS: models.PositiveSmallIntegerField,
    Measure.MOMENT: models.DateTimeField,
    Measure.LIST_OF_DAYS: ArrayField,
    Measure.YES_OR_NO: models.BooleanField,
}


def columns():
    return [field for field in CustomerFacts._meta.concrete_fields if not field.primary_key]


def test_each_column_has_its_line_and_each_line_its_column():
    assert list(FACTS) == [field.name for field in columns()]


def test_a_line_says_what_the_column_holds():
    for field in columns():
        kind = FIELDS[FACTS[field.name].measure]
        assert isinstance(field, kind), f"{field.name} is a {type(field).__name__}, which isn't a {kind.__name__}"
        assert FACTS[field.name].meaning


def test_each_writer_is_there_and_writes_something():
    for writer in Writer:
        assert (settings.BASE_DIR / writer.value).is_file(), writer
        assert written_by(writer), writer


def test_each_reader_reads_something():
    assert all(read_by(reader) for reader in Read)
