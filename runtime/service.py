"""The four processes of an installation, with the options of all of them in one place.

bin/start supervises them; systemd units and the image of deploy/ call `.venv/bin/python -m runtime.service NAME`, which
becomes that process.
"""

import os
import sys
from collections.abc import Mapping, Sequence

CELERY = ("-m", "celery", "-A", "crm")
WORKER = (*CELERY, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle")
# What Python is called with.
COMMANDS: Mapping[str, Sequence[str]] = {
    "web": ("-m", "gunicorn", "-c", "gunicorn.conf.py"),
    "worker": (*WORKER, "-Q", "celery", "-c", "2"),  # nights and mail
    "imports": (*WORKER, "-Q", "imports", "-c", "1", "-n", "imports@%h"),  # uploaded files, with a limit of memory
    "beat": (*CELERY, "beat", "--loglevel", "WARNING", "--pidfile="),  # wakes the workers
}
# SIGTERM ends a worker within its soft time limit instead of after its longest task; the tasks may run twice.
SOFT = {"REMAP_SIGTERM": "SIGQUIT"}
ENVIRONMENT: Mapping[str, Mapping[str, str]] = {
    "web": {},
    "worker": SOFT,
    "imports": SOFT,
    "beat": {"KEBEN_PART": "beat"},  # without the apps (crm/celery.py)
}


def main(arguments: Sequence[str]) -> None:
    """Become the service that was named; further arguments are its own."""
    name, *more = arguments or ("",)
    if name not in COMMANDS:
        sys.exit(f"There is no service {name!r}; it is one of {', '.join(COMMANDS)}.")
    os.environ.update(ENVIRONMENT[name])
    os.execv(sys.executable, [sys.executable, *COMMANDS[name], *more])


if __name__ == "__main__":
    main(sys.argv[1:])
