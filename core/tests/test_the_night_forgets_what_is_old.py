"""Keys of sent forms, abandoned drafts and ended sessions go with the night; what is still of use stays."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import models

from core import clock
from core.housekeeping import forget_old
from core.models import Draft, IdempotencyKey

pytestmark = pytest.mark.django_db


def aged(model: type[models.Model], pk: object, **ages: timedelta) -> None:
    model._base_manager.filter(pk=pk).update(**{field: clock.now() - age for field, age in ages.items()})


def test_keys_are_kept_seven_days(cast):
    for key, days in (("kept", 6), ("old", 8)):
        row = IdempotencyKey.objects.create(user=cast.wang, key=key, body_hash="x", model="m")
        aged(IdempotencyKey, row.pk, created_at=timedelta(days=days))
    forget_old(clock.last_ended_day())
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["kept"]


def test_drafts_are_kept_sixty_days_from_the_last_word(cast):
    for form, days in (("kept", 59), ("old", 61)):
        row = Draft.objects.create(user=cast.wang, form_key=form, data=[])
        aged(Draft, row.pk, updated_at=timedelta(days=days))
    forget_old(clock.last_ended_day())
    assert list(Draft.objects.values_list("form_key", flat=True)) == ["kept"]


def test_sessions_are_kept_until_they_end(cast):
    for key, hours in (("open", 1), ("ended", -1)):
        Session.objects.create(session_key=key, session_data="", expire_date=clock.now() + timedelta(hours=hours))
    assert forget_old(clock.last_ended_day())["sessions.Session"] == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
