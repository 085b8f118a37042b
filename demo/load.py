"""Writes the demo company: people, catalogue, then all files by COPY, then scores for the past months.

Everything happens in one transaction; the scoring afterwards is the ordinary one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import transaction

from accounts.models import User
from core import clock, company
from core.models import Company as CompanyRow
from core.sql import copy_models, take_ids
from core.workcalendar import next_working_day
from customers.models import (
    Channel,
    CompanySize,
    Contact,
    Customer,
    CustomerFacts,
    DecisionStyle,
    IncomeBand,
    Industry,
    Interaction,
    InteractionResult,
    MarketStanding,
    OwnerChange,
    PriceSensitivity,
    Reason,
    Stage,
    Tag,
)
from customers.search import tokens_for
from customers.services import numbers_next
from customers.stages import stage_after
from customers.words import sort_key
from demo import people, phrases, prospects
from demo.messages import Post
from demo.needs import make_needs
from demo.process import Company, File, Sale, Talk
from demo.relations import make_relations
from feedback.models import Complaint, ComplaintStep
from feedback.services import complaint_number
from followups.models import FollowUp, Reminder
from sales.models import Order, OrderLine, Product, Target
from sales.revisits import revisits_from
from sales.services.facts import order_facts_refresh
from segmentation.models import Qualification, TierPolicy

NAME = "云岭茶业"
CENTS = Decimal(100)


def load(*, last_day: date, count: int = 3000, seed: int = 20) -> dict[str, int]:
    """Fill an empty installation; returns how many rows of each kind were written."""
    files = list(Company(last_day=last_day, count=count, seed=seed).files())
    with transaction.atomic():
        CompanyRow.objects.filter(pk=1).update(name=NAME, is_demo=True)
        company.forget()
        staff = people.make_people(settings.DEMO_PASSWORD)
        return Writer(files, staff, last_day, seed).write()


def _goes_to_the_agent(place: int) -> bool:
    """Two of five complaints are handled by the service desk, the others by the customer's rep."""
    return place % 5 < 2


CONCERNS = {"decider": "roi", "user": "ease", "evaluator": "fit", "influencer": "strategy"}


class Writer:
    """Turns files into table rows; ids are reserved first so that children can name their parents."""

    def __init__(self, files: list[File], staff: people.People, last_day: date, seed: int) -> None:
        self.files, self.staff, self.last_day = files, staff, last_day
        self.seed, self.chance = seed, random.Random(seed + 1)
        self.zone = company.zone()
        self.industries = dict(Industry.objects.values_list("name_zh", "pk"))
        self.sizes = dict(CompanySize.objects.values_list("code", "pk"))
        self.standings = list(MarketStanding.objects.order_by("position").values_list("pk", flat=True))
        self.styles = list(DecisionStyle.objects.order_by("position").values_list("pk", flat=True))
        self.incomes = list(IncomeBand.objects.order_by("position").values_list("pk", flat=True))
        self.channels = dict(Channel.objects.values_list("code", "pk"))
        self.tags = {name: Tag.objects.create(name=name).pk for name in phrases.TAGS}
        self.products = {product.sku: product for product in _make_products()}
        self.owners = [self._owner(file) for file in files]
        self.first_customer = take_ids("customers_customer", len(files))
        asking = random.Random(seed + 3)
        self.asked = [self._answers(file, owner, asking) for file, owner in zip(files, self.owners, strict=True)]
        self._leave_each_rep_a_complaint()

    def write(self) -> dict[str, int]:
        counts = {
            "customers": copy_models(Customer, self._customers()),
            "facts": copy_models(CustomerFacts, self._facts()),
            "contacts": copy_models(Contact, self._people()),
            "qualifications": copy_models(Qualification, self._qualifications()),
            "tags": copy_models(Customer.tags.through, self._tag_links()),
            "interactions": self._copy_with_ids(Interaction, self._interactions()),
            "owner_changes": self._copy_with_ids(OwnerChange, self._owner_changes()),
        }
        counts |= self._orders()
        # What was sent back as a whole is no purchase: what the files say of their last order is put right.
        returns = Order.objects.filter(kind=Order.Kind.RETURN, customer__isnull=False)
        order_facts_refresh(list(returns.values_list("customer_id", flat=True)))
        counts["needs"] = make_needs(self.last_day, self.seed)
        counts["relations"] = make_relations(self.last_day, self.seed)
        counts["complaints"] = self._complaints()
        entries = Interaction.all_objects.order_by("occurred_at", "pk").values_list("customer_id", "pk")
        self.last_entries = dict(entries.iterator())
        counts["follow_ups"] = self._copy_with_ids(FollowUp, self._follow_ups())
        counts["reminders"] = self._reminders()
        counts["targets"] = self._targets()
        counts["policies"] = self._policies()
        counts |= Post(self.last_day, self.seed).write()
        return counts

    def _copy_with_ids(self, model: Any, rows: Iterator[dict[str, Any]]) -> int:
        found = list(rows)
        first = take_ids(model._meta.db_table, max(1, len(found)))
        return copy_models(model, ({**row, "id": first + index} for index, row in enumerate(found)))

    # --- files -------------------------------------------------------------------------------------------------------
    def _owner(self, file: File) -> User | None:
        return None if file.rep is None else self.staff.reps[file.region_code][file.rep]

    def _numbered(self) -> Iterator[tuple[int, File, User | None]]:
        for index, (file, owner) in enumerate(zip(self.files, self.owners, strict=True)):
            yield self.first_customer + index, file, owner

    def _customers(self) -> Iterator[dict[str, Any]]:
        numbers = numbers_next(len(self.files))
        for (pk, file, owner), number in zip(self._numbered(), numbers, strict=True):
            yield {
                "id": pk,
                "number": number,
                "kind": file.kind,
                "name": file.name,
                "name_sort": sort_key(file.name),
                "phone": file.phone,
                "email": file.email,
                "address": file.address,
                "region": file.city,
                "industry_id": self.industries.get(file.industry),
                "channel_id": self.channels[file.channel],
                "owner_id": owner and owner.pk,
                "team_id": owner and owner.team_id,
                "stage": self._stage(file)[0],
                "stage_since": self._stage(file)[1],
                "source": "demo",
                "created_at": self._moment(file.joined, 10),
                "search_tokens": tokens_for(
                    name=file.name,
                    number=number,
                    phones=[file.phone, *(contact.phone for contact in file.contacts)],
                    emails=[file.email],
                    contact_names=[contact.name for contact in file.contacts],
                ),
                "company_size_id": self.sizes.get(str(file.fields.get("company_size"))),
                "market_standing_id": self._market_standing(file),
                **self._profile(file),
                **{name: value for name, value in file.fields.items() if name != "company_size"},
            }

    def _profile(self, file: File) -> dict[str, Any]:
        """How somebody buys is known of every other customer; what a person earns, of one in four."""
        draw = crc32(f"profile {file.name}".encode())
        known, reasons = draw % 2 == 0, Reason.values
        first = draw // 2 % len(reasons)
        return {
            "decision_style_id": self.styles[draw // 8 % len(self.styles)] if known else None,
            "price_sensitivity": PriceSensitivity.values[draw // 64 % 3] if known else "",
            "reasons": [code for code in reasons if code in (reasons[first], reasons[first - 1])] if known else [],
            "income_band_id": self.incomes[draw // 256 % 4] if file.kind == "person" and draw % 4 == 1 else None,
        }

    def _market_standing(self, file: File) -> int | None:
        """Of two companies in three it is known; most are followers, few lead."""
        draw = crc32(file.name.encode()) % 18
        if file.kind != "company" or draw >= 12:
            return None
        return self.standings[0 if draw == 0 else 1 if draw < 4 else 2 if draw < 10 else 3]

    def _stage(self, file: File) -> tuple[str, date]:
        if file.sales:
            return stage_after(file.sales[-1].day, self.last_day)
        return (Stage.NEEDS, file.talks[0].day) if file.talks else (Stage.FIRST_CONTACT, file.joined)

    def _facts(self) -> Iterator[dict[str, Any]]:
        for (pk, file, _owner), asked in zip(self._numbered(), self.asked, strict=True):
            answered = [talk for talk in file.talks if talk.result != InteractionResult.NO_ANSWER]
            reached, tried = answered[-1] if answered else None, file.talks[-1] if file.talks else None
            unanswered = sum(1 for talk in file.talks if reached is None or talk.day > reached.day)
            purchases = [sale.day for sale in file.sales if not sale.is_open]
            yield {
                "customer_id": pk,
                "last_contact_at": reached and self._at(reached.day, reached.at),
                "last_contact_kind": reached.kind if reached else "",
                "last_attempt_at": tried and self._at(tried.day, tried.at),
                "last_result": tried.result if tried else "",
                "unanswered": unanswered,
                "touches": len(file.talks),
                "first_order_on": purchases[0] if purchases else None,
                "last_order_on": purchases[-1] if purchases else None,
                "orders_total": len(purchases),
                "revisits_from": revisits_from(sorted(set(purchases))),
                "qualification": prospects.percent(asked) if asked else None,
                "open_complaints": sum(1 for complaint in file.complaints if complaint[4]),
                "last_complaint_at": self._moment(file.complaints[-1][0], 11) if file.complaints else None,
                "last_csat": self._csat(file) if file.complaints and not file.complaints[-1][4] else None,
            }

    def _answers(self, file: File, owner: User | None, chance: random.Random) -> dict[str, Any] | None:
        """What was asked: of a prospect whom its rep has reached."""
        reached = any(talk.result != InteractionResult.NO_ANSWER for talk in file.talks)
        return prospects.answers(file, chance) if owner and reached and not file.sales else None

    def _qualifications(self) -> Iterator[dict[str, Any]]:
        for (pk, file, owner), asked in zip(self._numbered(), self.asked, strict=True):
            if asked and owner:
                talk = next(talk for talk in reversed(file.talks) if talk.result != InteractionResult.NO_ANSWER)
                at, by = self._at(talk.day, talk.at), owner.pk
                who = {"created_by_id": by, "updated_by_id": by, "created_at": at, "updated_at": at}
                yield {"customer_id": pk, **asked, **who}

    def _csat(self, file: File) -> int:
        return 3 + len(file.name) % 3 if len(file.name) % 5 else 2

    def _contacts(self) -> Iterator[dict[str, Any]]:
        for pk, file, _owner in self._numbered():
            for position, contact in enumerate(file.contacts):
                yield {
                    "customer_id": pk,
                    "name": contact.name,
                    "position": contact.position,
                    "rank": contact.rank,
                    "authority": contact.authority,
                    "phone": contact.phone,
                    "is_primary": position == 0,
                    "created_at": self._moment(file.joined, 10),
                }

    def _people(self) -> Iterator[dict[str, Any]]:
        """The contacts with what makes a map of them: who reports to whom decides, what matters to whom."""
        rows = list(self._contacts())
        first = take_ids("customers_contact", max(1, len(rows)))
        heads: dict[int, int] = {}
        for index, row in enumerate(rows):
            if row["authority"] == Contact.Authority.DECIDER:
                heads.setdefault(row["customer_id"], first + index)
        for index, row in enumerate(rows):
            head, pk = heads.get(row["customer_id"]), first + index
            concern = CONCERNS.get(row["authority"])
            yield {
                **row,
                "id": pk,
                "reports_to_id": head if head != pk else None,
                "concerns": [concern] if concern and index % 3 else [],
                "stance": ("", "for", "neutral", "for", "", "against")[index % 6],
            }

    def _tag_links(self) -> Iterator[dict[str, Any]]:
        first = take_ids("customers_customer_tags", sum(len(file.tags) for file in self.files) or 1)
        for pk, file, _owner in self._numbered():
            for tag in file.tags:
                yield {"id": first, "customer_id": pk, "tag_id": self.tags[tag]}
                first += 1

    def _owner_changes(self) -> Iterator[dict[str, Any]]:
        for pk, file, owner in self._numbered():
            if owner and file.joined < self.last_day - timedelta(days=200) and self.chance.random() < 0.06:
                before = self.chance.choice([rep for rep in self.staff.reps[file.region_code] if rep != owner])
                yield {
                    "customer_id": pk,
                    "at": self._moment(file.joined + timedelta(days=self.chance.randint(60, 180)), 9),
                    "by_id": self.staff.leads[file.region_code].pk,
                    "from_user_id": before.pk,
                    "to_user_id": owner.pk,
                    "reason": self.chance.choice(["区域调整", "同事转岗", "客户要求就近服务"]),
                }

    def _interactions(self) -> Iterator[dict[str, Any]]:
        for pk, file, owner in self._numbered():
            for talk in file.talks:
                yield {"customer_id": pk, "user_id": owner.pk, **self._talk_row(talk)}

    def _talk_row(self, talk: Talk) -> dict[str, Any]:
        occurred = self._at(talk.day, talk.at)
        received = occurred + timedelta(days=talk.late_days, minutes=12)
        return {
            "kind": talk.kind,
            "direction": "in" if talk.kind in ("wechat", "call") and talk.at.minute % 20 == 5 else "out",
            "occurred_at": occurred,
            "received_at": received,
            "created_at": received,
            "updated_at": received,
            "result": talk.result,
            "summary": talk.note,
            "needs_found": talk.need,
            "minutes": talk.minutes,
            "late": talk.late_days > 0,
            "late_reason": "出差途中网络不好" if talk.late_days else "",
        }

    # --- money -------------------------------------------------------------------------------------------------------
    def _orders(self) -> dict[str, int]:
        sales = [(pk, file, sale) for pk, file, _owner in self._numbered() for sale in file.sales]
        sales.sort(key=lambda entry: (entry[2].day, entry[2].at, entry[0]))
        returned = sum(1 for _pk, _file, sale in sales if sale.returned)
        first = take_ids("sales_order", len(sales) + returned)
        orders, lines = [], []
        for index, (pk, file, sale) in enumerate(sales):
            orders.append(self._order(first + index, pk, file, sale))
            lines += self._lines(first + index, sale.lines, 1)
        self._returns(sales, first, orders, lines)
        counted = {"orders": copy_models(Order, orders)}
        return counted | {"lines": self._copy_with_ids(OrderLine, iter(lines))}

    def _order(self, order_id: int, customer_id: int, file: File, sale: Sale) -> dict[str, Any]:
        total = int(sum(line.amount for line in sale.lines) * CENTS)
        return {
            **self._order_base(order_id, customer_id, file, sale.day, f"SO-{order_id:06d}"),
            "ordered_at": self._at(sale.day, sale.at),
            "state": "open" if sale.is_open else "completed",
            "total": total,
            "amount": total,
            "payment_method": sale.payment,
            "channel_id": self.channels[sale.channel],
        }

    def _order_base(self, order_id: int, customer_id: int, file: File, day: date, number: str) -> dict[str, Any]:
        return {
            "id": order_id,
            "customer_id": customer_id,
            "number": number,
            "source": "demo",
            "currency": company.currency(),
            "ordered_on": day,
            "region": file.city,
            "created_at": self._moment(day, 18),
        }

    def _returns(self, sales: list[Any], first: int, orders: list[dict[str, Any]], lines: list[dict[str, Any]]) -> None:
        next_id = first + len(sales)
        for index, (pk, file, sale) in enumerate(sales):
            day = sale.day + timedelta(days=sale.returned_after)
            if not sale.returned or day > self.last_day:
                continue
            total = -int(sum(line.amount for line in sale.returned) * CENTS)
            row = self._order_base(next_id, pk, file, day, f"RT-{next_id:06d}")
            orders.append(row | {"kind": "return", "ordered_at": self._moment(day, 15), "total": total, "amount": total,
                                 "return_of_id": first + index, "channel_id": self.channels[sale.channel]})  # fmt: skip
            lines += self._lines(next_id, sale.returned, -1)
            next_id += 1

    def _lines(self, order_id: int, lines: list[Any], sign: int) -> Iterator[dict[str, Any]]:
        for line in lines:
            product = self.products[line.sku]
            yield {
                "order_id": order_id,
                "product_id": product.pk,
                "description": product.name,
                "quantity": sign * line.quantity,
                "unit_price": line.unit_price,
                "unit_cost": line.unit_cost,
                "discount": 0,
                "amount": sign * line.amount,
            }

    def _targets(self) -> int:
        """Each month's target is the rep's own last three months, rounded, plus a tenth."""
        months = clock.months_back(self.last_day, 12)
        sold = self._sold_by_month()
        rows = []
        for rep in [rep for team in self.staff.reps.values() for rep in team]:
            for month in months:
                before = [sold.get((rep.pk, earlier), 0) for earlier in clock.months_back(month - timedelta(days=1), 3)]
                value = round(sum(before) / 3 * 1.1 / 1_000_000) * 1_000_000
                rows.append(Target(user=rep, month=month, metric="revenue", value=max(value, 5_000_000)))
        return len(Target.objects.bulk_create(rows))

    def _policies(self) -> int:
        """Privileges and offers of tiers and stages, entered by the manager; offers end with the year after next."""
        rows = []
        for scheme, tier, stage, kind, english, chinese, said_en, said_zh, limit in phrases.POLICIES:
            row = TierPolicy(scheme=scheme, tier=tier, lifecycle=stage, kind=kind, name_en=english, name_zh=chinese)
            row.sentence_en, row.sentence_zh, row.limit = said_en, said_zh, limit
            row.valid_to = self.last_day.replace(year=self.last_day.year + 1, month=12, day=31) if limit else None
            row.created_by = row.updated_by = self.staff.manager
            rows.append(row)
        return len(TierPolicy.objects.bulk_create(rows))

    def _sold_by_month(self) -> dict[tuple[int, date], int]:
        sold: dict[tuple[int, date], int] = {}
        for _pk, file, owner in self._numbered():
            for sale in file.sales if owner else []:
                key = (owner.pk, sale.day.replace(day=1))
                sold[key] = sold.get(key, 0) + int(sum(line.amount for line in sale.lines) * CENTS)
        return sold

    # --- service -----------------------------------------------------------------------------------------------------
    def _leave_each_rep_a_complaint(self) -> None:
        """Everybody who signs in finds one that waits, also in a small demo."""
        served: set[int] = set()
        for pk, file, owner in self._numbered():
            if owner and owner.pk not in served and file.sales and not _goes_to_the_agent(pk - self.first_customer):
                day = self.last_day - timedelta(days=len(served) % 4)
                told = [told for told in phrases.COMPLAINTS if not told[1].isascii()]
                file.complaints.append((day, *self.chance.choice(told), True))
                served.add(owner.pk)

    def _complaints(self) -> int:
        entries = [(pk, file, owner, entry) for pk, file, owner in self._numbered() for entry in file.complaints]
        first = take_ids("feedback_complaint", len(entries) or 1)
        rows, steps = [], []
        for index, (pk, file, owner, entry) in enumerate(entries):
            row = self._complaint(first + index, pk, file, owner, entry)
            rows.append(row)
            steps += self._steps(row)
        copy_models(Complaint, rows)
        self._copy_with_ids(ComplaintStep, iter(steps))
        return len(rows)

    def _complaint(self, pk: int, customer_id: int, file: File, owner: User, entry: Any) -> dict[str, Any]:
        day, category, text, answer, open_still = entry
        spoken = self._moment(day, 8) + timedelta(minutes=self.chance.randint(20, 10 * 60))
        received = min(spoken, clock.now() - timedelta(minutes=self.chance.randint(35, 170)))
        fresh = open_still and (self.last_day - day).days < 1
        return {
            "id": pk,
            "number": complaint_number(pk, received),
            "customer_id": customer_id,
            "channel": self.chance.choice(["phone", "phone", "wechat", "visit", "email"]),
            "category": category,
            "severity": self.chance.choices(["low", "normal", "high", "critical"], [20, 50, 25, 5])[0],
            "text": text,
            "owner_id": self.staff.agent.pk if _goes_to_the_agent(customer_id - self.first_customer) else owner.pk,
            "state": "received" if fresh else "investigating" if open_still else "closed",
            "received_at": received,
            "first_response_due_at": received + timedelta(hours=24),
            "first_response_at": None if fresh else received + timedelta(hours=self.chance.randint(1, 22)),
            "promised_at": received + timedelta(days=3),
            "result": "" if open_still else answer,
            "csat": None if open_still else self._csat(file),
            "closed_at": None if open_still else received + timedelta(days=self.chance.randint(2, 6)),
            "created_at": received,
        }

    def _steps(self, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        path = ["received", "graded", "investigating", "resolving", "answered", "satisfaction_asked", "closed"]
        reached = path[: path.index(row["state"]) + 1]
        begun = row["received_at"]
        ended = row["closed_at"] or min(begun + timedelta(hours=20), clock.now())
        pause = (ended - begun) / max(1, len(reached) - 1)
        for index, (before, after) in enumerate(zip(["", *reached], reached, strict=False)):
            yield {
                "complaint_id": row["id"],
                "at": begun + index * pause,
                "by_id": row["owner_id"],
                "from_state": before,
                "to_state": after,
            }

    # --- plans -------------------------------------------------------------------------------------------------------
    def _follow_ups(self) -> Iterator[dict[str, Any]]:
        """What reps agreed by hand for these days, and what they finished in the last weeks."""
        for pk, file, owner in self._numbered():
            if owner is None or not file.talks:
                continue
            talk = file.talks[-1]
            age = (self.last_day - talk.day).days
            if age <= 30 and self.chance.random() < 0.9:
                yield self._done(pk, owner, talk)
            if talk.result in ("interested", "needs_time", "proposal_sent") and age <= 21:
                yield self._agreed(pk, owner, talk)

    def _done(self, customer_id: int, owner: User, talk: Talk) -> dict[str, Any]:
        """Closed by the entry that was written about it: the customer's last."""
        closed = self._at(talk.day, talk.at)
        return self._plan(customer_id, owner, talk.kind) | {
            "due_on": talk.day,
            "state": "done",
            "closed_at": closed,
            "closed_by_interaction_id": self.last_entries[customer_id],
            "source": "cadence",
            "created_at": closed - timedelta(days=14),
        }

    def _agreed(self, customer_id: int, owner: User, talk: Talk) -> dict[str, Any]:
        purpose = {
            "interested": ["带样品上门", "演示设备", "发三档报价"],
            "needs_time": ["问考虑得怎样", "财务批复后再联系"],
            "proposal_sent": ["听取对报价的意见", "确认数量和交期"],
        }[talk.result]
        due = self.last_day + timedelta(days=self.chance.randint(-3, 6))
        return self._plan(customer_id, owner, self.chance.choice(["call", "visit", "wechat"])) | {
            "due_on": max(due, talk.day + timedelta(days=1)),
            "purpose": self.chance.choice(purpose),
            "created_at": self._at(talk.day, talk.at),
        }

    def _plan(self, customer_id: int, owner: User, method: str) -> dict[str, Any]:
        return {"customer_id": customer_id, "assignee_id": owner.pk, "method": method, "created_by_id": owner.pk}

    def _reminders(self) -> int:
        rows = []
        for rep in [team[0] for team in self.staff.reps.values()]:
            mine = [pk for pk, _file, owner in self._numbered() if owner == rep][:40]
            for pk in self.chance.sample(mine, min(2, len(mine))):
                day = next_working_day(self.last_day + timedelta(days=self.chance.randint(1, 3)))
                due = self._moment(day, self.chance.choice([9, 10, 11, 14, 15, 16]))
                text = self.chance.choice(phrases.REMINDERS)
                rows.append(Reminder(user=rep, customer_id=pk, due_at=due, text=text, created_by=rep))
        return len(Reminder.objects.bulk_create(rows))

    # --- time --------------------------------------------------------------------------------------------------------
    def _at(self, day: date, local_time: Any) -> datetime:
        return clock.at_local(day, local_time, self.zone)

    def _moment(self, day: date, hour: int) -> datetime:
        return self._at(day, datetime.min.time().replace(hour=hour))


def _make_products() -> list[Product]:
    return Product.objects.bulk_create(
        Product(sku=sku, name=name, unit_price=price, unit_cost=cost, flag=flag)
        for sku, name, price, cost, flag in phrases.PRODUCTS
    )
