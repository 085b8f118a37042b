"""A signed-in page pays at most four queries for session, user, rights and scope; the rest are its own."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from accounts.access import row_for
from accounts.decorators import needs
from accounts.masking import masked
from customers.models import Customer

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
OWN_QUERIES = 1


@needs("customer.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """A page that shows one customer."""
    customer = masked(request.user, row_for(Customer.objects, request.user, pk))
    return HttpResponse(customer.phone + str(request.user.can("order.view")) + str(request.user.team))


urlpatterns = [path("page/<int:pk>/", page), path("login/", page, name="login")]


@pytest.mark.parametrize("who", ["wang", "lead", "manager", "agent", "auditor", "admin"])
def test_overhead_per_page(sign_in: Any, cast: Any, customer: Customer, who: str) -> None:
    client = sign_in(getattr(cast, who))
    client.get(f"/page/{customer.pk}/")  # fills the process memory: company row, rights of the role
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/page/{customer.pk}/").status_code == 200
    handled = 1 if who == "agent" else 0  # whether an open complaint makes it the agent's own
    assert len(captured) <= 4 + OWN_QUERIES + handled, [query["sql"][:120] for query in captured]
