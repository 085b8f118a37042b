"""How gunicorn serves Keben: `gunicorn -c gunicorn.conf.py`; bin/start uses it too and says where to listen.

gunicorn must not face the internet: a proxy in front of it speaks TLS (README, Deployment).
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

wsgi_app = "crm.wsgi:application"
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "crm.webserver.Worker"  # reads and writes for slow clients without holding a thread
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))  # one for each core
threads = 8  # each holds a database connection of its own
worker_connections = 400
backlog = 512
timeout = 60
graceful_timeout = 5
keepalive = 5
preload_app = True  # loaded once for all workers
limit_request_line = 8190
limit_request_fields = 64
# Only TRUSTED_PROXIES decides whose word on scheme and client address counts.
forwarded_allow_ips = ""
loglevel = "warning"
control_socket_disable = True
if Path("/dev/shm").is_dir():  # noqa: S108 - heartbeats of the workers, which a busy disk would delay
    worker_tmp_dir = "/dev/shm"  # noqa: S108


# Where the processes count requests together, for /metrics; before the application is loaded.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    _counts = tempfile.mkdtemp(prefix="keben-metrics-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _counts
    _owner = os.getpid()

    @atexit.register
    def _forget_counts() -> None:
        if os.getpid() == _owner:
            shutil.rmtree(_counts, ignore_errors=True)


def child_exit(_server: object, worker: object) -> None:
    """A process that ended is counted on without its file growing for ever."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - reads the folder's name when it is loaded

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[attr-defined]


def when_ready(_server: object) -> None:
    """Before the first worker: refuse a database that finds no Chinese name."""
    from crm.doors import refuse_blind_database  # noqa: PLC0415 - the settings are read by now

    refuse_blind_database()
