"""make_owner EMAIL: the role of the owner, for a company that has none; on the pages only an owner gives it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import policy
from accounts.backends import find_account
from accounts.models import Role
from accounts.services import given_ways_in_end, roles_ensure, user_change


class Command(BaseCommand):
    help = "Give an active user the role of the owner instead of the present one; ends the sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="e-mail or mobile number of the user")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find_account(options["email"])
        if user is None or not user.is_active:
            raise CommandError(f"There is no active user {options['email']!r}.")
        roles_ensure()
        changed = user_change(user=user, changes={"role": Role.objects.get(code=policy.OWNERS_ROLE)}, by=None)
        if changed:
            given_ways_in_end(user)
        if options["json"]:
            self.stdout.write(json.dumps({"user": user.pk, "role": user.role.code, "changed": bool(changed)}))
        elif changed:
            self.stdout.write(f"{user.name} is an owner now; all sessions have ended.")
            if not user.has_usable_password():
                self.stdout.write(f"The former way in has ended too: bin/manage changepassword {options['email']}")
        else:
            self.stdout.write(f"{user.name} is an owner already.")
