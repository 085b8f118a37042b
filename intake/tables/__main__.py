"""The process that reads files of people: one request on stdin, lines of JSON on stdout, within fixed limits.

Whatever a file does to its reader, it does it here, where nothing else can be harmed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from intake.tables import look as reader
from intake.tables.problems import FileProblem

UNREADABLE = (
    ExpatError, BadZipFile, zlib.error, EOFError, OSError, UnicodeError, NotImplementedError, RuntimeError, KeyError
)  # fmt: skip


def main() -> None:
    """Answer one request; the last line is {"end": true} or {"code": …} of a problem."""
    gc.disable()  # nothing here refers to itself, and millions of short lists would be looked through
    request = json.load(sys.stdin)
    bound(memory=request.pop("memory"), seconds=request.pop("seconds"))
    try:
        for answer in _answers(**request):
            _tell(answer)
        _tell({"end": True})
    except FileProblem as problem:
        _tell({"code": problem.code, "params": problem.params})
    except UNREADABLE:
        _tell({"code": "unreadable", "params": {}})


def _answers(what: str, **wanted: Any) -> Iterator[Any]:
    if what == "look":
        yield reader.look(**wanted)
    else:
        yield from reader.rows(**wanted)


def _tell(answer: Any) -> None:
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def bound(*, memory: int, seconds: int) -> None:
    """Take no more memory and processor time than this, write no file, and be the first to go when memory is short."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not everywhere

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    main()
