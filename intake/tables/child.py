"""Asks a process of its own for a file's look and rows; what reads files of people never shares our memory.

A fresh interpreter that imports no more than it needs (some 40 ms), no fork: the web server has threads.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from intake.tables.problems import FileProblem

ROOT = str(Path(__file__).resolve().parents[2])
START = f"import sys; sys.path.insert(0, {ROOT!r}); from intake.tables.__main__ import main; main()"
AT_ONCE = threading.BoundedSemaphore(2)  # looks of one process; more would only take turns
PATIENCE = 5  # seconds that a look waits for its turn
PIECE = 1 << 20
LONGEST_ANSWER = 1 << 26


def look(path: str, *, limits: dict[str, int], memory: int, seconds: int, **chosen: Any) -> dict[str, Any]:
    """What look.look() tells of the file; FileProblem also when its reader was stopped."""
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise FileProblem("busy")
    try:
        request = {"what": "look", "path": path, "limits": limits, **chosen}
        answers = list(_asked(request, memory=memory, seconds=seconds, total=seconds))
    finally:
        AT_ONCE.release()
    return answers[0]


def rows(path: str, *, limits: dict[str, int], memory: int, seconds: int, **wanted: Any) -> Iterator[list[Any]]:
    """The batches of look.rows(); no single one takes longer than `seconds`."""
    request = {"what": "rows", "path": path, "limits": limits, **wanted}
    yield from _asked(request, memory=memory, seconds=seconds * 60, wait=seconds)


def _asked(
    request: dict[str, Any], *, memory: int, seconds: int, total: float | None = None, wait: float = 0
) -> Iterator[Any]:
    """Every answer but the last, {"end": true}; `total` or `wait` seconds for all or for each of them."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    )
    assert process.stdin
    assert process.stdout
    deadline = time.monotonic() + total if total else None
    try:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps({**request, "memory": memory, "seconds": seconds}).encode())
            process.stdin.close()
        for line in _lines(process.stdout.fileno(), deadline, wait):
            answer = json.loads(line)
            if isinstance(answer, dict):
                if "end" in answer:
                    return
                if "code" in answer:
                    raise FileProblem(answer["code"], **answer["params"])
            yield answer
    finally:
        process.kill()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
        process.wait()
    raise FileProblem("too_complex")


def _lines(pipe: int, deadline: float | None, wait: float) -> Iterator[bytes]:
    """Whole lines of the pipe; ends where the other side ends, FileProblem when it takes too long."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    pieces: list[bytes] = []
    size = 0
    while True:
        left = wait if deadline is None else deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise FileProblem("too_slow")
        piece = os.read(pipe, PIECE)
        if not piece:
            return
        size += len(piece)
        if size > LONGEST_ANSWER:
            raise FileProblem("too_complex")
        *whole, rest = piece.split(b"\n")
        if whole:
            whole[0] = b"".join([*pieces, whole[0]])
            pieces, size = [], len(rest)
            yield from whole
        pieces.append(rest)
