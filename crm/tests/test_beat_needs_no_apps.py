"""beat only sends names: as a service of its own it loads no app, and sends what the schedule says all the same."""

import json
import os
import subprocess
import sys

from django.conf import settings

from runtime import service

SAY = """
import json, os, sys
from crm.celery import app
from crm.beat import SteadyScheduler
made = SteadyScheduler(app=app)
queues = {name: app.amqp.router.route({}, entry.task)["queue"].name for name, entry in made.schedule.items()}
loaded = [name for name in ("accounts.models", "numpy") if name in sys.modules]
print(json.dumps({"queues": queues, "loaded": loaded, "handed_on": "KEBEN_PART" in os.environ}))
"""


def test_it_knows_the_schedule_and_the_queues_without_them() -> None:
    environment = os.environ | service.ENVIRONMENT["beat"]
    done = subprocess.run(
        [sys.executable, "-c", SAY], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert set(said["queues"]) == set(settings.CELERY_BEAT_SCHEDULE)
    assert said["queues"]["jobs"] == "imports"
    assert said["loaded"] == []
    assert not said["handed_on"]  # what it starts while the broker is away needs the apps
