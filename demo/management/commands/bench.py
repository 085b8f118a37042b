import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from demo.bench import http, operations


class Command(BaseCommand):
    help = "Times the main pages beside their raw-SQL floor; --http measures them through a server of its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", help="only operations whose name holds this")
        parser.add_argument("--http", action="store_true")
        parser.add_argument("--user", help="e-mail; default: the rep with the most customers, and a manager")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        result: dict[str, Any] = {}
        for user in self._people(options["user"]):
            self.stdout.write(f"\nas {user.email}")
            result[user.email] = self._over_http(user, options) if options["http"] else self._here(user, options)
        if options["json"]:
            self.stdout.write(json.dumps(result))

    def _people(self, email: str | None) -> list[User]:
        active = User.objects.select_related("role", "team").filter(is_active=True)
        if email:
            return [active.get(email=email)]
        reps = active.filter(role__code="rep").annotate(n=Count("customers")).filter(n__gt=0).order_by("-n", "pk")[:1]
        people = [*reps, *active.filter(role__code="manager")[:1]]
        if not people:
            raise CommandError("There is nobody to measure as: load demo or scale data first.")
        return people

    def _here(self, user: User, options: dict[str, Any]) -> list[dict[str, Any]]:
        return self._show(operations.measure_operations(user, options["only"]))

    def _over_http(self, user: User, options: dict[str, Any]) -> dict[str, Any]:
        with http.server() as port:
            timings = self._show(http.measure_pages(user, port, options["only"]))
            rates = {name: http.throughput(user, port, reverse(name)) for name in ("customer_list", "today")}
        for name, rate in rates.items():
            self.stdout.write(f"{name:<28} {rate} requests/s with {http.CLIENTS} clients")
        return {"pages": timings, "requests_per_second": rates}

    def _show(self, timings: list[Any]) -> list[dict[str, Any]]:
        for timing in timings:
            self.stdout.write(timing.line())
        self.stdout.flush()
        return [timing.as_dict() for timing in timings]
