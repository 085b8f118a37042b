"""create_token EMAIL: an API token, shown once."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.backends import find_account
from accounts.services import token_create


class Command(BaseCommand):
    help = "Make an API token for an active user and print it; it can't be read again later."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="e-mail or mobile number of the user")
        parser.add_argument("--name", default="", help="what it is for; stands beside it on the person's profile")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find_account(options["email"])
        if user is None or not user.is_active:
            raise CommandError(f"There is no active user {options['email']!r}.")
        key = token_create(user=user, by=None, name=options["name"][:80])
        if options["json"]:
            self.stdout.write(json.dumps({"user": user.pk, "token": key}))
        else:
            self.stdout.write(f"Token of {user.name}, shown only now:\n{key}")
