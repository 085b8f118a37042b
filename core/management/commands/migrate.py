from typing import Any

from django.core.management.commands import migrate

from core import migrating


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with migrating.only_what_changed():
            super().handle(*args, **options)
