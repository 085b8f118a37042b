"""`deploy/upgrade`: from the version that serves to the one whose checkout this is, and the words for the way back.

Everything slow (packages, static files) is done while the old version serves. Then it stops, is backed up by its own
code, the tables are migrated, `current` points here, and the services start again. The old checkout stays.
"""

import datetime
import os
import shlex
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime import envfile, venv
from runtime.layout import ROOT
from runtime.problems import Problem
from runtime.processes import clean_environment
from runtime.say import say

READY_SECONDS = 90
ANSWER_SECONDS = 10  # as bin/start waits
MAKE_DATABASE = "CREATE DATABASE keben OWNER keben TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
NEW_CODE: Sequence[Sequence[str]] = (("compile_translations",), ("collectstatic", "--no-input", "--ignore", "redoc"))
TABLES: Sequence[Sequence[str]] = (("migrate", "--no-input"), ("ensure_company",))


@dataclass(frozen=True)
class Plan:
    """Where things are. `current` is the link that the units name; `user` runs the services."""

    current: Path = Path("/srv/keben/current")
    env_file: Path = Path("/etc/keben/env")
    backups: Path = Path("/var/lib/keben/backups")
    user: str = "keben"
    target: str = "keben.target"
    dry_run: bool = False

    @property
    def old(self) -> Path:
        return self.current.resolve()

    def environment(self) -> dict[str, str]:
        """That of the services, which isn't the caller's."""
        return {**clean_environment(), **envfile.read(self.env_file)}


def upgrade(plan: Plan) -> int:
    """Do all of it, or with `dry_run` say it. Raises Problem, with the way back where it has begun."""
    _check(plan)
    backup = plan.backups / f"before-{ROOT.name}-{datetime.datetime.now():%Y%m%d-%H%M%S}.tar"
    say(f"From {plan.old} to {ROOT}" + (", saying what would be done:" if plan.dry_run else ":"))
    _do(plan, "installing the packages of the new version", lambda: venv.ensure("runtime", ROOT / "upgrade.log"))
    for arguments in NEW_CODE:
        _manage(plan, ROOT, arguments)
    _services(plan, "stop")
    try:
        _manage(plan, plan.old, ("backup", str(backup)))
    except Problem:
        _services(plan, "start")
        say("The old version serves again; nothing was changed.")
        raise
    back = _way_back(plan, backup)
    try:
        for arguments in TABLES:
            _manage(plan, ROOT, arguments)
        _do(plan, f"pointing {plan.current} here", lambda: _point(plan.current, ROOT))
        _services(plan, "start")
        _do(plan, "waiting for /healthz", lambda: _wait(plan))
    except Problem as problem:
        raise Problem(problem.step, problem.why, f"{problem.cure} Or go back:\n{back}") from problem
    say(f"{'This would go' if plan.dry_run else 'To go'} back, losing what was entered since:\n{back}")
    return 0


def _check(plan: Plan) -> None:
    """What would only show after the old version has been stopped."""
    step = "preparing the upgrade"
    if not plan.current.is_symlink():
        raise Problem(step, f"{plan.current} is no link to a checkout.", "see README, Deployment; or --current LINK.")
    if plan.old == ROOT:
        raise Problem(step, f"{plan.current} points here already.", "call it in the checkout of the new version.")
    if not os.access(plan.env_file, os.R_OK):
        raise Problem(step, f"{plan.env_file} can't be read.", "call it as root or with --env FILE.")
    if not plan.dry_run and not plan.backups.is_dir():
        raise Problem(step, f"{plan.backups} is no folder.", "make it for the services' user, or --backups DIR.")


def _do(plan: Plan, words: str, act: object) -> None:
    say(f"- {words}")
    if not plan.dry_run and callable(act):
        act()


def _manage(plan: Plan, checkout: Path, arguments: Sequence[str]) -> None:
    command = [str(checkout / ".venv" / "bin" / "python"), "manage.py", *arguments]
    # Compiled texts belong to the checkout, all else to whoever runs the services.
    user = plan.user if os.geteuid() == 0 and arguments[0] != "compile_translations" else None
    _run(plan, command, checkout, plan.environment(), user)


def _services(plan: Plan, verb: str) -> None:
    _run(plan, ["systemctl", verb, plan.target], ROOT, clean_environment(), None)


def _run(plan: Plan, command: Sequence[str], folder: Path, environment: Mapping[str, str], user: str | None) -> None:
    shown = shlex.join(command)
    say(f"- {shown}" + (f" (as {user})" if user else ""))
    if plan.dry_run:
        return
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(environment),
        user=user,
        group=user,
        extra_groups=[] if user else None,
        check=False,
    )
    if done.returncode:
        raise Problem(shown, f"exit {done.returncode}, see above.", "correct what it names and call this again.")


def _point(link: Path, target: Path) -> None:
    """In one step: there is no moment without a version."""
    draft = link.with_name(f"{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)


def _wait(plan: Plan) -> None:
    where = envfile.read(plan.env_file).get("WEB_BIND") or "127.0.0.1:8000"
    url, end = f"http://127.0.0.1:{where.rpartition(':')[2]}/healthz", time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            pass
        time.sleep(0.5)
    raise Problem("waiting for /healthz", f"{url} doesn't answer 200.", "see journalctl --unit keben-web.")


def _way_back(plan: Plan, backup: Path) -> str:
    """The commands, to be copied. A backup goes into an empty place, so what is there now is put aside before."""
    data = envfile.read(plan.env_file).get("KEBEN_DATA") or "/var/lib/keben"
    files = envfile.read(plan.env_file).get("STORAGE_DIR") or f"{data}/files"
    values = f"$(grep -v '^#' {plan.env_file} | xargs)"
    python = plan.old / ".venv" / "bin" / "python"
    lines = [
        f"systemctl stop {plan.target}",
        "sudo -u postgres psql -c 'ALTER DATABASE keben RENAME TO keben_newer'",
        f'sudo -u postgres psql -c "{MAKE_DATABASE}"',
        f"mv {files} {files}.newer",
        f"sudo -u {plan.user} env {values} {python} {plan.old}/manage.py restore {backup}",
        f"ln -sfn {plan.old} {plan.current}",
        f"systemctl start {plan.target}",
    ]
    return "\n".join(f"  {line}" for line in lines)
