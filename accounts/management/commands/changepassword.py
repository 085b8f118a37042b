"""changepassword EMAIL: a new temporary password, for who can't reach a page that gives one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.backends import find_account
from accounts.services import user_password_renew


class Command(BaseCommand):
    help = "Give an active user a temporary password that must be changed at the next sign-in; ends the sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="e-mail or mobile number of the user")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find_account(options["email"])
        if user is None or not user.is_active:
            raise CommandError(f"There is no active user {options['email']!r}.")
        password = user_password_renew(user=user, by=None)
        if options["json"]:
            self.stdout.write(json.dumps({"user": user.pk, "password": password}))
        else:
            self.stdout.write(f"Temporary password of {user.name}, shown only now: {password}")
            self.stdout.write("It must be changed at the next sign-in; all sessions have ended.")
