from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self) -> None:
        from core import jobs
        from crm import wiring

        wiring.connect()
        jobs.wake_by(_wake_a_worker)


def _wake_a_worker() -> None:
    from crm.tasks import wake_night  # the tasks load Celery: only a process that has something to say needs it

    wake_night()
