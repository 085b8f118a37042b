"""Starting children: server accounts for root, death with the parent, whole groups ended together."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runtime.layout import ROOT, open_log

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
SERVER_UID = 1000


@dataclass(frozen=True)
class Account:
    """How PostgreSQL's programs are run, which refuse root. `owner` is whom its files must belong to."""

    description: str
    owner: int | None = None
    prepare: Callable[[], None] | None = None
    user: str | None = None

    def options(self) -> dict[str, object]:
        """Keyword arguments for subprocess."""
        if self.user:
            entry = pwd.getpwnam(self.user)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        return {"preexec_fn": self.prepare} if self.prepare else {}


def enter_user_namespace() -> None:
    """In a forked child of root: become an ordinary user to the eye of PostgreSQL, still root to the file system."""
    uid, gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{SERVER_UID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{SERVER_UID} {gid} 1")


@cache
def server_account(try_namespace: bool = True) -> Account:
    """An ordinary user runs the server as himself, root inside a user namespace or, where refused, as another user."""
    if os.geteuid() != 0:
        return Account("this user")
    if try_namespace and _namespace_works():
        return Account("root in a user namespace", owner=0, prepare=enter_user_namespace)
    user = next((name for name in ("postgres", "nobody") if _known(name)), "nobody")
    return Account(f"user {user}", owner=pwd.getpwnam(user).pw_uid, user=user)


def _namespace_works() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        return subprocess.run(["true"], preexec_fn=enter_user_namespace, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _known(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without the caller's locale and Python overrides, which must not change what servers do."""
    foreign = ("LC_", "LANG", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "LC_ALL": "C.UTF-8" if sys.platform.startswith("linux") else "en_US.UTF-8", **(extra or {})}


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """In a forked child on Linux: get this signal when the parent dies, even by kill -9."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def end_group(child: subprocess.Popen[bytes], patience: float) -> None:
    """Ask the child's group to end, wait `patience` seconds, then kill what is left of it."""
    signal_group(child, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(patience)
    signal_group(child, signal.SIGKILL)
    child.wait()


def signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    """Signal every process of the group the child leads; nothing happens when all are gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def run_step(command: Sequence[str | Path], log: Path, environment: Mapping[str, str]) -> int:
    """Run one preparing command in a group of its own, output to `log`; an interrupt here ends the whole group."""
    with open_log(log) as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            cwd=ROOT,
            process_group=0,
            preexec_fn=die_with_parent,
        )
    try:
        return child.wait()
    except BaseException:
        end_group(child, 5)
        raise


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask again and again until it is true; False when the seconds are over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
