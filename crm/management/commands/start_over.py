"""start_over: empty a company of one's own, after its name was typed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core import company
from workbench.start_over import services


class Command(BaseCommand):
    help = (
        "Empties a company of your own: customers, orders, products, log, follow-ups, complaints, imports and scores "
        "go for good. Company, accounts, teams, roles, settings and the audit log stay. Asks for the company's name. "
        "Make a backup first: bin/manage backup FILE"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", default="", help="the company's name, instead of being asked for it")

    def handle(self, *args: Any, **options: Any) -> None:
        if reason := services.refusal():
            raise CommandError(reason)
        goes = services.in_words(services.counts())
        self.stdout.write(_("Goes for good: %(what)s") % {"what": ", ".join(goes) or "-"})
        self.stdout.write(_("Stays: %(what)s") % {"what": services.KEPT_WORDS})
        try:
            asked = _("Type the company's name (%(name)s) to go on: ") % {"name": company.company().name}
            typed = options["company"] or input(asked)
            services.start_over(typed=typed, by=None)
        except EOFError:
            raise CommandError(_("This isn't the company's name. Nothing was removed.")) from None
        except services.StartOverRefusedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("Everything about customers is gone. The company begins anew."))
