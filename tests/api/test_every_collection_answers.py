"""Each collection lists for who may view it, in the one shape, and is refused without sign-in or grant."""

import pytest

pytestmark = pytest.mark.django_db
COLLECTIONS = [
    "customers",
    "contacts",
    "interactions",
    "attachments",
    "orders",
    "products",
    "follow-ups",
    "own-plans",
    "reminders",
    "notifications",
    "complaints",
    "scores",
    "tiers",
    "cut-points",
    "scoring-settings",
    "churn-warnings",
    "warning-actions",
    "churn-causes",
    "targets",
    "imports",
    "users",
    "teams",
    "roles",
]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_it_lists_for_the_manager_in_the_one_shape(api, cast, customer, name):
    answer = api(cast.manager).get(f"{name}/?total=1&page_size=200")
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"results", "next", "previous", "total"}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_nobody_gets_401_and_a_hint(api, cast, name):
    answer = api(None).get(f"{name}/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Token"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_wrong_token_and_a_deactivated_person_are_nobody(api, cast):
    client = api(cast.wang)
    assert client.get("customers/", Authorization="Token nonsense").status_code == 401
    cast.wang.is_active = False
    cast.wang.save()
    assert client.get("customers/").status_code == 401


def test_without_the_grant_it_is_forbidden(api, cast):
    assert api(cast.wang).get("roles/").status_code == 403
    assert api(cast.auditor).get("imports/").status_code == 403


def test_pages_follow_their_links_to_the_end(api, cast, customer):
    from customers.models import Customer

    Customer.objects.bulk_create(
        Customer(number=f"N{i}", name=f"客户{i}", name_sort=f"{i:03}", owner=cast.wang, team=cast.shanghai)
        for i in range(25)
    )
    client, path, seen = api(cast.wang), "customers/?page_size=10&ordering=name_sort", []
    while path:
        page = client.get(path).json()
        seen += [row["id"] for row in page["results"]]
        path = (page["next"] or "").partition("/api/v1/")[2]
    assert len(seen) == len(set(seen)) == 26


def test_a_list_costs_the_same_queries_for_many_rows(api, cast, customer, django_assert_max_num_queries):
    from customers.models import Customer

    client = api(cast.wang)
    client.get("customers/")
    with django_assert_max_num_queries(12) as few:
        client.get("customers/")
    Customer.objects.bulk_create(
        Customer(number=f"N{i}", name=f"客户{i}", owner=cast.wang, team=cast.shanghai) for i in range(40)
    )
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(client.get("customers/").json()["results"]) == 41


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=x", "page_size"),
        ("total=2", "total"),
        ("ordering=phone", "ordering"),
        ("ordering=owner__password", "ordering"),
        ("kind=nonsense", "kind"),
        ("owner=0", "owner"),
        ("search=%00", "search"),
    ],
)
def test_a_bad_query_is_a_400_that_names_the_field(api, cast, query, field):
    answer = api(cast.wang).get(f"customers/?{query}")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_me_is_whose_token_it_is(api, cast):
    assert api(cast.wang).get("users/me/").json()["id"] == cast.wang.pk


def test_the_schema_and_its_page_need_a_sign_in_and_hold_the_policy(api, cast, sign_in):
    assert api(None).get("schema/").status_code == 401
    assert api(cast.wang).get("schema/?format=json").json()["openapi"].startswith("3.1")
    page = sign_in(cast.wang).get("/api/v1/docs/").content.decode()
    assert "<style" not in page
    assert "<script>" not in page


def test_too_many_requests_say_when_to_come_back(api, cast, monkeypatch):
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "get_rate", lambda self: "2/min")
    client = api(cast.wang)
    answers = [client.get("tiers/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
