import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, F, Q
from django.db.models.functions import Abs
from django.urls import reverse

from accounts.models import User
from core import clock
from demo.bench import http, night, operations, weight
from demo.bench.night import NightTiming
from demo.bench.timing import Timing
from demo.bench.weight import Weight
from followups.models import FollowUp


class Command(BaseCommand):
    help = (
        "Times the main pages beside their raw-SQL floor, with --only night the night of scores; --http measures them through a server of its own, --weigh counts"
        " function calls, elements and statements of ten pages, which no other work on the machine changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", help="only operations whose name holds this")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--http", action="store_true")
        how.add_argument("--weigh", action="store_true")
        parser.add_argument("--user", help="e-mail; default: the rep with the most customers, and a manager")
        parser.add_argument("--due", type=int, metavar="N", help="the rep with about so many contacts due or overdue")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        result: dict[str, Any] = {}
        if options["only"] == night.NAME:
            result[night.NAME] = self._show(night.measure_night())
            if options["json"]:
                self.stdout.write(json.dumps(result))
            return
        for user in self._people(options["user"], options["due"]):
            self.stdout.write(f"\nas {user.email}")
            result[user.email or user.name] = self._measured(user, options)
        if options["json"]:
            self.stdout.write(json.dumps(result))

    def _measured(self, user: User, options: dict[str, Any]) -> list[dict[str, Any]] | dict[str, Any]:
        if options["http"]:
            return self._over_http(user, options)
        if options["weigh"]:
            return self._show(weight.weigh_pages(user, options["only"]))
        return self._show(operations.measure_operations(user, options["only"]))

    def _people(self, email: str | None, due: int | None) -> list[User]:
        active = User.objects.select_related("role", "team").filter(is_active=True)
        if email:
            return [active.get(email=email)]
        reps = active.filter(role__code="rep")
        if due is not None:
            waiting = Q(follow_ups__state=FollowUp.State.OPEN, follow_ups__due_on__lte=clock.business_date())
            return list(reps.annotate(n=Count("follow_ups", filter=waiting)).order_by(Abs(F("n") - due), "pk")[:1])
        reps = reps.annotate(n=Count("customers")).filter(n__gt=0).order_by("-n", "pk")[:1]
        people = [*reps, *active.filter(role__code="manager")[:1]]
        if not people:
            raise CommandError("There is nobody to measure as: load demo or scale data first.")
        return people

    def _over_http(self, user: User, options: dict[str, Any]) -> dict[str, Any]:
        with http.server() as port:
            timings = self._show(http.measure_pages(user, port, options["only"]))
            rates = {name: http.throughput(user, port, reverse(name)) for name in ("customer_list", "today")}
        for name, rate in rates.items():
            self.stdout.write(f"{name:<28} {rate} requests/s with {http.CLIENTS} clients")
        return {"pages": timings, "requests_per_second": rates}

    def _show(self, figures: Sequence[Timing | Weight | NightTiming]) -> list[dict[str, Any]]:
        for figure in figures:
            self.stdout.write(figure.line())
        self.stdout.flush()
        return [figure.as_dict() for figure in figures]
