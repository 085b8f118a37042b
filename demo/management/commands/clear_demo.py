import shlex
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from core import company
from core.models import Company
from demo.load import NAME
from workbench.defaults import ensure_defaults

# Company keeps zone and currency; the audit log only grows.
KEPT = {"core_company", "core_workday", "accounts_auditentry", "django_migrations", "django_content_type"}


class Command(BaseCommand):
    help = "Empties a demo installation: all people and files go; time zone, currency and the audit log stay."

    def handle(self, *args: Any, **options: Any) -> None:
        if not company.company().is_demo:
            raise CommandError("This installation holds no demo data; nothing was removed.")
        with transaction.atomic():
            self._truncate()
            Company.objects.filter(pk=1).update(is_demo=False)
            Company.objects.filter(pk=1, name=NAME).update(name="Keben")  # one that somebody chose stays
            company.forget()
            ensure_defaults()
        # bin/start reads there how this folder was begun: from now on it is a company of one's own.
        (settings.DATA_DIR / "kind").write_text("empty\n", encoding="utf-8")
        folder = shlex.quote(str(settings.DATA_DIR))
        self.stdout.write(
            f"The demo company is gone. Make the first account with: bin/manage --data {folder} createsuperuser --owner"
        )

    def _truncate(self) -> None:
        named = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
        tables = sorted(named.intersection(connection.introspection.table_names()) - KEPT)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
