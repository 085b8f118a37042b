import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import User
from demo.people import SHOWN, address, restore_shown_passwords


class Command(BaseCommand):
    help = "Names one demo account a role; nothing where the demo company isn't loaded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--restore", action="store_true", help="give them the password of DEMO_PASSWORD again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["restore"] and settings.DEMO_PASSWORD:
            restore_shown_passwords(settings.DEMO_PASSWORD)
        known = set(User.objects.values_list("email", flat=True))
        shown = [{"role": role, "email": address(key)} for role, key in SHOWN if address(key) in known]
        self.stdout.write(
            json.dumps(shown) if options["json"] else "\n".join(f"{a['role']} {a['email']}" for a in shown)
        )
