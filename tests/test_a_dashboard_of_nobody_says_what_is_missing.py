"""Who has no customers reads on each dashboard what is missing and what to do, never a row of zeros.

The dashboards are all pages behind `dashboard.view`, and those named here: a new one is tested without being listed.
"""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from conftest import cast_made
from core.contributions import registry
from tests.access.routes import ALL
from workbench.tests.scored import MONTH_ENDS, make, order, score

pytestmark = pytest.mark.django_db
DASHBOARDS = sorted(
    {
        route.name
        for route in ALL
        if route.methods.get("GET") == "dashboard.view" and not route.kind and ":" not in route.name
    }
    | {"costs", "warning_list", "warning_results"}
)
NIGHT = MONTH_ENDS[-1]
FIGURES = re.compile(r'<dl class="facts|<section class="figures|<table')


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """小王 has customers and sales, 小李 nobody."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = cast_made()
        order(make("G", cast.wang, cast.shanghai), NIGHT, 20_000)
        score(cast)
        for job in registry().nightly_jobs:
            if job.name in ("cohorts", "preferences", "retention", "tier_effect", "economics", "arrivals", "outcomes"):
                result = job.run(NIGHT)
                _ = None if isinstance(result, dict) else list(result)
        yield cast
        transaction.set_rollback(True)


def page(user, name: str) -> str:
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailOrMobileBackend")
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode().partition("<main")[2]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_nobody_reads_no_zeros(company, name):
    text = page(company.li, name)
    assert 'class="empty"' in text
    assert not FIGURES.search(text)


def test_who_has_customers_reads_figures(company):
    """The twin: what the others don't read is there."""
    told = {name for name in DASHBOARDS if FIGURES.search(page(company.wang, name))}
    assert {"segmentation", "purchases", "preferences", "tier_effect", "costs", "team"} <= told
