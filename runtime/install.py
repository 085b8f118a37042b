"""`bin/start --install`: a systemd user unit, so that Keben runs without a terminal and comes back by itself."""

import getpass
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from runtime.layout import ROOT, DataFolder
from runtime.locks import Lock
from runtime.problems import Problem
from runtime.say import say

UNIT = "keben.service"
FOLDER_LINE = "# Data folder: "
TEXT = """\
# Written by bin/start --install; bin/start --uninstall takes it away.
{folder_line}{folder}
[Unit]
Description=Keben
After=network-online.target
StartLimitIntervalSec=120
StartLimitBurst=5

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=5
# The launcher stops its services itself, within ten seconds.
KillMode=mixed
TimeoutStopSec=30
SuccessExitStatus=129 130 143

[Install]
WantedBy=default.target
"""
# What a person may have set for this terminal alone: the unit doesn't see it.
OF_THE_TERMINAL = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "TRUSTED_PROXIES", "ALLOWED_HOSTS")
OF_THE_TERMINAL += ("EMAIL_URL", "STORAGE_DIR", "TIME_ZONE", "CURRENCY", "DEMO_PASSWORD")


def install(folder: DataFolder, options: Sequence[str]) -> int:
    """Write the unit for this folder, enable and start it; `options` are those of bin/start. Raises Problem."""
    _require_session("installing the service")
    folder.make()
    unit = unit_file()
    other = folder_of(unit)
    if other and other != str(folder.path):
        raise Problem(
            "installing the service",
            f"{unit} runs {other} already, and there is one service for each user.",
            "take it away with bin/start --uninstall, or install this folder as another user.",
        )
    with Lock(folder.path / "run.lock") as running:
        if not other and not running.try_alone():
            raise Problem(
                "installing the service",
                f"Keben runs in {folder.path} already, in a terminal.",
                "stop it there with Ctrl-C, then call this again.",
            )
    command = [sys.executable, str(ROOT / "runtime"), "start", "--data", str(folder.path), *options]
    unit.parent.mkdir(parents=True, exist_ok=True)
    line = " ".join(quoted(part) for part in command)
    unit.write_text(TEXT.format(folder_line=FOLDER_LINE, folder=folder.path, command=line), encoding="utf-8")
    say(f"Wrote {unit}: it runs {' '.join(command)}")
    for arguments in (("daemon-reload",), ("enable", UNIT), ("restart", UNIT)):
        _systemctl("installing the service", *arguments)
        say(f"Did: systemctl --user {' '.join(arguments)}")
    say(f"It starts now. What it says, with the address: journalctl --user --unit {UNIT} --follow")
    if not _lingers():
        say(
            "It runs while you are signed in. To have it run from the start of this machine on, once, as administrator:"
        )
        say(f"  sudo loginctl enable-linger {getpass.getuser()}")
    set_here = [name for name in OF_THE_TERMINAL if os.environ.get(name)]
    if set_here:
        say(f"Not taken over from this terminal: {', '.join(set_here)}. Write what shall hold into {folder.env_file}.")
    say("bin/start --uninstall takes it away again; the data folder stays.")
    return 0


def uninstall() -> int:
    """Stop the service and take the unit away; the data folder stays. Raises Problem."""
    _require_session("taking the service away")
    unit = unit_file()
    folder = folder_of(unit)
    if not folder:
        say(f"There is no service: {unit} doesn't exist.")
        return 0
    _systemctl("taking the service away", "disable", "--now", UNIT)
    unit.unlink()
    _systemctl("taking the service away", "daemon-reload")
    say(f"Stopped the service and removed {unit}. The data folder {folder} stays as it is.")
    return 0


def unit_file() -> Path:
    """Where systemd looks for a user's own units."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "systemd" / "user" / UNIT


def folder_of(unit: Path) -> str:
    """The data folder of an installed unit; empty without one."""
    try:
        lines = unit.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.removeprefix(FOLDER_LINE) for line in lines if line.startswith(FOLDER_LINE)), "another program's")


def quoted(part: str) -> str:
    """One word of ExecStart, which systemd takes as it stands."""
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _require_session(step: str) -> None:
    why = ""
    try:
        done = _call("show-environment")
        why = done.stderr.strip().splitlines()[-1] if done.returncode and done.stderr.strip() else ""
        if done.returncode == 0:
            return
    except OSError:
        why = "there is no systemctl"
    raise Problem(
        step,
        f"systemd keeps no services for this user here ({why or 'systemctl --user fails'}).",
        "sign in as the user who shall run it (not by su or sudo), or let what supervises services on this machine run"
        " bin/start; deploy/ has units for a whole server.",
    )


def _systemctl(step: str, *arguments: str) -> None:
    done = _call(*arguments)
    if done.returncode:
        raise Problem(step, f"systemctl --user {' '.join(arguments)}: {done.stderr.strip()}", "correct what it names.")


def _call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemctl", "--user", *arguments], capture_output=True, text=True, check=False)


def _lingers() -> bool:
    """Whether this user's services run without anybody signed in."""
    command = ["loginctl", "show-user", getpass.getuser(), "--property=Linger", "--value"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() == "yes"
    except OSError:
        return False
