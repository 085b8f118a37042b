"""Keeps the services of one installation running and ends them together."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runtime.layout import ROOT, open_log, shorten_log
from runtime.problems import Problem
from runtime.processes import die_with_parent, signal_group
from runtime.say import say

FIRST_PAUSE, LONGEST_PAUSE, CALM = 0.5, 30.0, 60.0
PATIENCE = 8.0
LOG_CHECK = 60.0
REVIVE_PAUSE = 10.0
DAY = 86_400.0


@dataclass
class Service:
    """One supervised command. `log` receives its output; `descriptors` stay open in it."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()
    child: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    pause: float = FIRST_PAUSE
    restart_at: float = field(default=0.0)

    def launch(self) -> None:
        shorten_log(self.log)
        with open_log(self.log) as output:
            self.child = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(self.environment),
                cwd=ROOT,
                pass_fds=self.descriptors,
                process_group=0,
                preexec_fn=die_with_parent,
            )
        self.begun = time.monotonic()

    def has_died(self) -> bool:
        return self.child is not None and self.child.poll() is not None

    def plan_restart(self) -> float:
        """After a death: end its orphans, and wait longer each time it didn't live for a minute."""
        signal_group(self.child, signal.SIGKILL)
        calm = time.monotonic() - self.begun > CALM
        pause = FIRST_PAUSE if calm else self.pause
        self.pause = min(pause * 2, LONGEST_PAUSE)
        self.child, self.restart_at = None, time.monotonic() + pause
        return pause


class Supervisor:
    """Starts the services in order, restarts what dies, and stops all within about ten seconds."""

    def __init__(
        self, services: Sequence[Service], revive: Callable[[], bool], daily: Callable[[], None] | None = None
    ) -> None:
        self.services, self._revive, self._daily = list(services), revive, daily
        self._next_revive = self._next_log_check = 0.0
        self._next_day = time.monotonic() + DAY
        self._troubled = False

    def __enter__(self) -> "Supervisor":
        try:
            for service in self.services:
                service.launch()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self, until: Callable[[], bool]) -> None:
        """Watch over everything until the condition is true."""
        while not until():
            self.tend()
            time.sleep(0.2)

    def tend(self) -> None:
        """One round: embedded servers, dead services, overgrown logs."""
        now = time.monotonic()
        if now >= self._next_revive:
            self._try_revive()
        for service in self.services:
            self._tend(service)
        if now >= self._next_log_check:
            self._next_log_check = now + LOG_CHECK
            for service in self.services:
                shorten_log(service.log)
        if self._daily and now >= self._next_day:
            self._next_day = now + DAY
            with contextlib.suppress(Problem):  # said at the next start; nothing that runs depends on it today
                self._daily()

    def _try_revive(self) -> None:
        """Servers that can't start, for example on a full disk, are tried again for ever: pages say meanwhile what is
        the matter, and all goes on by itself when there is room again."""
        problem: Problem | OSError | None = None
        try:
            if self._revive():
                say("An embedded server had stopped; it has been started again.")
        except (Problem, OSError) as error:
            problem = error
        if problem is not None and not self._troubled:
            report = problem.report() if isinstance(problem, Problem) else f"Failed: starting a server\nWhy: {problem}"
            say(f"{report}\nIt is tried again every {REVIVE_PAUSE:g} s; this is said once.")
        self._troubled = problem is not None
        self._next_revive = time.monotonic() + (REVIVE_PAUSE if self._troubled else 2.0)

    def _tend(self, service: Service) -> None:
        if service.has_died():
            code = service.child.returncode
            pause = service.plan_restart()
            say(f"The {service.name} stopped (exit {code}); starting it again in {pause:g} s, see {service.log}.")
        if service.child is None and time.monotonic() >= service.restart_at:
            service.launch()

    def stop(self) -> None:
        """Ask all at once, give them one common time, then kill what is left."""
        running = [service for service in self.services if service.child]
        for service in running:
            signal_group(service.child, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        for service in running:
            _wait(service.child, end - time.monotonic())
        for service in running:
            signal_group(service.child, signal.SIGKILL)
            service.child.wait()
            service.child = None


def _wait(child: subprocess.Popen[bytes], seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(max(0.0, seconds))
