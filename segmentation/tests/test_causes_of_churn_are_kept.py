"""The list of causes: shipped, named by the company, put out of use and back."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from core.versions import StaleVersionError
from segmentation.cases import causes
from segmentation.cases.models import ChurnCause
from segmentation.defaults import causes_ensure

pytestmark = pytest.mark.django_db


def test_a_company_begins_with_causes_in_both_languages(defaults):
    assert ChurnCause.objects.get(code="price").name_zh == "价格"


def test_a_start_never_brings_back_what_a_company_has_changed(cast):
    ChurnCause.objects.exclude(code="price").delete()
    causes_ensure()
    assert ChurnCause.objects.count() == 1


def test_the_manager_adds_renames_and_retires(sign_in, cast):
    client = sign_in(cast.manager)
    client.post(reverse("cause_new"), {"name_en": "Taste", "name_zh": "口味"})
    made = ChurnCause.objects.get(name_en="Taste")
    causes.cause_rename(row=made, changes={"name_en": "Flavour"}, by=cast.manager)
    client.post(reverse("cause_retire", args=[made.pk]))
    made.refresh_from_db()
    assert (made.name_en, made.is_active) == ("Flavour", False)
    client.post(reverse("cause_restore", args=[made.pk]))
    acts = set(AuditEntry.objects.filter(act__startswith="cause.").values_list("act", flat=True))
    assert acts == {"cause.create", "cause.change", "cause.retire", "cause.restore"}


def test_two_causes_are_not_called_alike(cast):
    with pytest.raises(ValidationError) as refused:
        causes.cause_add(name_en="price", name_zh="太贵", by=cast.manager)
    assert list(refused.value.message_dict) == ["name_en"]


def test_over_somebody_elses_name_nothing_is_written(cast):
    row, other = (ChurnCause.objects.get(code="price") for _turn in range(2))
    causes.cause_rename(row=other, changes={"name_en": "Too dear"}, by=cast.manager)
    with pytest.raises(StaleVersionError):
        causes.cause_rename(row=row, changes={"name_en": "Dear"}, by=cast.admin)


def test_a_rep_reads_and_changes_nothing(sign_in, cast):
    client = sign_in(cast.wang)
    assert client.get(reverse("cause_list")).status_code == 200
    assert client.get(reverse("cause_new")).status_code == 403
