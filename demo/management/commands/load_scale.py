"""Synthetic data for measuring: many customers, skewed over users and in activity, by COPY and by set-based SQL."""

import contextlib
import json
import random
import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.models import Model
from tqdm import tqdm

from accounts.models import Role, User
from accounts.services import team_create
from core import clock, company, sql
from core.sql import copy_models, take_ids
from customers.models import Channel, Customer, CustomerFacts, Interaction
from customers.search import tokens_for
from customers.services import numbers_next
from customers.words import sort_key
from demo import phrases
from feedback.models import Complaint
from feedback.services import complaint_number
from followups.models import FollowUp
from sales.models import Order, OrderLine, Product

DAYS = 1095
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"


class Command(BaseCommand):
    help = "Fills an empty database with synthetic customers, orders and interactions; prints a sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, required=True)
        parser.add_argument("--orders", type=int, required=True)
        parser.add_argument("--interactions", type=int, required=True)
        parser.add_argument("--users", type=int, help="default: one for 1,000 customers, at least 12")
        parser.add_argument("--follow-ups", type=int, default=0)
        parser.add_argument("--complaints", type=int, default=0)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_a_real_company()
        options["users"] = options["users"] or max(12, options["customers"] // 1000)
        with transaction.atomic():
            scale = Scale(options)
            counts = scale.write()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.stdout.write(
            f"{counts}\nSign in as rep0@scale.example or manager@scale.example, password {scale.password}"
        )
        if options["json"]:
            self.stdout.write(json.dumps(counts))


def _refuse_a_real_company() -> None:
    """It makes an administrator and a thousand strangers: nothing for a database that people use. CommandError."""
    for name, there in (("customers", Customer.all_objects.exists()), ("accounts", User.objects.exists())):
        if there:
            raise CommandError(f"load_scale fills an empty database only; this one has {name}.")
    if not Role.objects.exists():
        raise CommandError("The company has no roles and channels yet: bin/manage ensure_company makes them.")


@contextlib.contextmanager
def _unwatched(*models: type[Model]) -> Iterator[None]:
    """Within it rows of these tables come without triggers, foreign keys and indexes, which come back at the end."""
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table can be altered while something waits for the commit
        cursor.execute(INDEXES, [tables])
        indexes = {name: definition for name, definition in cursor.fetchall() if " UNIQUE " not in definition}
        foreign_keys = sql.run(cursor, "demo", "foreign_keys_of", [tables]).fetchall()
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, name, _definition in foreign_keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for definition in indexes.values():
            cursor.execute(definition)
        for table, name, definition in foreign_keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def new_password() -> str:
    """Each filling has its own: one that stood in the code would open any installation that was ever filled."""
    return secrets.token_urlsafe(12)


class Scale:
    """Rows of every kind; `password` opens its accounts and is kept nowhere else."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.password = new_password()
        self.options, self.chance = options, random.Random(options["seed"])
        self.today = clock.business_date()
        self.zone = company.zone()
        self.channels = list(Channel.objects.values_list("pk", flat=True))
        self.size = options["customers"]
        self.reps = self._people(options["users"])
        self.products = self._products()
        self.first = take_ids("customers_customer", self.size)
        # A few busy reps, many quieter ones: of a hundred the busiest has eleven times as many as the quietest.
        self.owner_of = self.chance.choices(self.reps, [1 / (n + 10) for n in range(len(self.reps))], k=self.size)

    def write(self) -> dict[str, int]:
        parts = (
            ("customers", Customer, self._customers, self.size),
            ("facts", CustomerFacts, self._facts, self.size),
            ("follow_ups", FollowUp, self._follow_ups, self.options["follow_ups"]),
            ("complaints", Complaint, self._complaints, self.options["complaints"]),
        )
        counts = {
            name: copy_models(model, tqdm(rows(), name, total, disable=None)) for name, model, rows, total in parts
        }
        counts |= self._write_by_sql()
        sql.change("demo", "facts_of_rows", sql.choices(follow_up=FollowUp.State, complaint=Complaint.State))
        return counts

    def _write_by_sql(self) -> dict[str, int]:
        """What there are ten of for each customer is drawn by the database itself: millions of rows in minutes."""
        orders, interactions = self.options["orders"], self.options["interactions"]
        drawn = {
            "first_customer": self.first,
            "customers": self.size,
            "today": self.today,
            "days": DAYS,
            "zone": str(self.zone),
            "channels": self.channels,
        }
        with _unwatched(Order, OrderLine, Interaction), connection.cursor() as cursor:
            cursor.execute("SELECT setseed(%s)", [self.chance.random()])
            words = sql.choices(order=Order.State, kind=Order.Kind, direction=Interaction.Direction)
            first = {"first": take_ids("sales_order", max(1, orders)), "currency": company.currency()}
            log = {"kinds": ["call", "visit", "wechat"], "results": ["reached", "interested", "no_answer"]}
            notes = phrases.NOTES["call"] + phrases.NOTES["visit"]
            return {
                "orders": sql.change("demo", "scale_orders", drawn | words | first | {"count": orders}),
                "lines": sql.change("demo", "scale_lines", {"products": [product.pk for product in self.products]}),
                "interactions": sql.change(
                    "demo", "scale_interactions", drawn | words | log | {"count": interactions, "notes": notes}
                ),
            }

    def _people(self, count: int) -> list[User]:
        secret, root = make_password(self.password), team_create(name="Sales")
        teams = [team_create(name=f"Team {n + 1}", parent=root) for n in range(max(1, count // 4))]
        role = {code: Role.objects.get(code=code) for code in ("rep", "manager", "administrator")}
        User.objects.create(
            name="Manager", email="manager@scale.example", role=role["manager"], team=root, password=secret
        )
        User.objects.create(name="Admin", email="admin@scale.example", role=role["administrator"], password=secret)
        return [
            User.objects.create(
                name=f"Rep {n}",
                email=f"rep{n}@scale.example",
                role=role["rep"],
                team=teams[n % len(teams)],
                password=secret,
            )
            for n in range(count)
        ]

    def _products(self) -> list[Product]:
        return Product.objects.bulk_create(
            Product(sku=sku, name=name, unit_price=price) for sku, name, price, _cost, _flag in phrases.PRODUCTS
        )

    def _customers(self) -> Iterator[dict[str, Any]]:
        chance = self.chance
        for index, number in enumerate(numbers_next(self.size)):
            kind = "company" if index % 2 else "person"
            name, phone = self._name(kind), f"+86100{(index * 7919) % 100_000_000:08d}"
            owner = self.owner_of[index]
            yield {
                "id": self.first + index,
                "number": number,
                "kind": kind,
                "name": name,
                "name_sort": sort_key(name),
                "phone": phone,
                "region": chance.choice(phrases.CITIES["east"]),
                "channel_id": chance.choice(self.channels),
                "owner_id": owner.pk,
                "team_id": owner.team_id,
                "search_tokens": tokens_for(name=name, number=number, phones=[phone]),
            }

    def _name(self, kind: str) -> str:
        chance = self.chance
        if kind == "person":
            given = chance.choice(phrases.GIVEN_FIRST) + chance.choice(phrases.GIVEN_SECOND)
            return chance.choice(phrases.SURNAMES) + given
        city, brand = (
            chance.choice(phrases.CITIES["east"]),
            chance.choice(phrases.BRAND_FIRST) + chance.choice(phrases.BRAND_SECOND),
        )
        return f"{city}{brand}{chance.choice(list(phrases.INDUSTRIES))}有限公司"

    def _facts(self) -> Iterator[dict[str, Any]]:
        return ({"customer_id": self.first + index} for index in range(self.size))

    def _someone(self) -> int:
        """A customer index; a fifth of the customers get most of the activity."""
        return min(self.size - 1, int(self.size * self.chance.random() ** 2.2))

    def _follow_ups(self) -> Iterator[dict[str, Any]]:
        count = self.options["follow_ups"]
        first = take_ids("followups_followup", max(1, count))
        for index in range(count):
            customer = self._someone()
            yield {
                "id": first + index,
                "customer_id": self.first + customer,
                "assignee_id": self.owner_of[customer].pk,
                "due_on": self.today + timedelta(days=self.chance.randint(-5, 40)),
            }

    def _complaints(self) -> Iterator[dict[str, Any]]:
        count = self.options["complaints"]
        first = take_ids("feedback_complaint", max(1, count))
        for index in range(count):
            customer, at = self._someone(), clock.now() - timedelta(hours=self.chance.randint(1, 400))
            yield {
                "id": first + index,
                "number": complaint_number(first + index, at),
                "customer_id": self.first + customer,
                "owner_id": self.owner_of[customer].pk,
                "category": self.chance.choice(["product", "delivery", "service"]),
                "text": self.chance.choice(phrases.COMPLAINTS)[1],
                "received_at": at,
                "first_response_due_at": at + timedelta(hours=24),
            }
