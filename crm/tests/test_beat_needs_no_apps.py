"""beat only sends names: as a service of its own it loads no app, and sends what the schedule says all the same."""

import os
import subprocess
import sys

from django.conf import settings

from runtime import service

SAY = """
import sys
from crm.celery import app
from crm.beat import SteadyScheduler
made = SteadyScheduler(app=app)
queues = {name: app.amqp.router.route({}, entry.task)["queue"].name for name, entry in made.schedule.items()}
print(sorted(queues.items()), "accounts.models" in sys.modules, "numpy" in sys.modules)
"""


def test_it_knows_the_schedule_and_the_queues_without_them() -> None:
    environment = os.environ | service.ENVIRONMENT["beat"]
    done = subprocess.run(
        [sys.executable, "-c", SAY], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[('dispatch', 'celery'), ('jobs', 'imports'), ('night', 'celery')] False False"
