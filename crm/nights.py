"""Running nightly jobs now, in this process: for commands and demo data. The same code as the worker's."""

from datetime import date

from core import jobs
from core.locks import only_one
from core.models import JobRun
from crm.wiring import NIGHTLY_JOBS


def run_nights(day: date) -> None:
    """Run every nightly job for the business date `day`, again if it was run before; raises RuntimeError on failure."""
    jobs.insert_due(NIGHTLY_JOBS, [day])
    with only_one(jobs.NIGHT_LOCK, wait=True):
        for job in NIGHTLY_JOBS:
            run = JobRun.objects.get(job=job.name, business_date=day)
            if not jobs.run_one(run, job):
                run.refresh_from_db()
                raise RuntimeError(f"{job.name} as of {day} failed: {run.error}")
