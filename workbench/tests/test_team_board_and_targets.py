"""The team board: whose figures one sees, and how targets are set."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.models import AuditEntry
from accounts.services import user_leave_for_later
from core import clock, company
from core.models import Company
from customers.models import CustomerFacts
from customers.services import customer_create, customer_transfer, interaction_log
from followups.visits import DAY_ENDS
from sales import services as sales_services
from sales.models import Order, Target
from segmentation.models import RunSum, ScoreRun
from ui import formatting

pytestmark = pytest.mark.django_db


@pytest.fixture
def month():
    return clock.business_date().replace(day=1)


def names(response) -> set[str]:
    return {row.person.user.name for row in response.context["rows"]}


def save(client, user, month, value):
    return client.post("/team/target/", {"user": user.pk, "month": month.strftime("%Y-%m"), "value": value})


def test_a_rep_sees_own_figures_only(sign_in, cast):
    assert names(sign_in(cast.wang).get("/team/")) == {"小王"}


def test_a_manager_sees_those_of_the_teams_below_who_have_work(sign_in, cast, month):
    for user in (cast.wang, cast.lead, cast.outsider):
        Target.objects.create(user=user, month=month, value=1)
    assert names(sign_in(cast.manager).get("/team/")) == {"小王", "组长"}


@time_machine.travel(datetime(2026, 11, 16, 4, tzinfo=UTC), tick=False)  # on the first days nobody is behind yet
def test_without_any_target_nobody_is_said_to_keep_pace(sign_in, cast):
    customer_create(by=cast.wang, name="甲", kind="company", owner=cast.wang)
    page = sign_in(cast.manager)
    assert page.get("/team/").context["title"] == "No targets are set for this month"
    Target.objects.create(user=cast.wang, month=date(2026, 11, 1), value=1)
    assert page.get("/team/").context["title"].startswith(("1 of 1", "Behind"))


def test_a_manager_sets_a_target_in_major_units(sign_in, cast, month):
    assert save(sign_in(cast.manager), cast.wang, month, "150,000").status_code == 302
    assert Target.objects.get().value == 15_000_000
    assert AuditEntry.objects.filter(act="target.set", by=cast.manager).exists()


@pytest.mark.parametrize("typed", ["", "abc", "-1", "NaN", "1e30"])
def test_a_wrong_amount_comes_back_with_its_sentence(sign_in, cast, month, typed):
    response = save(sign_in(cast.manager), cast.wang, month, typed)
    assert response.status_code == 422
    assert "must be an amount of zero or more" in response.content.decode()
    assert not Target.objects.exists()


def test_nobody_sets_targets_of_strangers(sign_in, cast, month):
    assert save(sign_in(cast.manager), cast.outsider, month, "1").status_code == 404


def test_a_rep_sets_no_targets(sign_in, cast, month):
    assert save(sign_in(cast.wang), cast.wang, month, "1").status_code == 403


def test_last_months_targets_are_copied_once(sign_in, cast, month):
    before = (month - clock.timedelta(days=1)).replace(day=1)
    Target.objects.create(user=cast.wang, month=before, value=7_000_000)
    client = sign_in(cast.manager)
    for _n in range(2):
        client.post("/team/targets/copy/", {"month": month.strftime("%Y-%m")})
    assert list(Target.objects.filter(month=month).values_list("user", "value")) == [(cast.wang.pk, 7_000_000)]


def test_sales_count_completed_orders_of_the_month_and_returns(sign_in, cast, customer, month):
    for number, amount, state in (("1", 90_000, "completed"), ("2", -20_000, "completed"), ("3", 50_000, "open")):
        Order.objects.create(
            number=number,
            customer=customer,
            kind="return" if amount < 0 else "purchase",
            state=state,
            ordered_at=clock.now(),
            ordered_on=month,
            currency="CNY",
            total=amount,
            amount=amount,
        )
    rows = sign_in(cast.wang).get("/team/").context["rows"]
    assert rows[0].person.sales == 70_000


def test_a_strange_month_falls_back_to_this_one(sign_in, cast, month):
    assert sign_in(cast.manager).get("/team/?month=2026-13").context["month"] == month


def test_the_number_of_queries_does_not_grow(sign_in, cast, django_assert_max_num_queries):
    client = sign_in(cast.manager)
    client.get("/team/")
    with django_assert_max_num_queries(16):
        client.get(f"/team/?month={date(2026, 1, 1):%Y-%m}")


@pytest.mark.parametrize(("currency", "stored"), [("CNY", 15_000_050), ("JPY", 150_001), ("KWD", 150_000_500)])
def test_a_target_is_stored_in_the_minor_unit_of_the_currency(sign_in, cast, month, currency, stored):
    Company.objects.update(currency=currency)
    company.forget()
    client = sign_in(cast.manager)
    assert save(client, cast.wang, month, "150,000.50").status_code == 302
    assert Target.objects.get().value == stored
    shown = [row.target_plain for row in client.get("/team/").context["rows"] if row.person.user == cast.wang]
    assert shown == [{"CNY": "150000.50", "JPY": "150001", "KWD": "150000.500"}[currency]]


def test_targets_of_orders_and_visits_show_how_far_they_are(sign_in, cast, customer, month):
    for metric, value in (("orders", 4), ("visits", 6)):
        Target.objects.create(user=cast.wang, month=month, metric=metric, value=value)
    line = sales_services.Line(quantity=1, unit_price=10, description="x")
    for kind in ("purchase", "return"):
        sales_services.order_create(customer=customer, by=cast.wang, ordered_at=clock.now(), lines=[line], kind=kind)
    for kind in ("visit", "meeting", "call"):
        interaction_log(customer=customer, by=cast.wang, kind=kind, result="reached")
    board = sign_in(cast.manager).get("/team/")
    [wang] = [row.person for row in board.context["rows"] if row.person.user == cast.wang]
    assert [(goal.metric, goal.reached, goal.value) for goal in wang.goals] == [("orders", 1, 4), ("visits", 2, 6)]
    cards = {drawn.card.key: drawn.shows for drawn in sign_in(cast.wang).get("/").context["rail"].cards}
    today = cards["month"]
    assert today.goals == wang.goals
    assert today.gone == board.context["pace"], "one yardstick on both pages"


def test_those_furthest_behind_their_target_stand_first_and_a_head_puts_its_worst_first(sign_in, cast, customer, month):
    Target.objects.create(user=cast.wang, month=month, value=1_000_00)
    Target.objects.create(user=cast.lead, month=month, value=1_000_00)
    line = sales_services.Line(quantity=1, unit_price=900, description="x")
    sales_services.order_create(customer=customer, by=cast.wang, ordered_at=clock.now(), lines=[line])
    interaction_log(customer=customer, by=cast.wang, kind="visit", result="reached")
    # 小王 has reached 90 % and has silent customers of the best tiers: a large book is no reason to stand first.
    CustomerFacts.objects.filter(pk=customer.pk).update(tier="S", lifecycle="repeat", last_contact_at=None)
    client = sign_in(cast.manager)
    page = client.get("/team/")
    assert [row.person.user.name for row in page.context["rows"]] == ["组长", "小王"]
    assert 'aria-sort="other"' in page.content.decode()
    [by_logs] = [url for label, url, _on, _css in page.context["heads"] if label == "Written up in time"]
    assert [row.person.user.name for row in sign_in(cast.manager).get(f"/team/{by_logs}").context["rows"]] == [
        "小王",
        "组长",
    ]
    assert sign_in(cast.manager).get("/team/?sort=nonsense").status_code == 200


@pytest.mark.parametrize("typed", ["58万", "５８０，０００", "¥580,000"])
def test_a_target_is_taken_as_people_write_it(sign_in, cast, month, typed):
    assert save(sign_in(cast.manager), cast.wang, month, typed).status_code == 302
    assert Target.objects.get().value == 58_000_000


def test_who_stands_alone_on_the_board_reads_of_themselves(sign_in, cast, month):
    Target.objects.create(user=cast.wang, month=month, value=100)
    assert "Everybody" not in sign_in(cast.wang).get("/team/").context["title"]


def test_who_left_keeps_what_they_sold_and_the_teams_sum_stays(sign_in, cast, customer, month):
    line = sales_services.Line(quantity=1, unit_price=900, description="x")
    for other in (customer, customer_create(by=cast.wang, owner=cast.wang, name="留下的")):
        sales_services.order_create(customer=other, by=cast.wang, ordered_at=clock.now(), lines=[line])
    for metric, value in (("revenue", 5000_00), ("orders", 4)):
        Target.objects.create(user=cast.wang, month=month, metric=metric, value=value)
    client = sign_in(cast.manager)
    before = client.get("/team/").context["sales"]
    customer_transfer(customer=customer, to=cast.li, by=cast.manager)
    user_leave_for_later(user=cast.wang, by=cast.admin)
    sales_services.order_create(customer=customer, by=cast.li, ordered_at=clock.now(), lines=[line])
    page = client.get("/team/")
    found = {row.person.user: row.person for row in page.context["rows"]}
    assert (found[cast.wang].sales, found[cast.li].sales) == (before, before // 2)
    assert page.context["sales"] == before + before // 2
    assert [goal.reached for goal in found[cast.wang].goals] == [2]
    assert page.context["rows"][-1].person.left
    assert ">Left</span>" in page.content.decode()
    assert cast.wang not in [one.user for one in page.context["missing"]]
    [card] = [drawn.shows for drawn in sign_in(cast.li).get("/").context["rail"].cards if drawn.card.key == "month"]
    assert card.sales == before // 2, "the same rule on both pages"


def test_who_left_without_any_figure_of_the_month_is_not_listed(sign_in, cast, month):
    Target.objects.create(user=cast.wang, month=month, value=1)
    Target.objects.create(user=cast.lead, month=month, value=1)
    user_leave_for_later(user=cast.wang, by=cast.admin)
    assert names(sign_in(cast.manager).get("/team/")) == {"组长"}


def test_what_was_sold_while_nobody_had_the_customer_counts_for_who_takes_it(sign_in, cast, month):
    pooled = customer_create(by=cast.admin, owner=None, name="公海")
    line = sales_services.Line(quantity=1, unit_price=900, description="x")
    sales_services.order_create(customer=pooled, by=cast.admin, ordered_at=clock.now(), lines=[line])
    customer_transfer(customer=pooled, to=cast.wang, by=cast.manager)
    [mine] = sign_in(cast.wang).get("/team/").context["rows"]
    assert mine.person.sales > 0


def sold(customer, amount, day):
    Order.objects.create(
        number=f"{customer.number}-{day}",
        customer=customer,
        state="completed",
        ordered_at=clock.at_local(day, DAY_ENDS, company.zone()),
        ordered_on=day,
        currency="CNY",
        total=amount,
        amount=amount,
    )


def test_beside_the_field_of_a_target_stands_what_was_sold_before(sign_in, cast, customer, month):
    """The figures are those of the boards of these months; who sold nothing has no data."""
    run = ScoreRun.objects.create(as_of=clock.business_date(), started_at=clock.now(), published_at=clock.now())
    for one in (cast.wang, cast.lead):
        RunSum.objects.create(run=run, owner=one, team=one.team, tier_scheme="b2c", tier="A", customers=1)
    before, year_ago = clock.months_back(month, 2)[0], clock.months_back(month, 13)[0]
    client = sign_in(cast.manager)

    def beside() -> dict[str, str]:
        rows = client.get("/team/").context["rows"]
        return {row.person.user.name: row.references for row in rows}

    b, y = formatting.month(before), formatting.month(year_ago)
    nothing = f"{b}: no data · {y}: no data · median of the team in {b}: no data"
    assert beside() == {"小王": nothing, "组长": nothing}
    sold(customer, 60_000, before)
    sold(customer, 20_000, year_ago)
    earlier = client.get(f"/team/?month={before:%Y-%m}").context
    assert (earlier["sales"], earlier["median_sales"]) == (60_000, 30_000)
    assert beside() == {
        "小王": f"{b}: ¥600 · {y}: ¥200 · median of the team in {b}: ¥300",
        "组长": f"{b}: no data · {y}: no data · median of the team in {b}: ¥300",
    }
    assert f"{b}: ¥600" in client.get("/team/").content.decode()


def test_who_sets_no_targets_reads_none_of_it(sign_in, cast, month):
    Target.objects.create(user=cast.wang, month=month, value=1)
    assert {row.references for row in sign_in(cast.auditor).get("/team/").context["rows"]} == {""}


def test_a_rep_reads_my_numbers_and_no_table_of_one(sign_in, cast, customer, month):
    run = ScoreRun.objects.create(
        as_of=clock.business_date(), started_at=clock.now(), published_at=clock.now(), horizon_days=90
    )
    for tier, n in (("A", 2), ("unrated", 1)):
        RunSum.objects.create(
            run=run, owner=cast.wang, team=cast.shanghai, tier_scheme="b2c", tier=tier, lifecycle="repeat", customers=n
        )
    client = sign_in(cast.wang)
    page = client.get("/team/")
    text = page.content.decode()
    assert "My numbers" in text
    assert "Your manager can set one" in text
    assert [word for word in ("Median", "Everybody", "<table") if word in text] == []
    assert [(tier and tier.code, n) for tier, n, _url in page.context["rows"][0].mix] == [("A", 2), (None, 1)]
    Target.objects.create(user=cast.wang, month=month, value=1000_00)
    assert "pace of the month" in client.get("/team/").content.decode()
