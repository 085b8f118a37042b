"""The command lines of bin/start, bin/manage, bin/dev and bin/test."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from core.version import VERSION
from runtime import signals, testing
from runtime.dev import dev
from runtime.install import install, uninstall
from runtime.layout import data_folder
from runtime.managing import manage
from runtime.problems import Problem
from runtime.start import Options, start
from runtime.upgrade import Plan, upgrade


def main(arguments: Sequence[str]) -> int:
    """`arguments[0]` names the command; returns the exit code."""
    commands: dict[str, Callable[[list[str]], int]] = {"start": _start, "manage": _manage, "dev": _dev, "test": _test}
    commands["upgrade"] = _upgrade
    signals.listen()
    try:
        return commands[arguments[0]](list(arguments[1:]))
    except Problem as problem:
        print(problem.report(), file=sys.stderr, flush=True)
        return 1
    except signals.Interrupted as interrupted:
        print("Interrupted; everything started by this command has been stopped.", file=sys.stderr, flush=True)
        return 128 + interrupted.number


def _start(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bin/start", description="Prepares all that Keben needs and runs it until Ctrl-C."
    )
    parser.add_argument("--check", action="store_true", help="run the nightly jobs, sign in, read the pages, stop")
    _add_version(parser)
    parser.add_argument("--empty", action="store_true", help="without demo data, for a real company")
    parser.add_argument("--port", type=_port, metavar="N", help="default 8000 or the next free one")
    _add_data(parser)
    parser.add_argument(
        "--lan",
        nargs="?",
        const="on",
        metavar="ADDRESS",
        help="open it to phones and computers in this network, over https; remembered until --lan=off",
    )
    service = parser.add_mutually_exclusive_group()
    service.add_argument(
        "--install", action="store_true", help="run it as a service of this user (systemd), with the other options"
    )
    service.add_argument("--uninstall", action="store_true", help="take that service away; the data stays")
    given = parser.parse_args(arguments)
    if given.uninstall:
        return uninstall()
    if given.install:
        carried = ["--empty"] if given.empty else []
        carried += ["--port", str(given.port)] if given.port else []
        carried += [f"--lan={given.lan}"] if given.lan else []
        return install(data_folder(given.data), carried)
    return start(Options(check=given.check, empty=given.empty, port=given.port, data=given.data, lan=given.lan))


def _port(text: str) -> int:
    if not text.isdecimal() or len(text) > 5 or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; it is a number from 1 to 65535")
    return int(text)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", metavar="DIR", help="the data folder; default KEBEN_DATA or .local")


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", action="version", version=f"Keben {VERSION}")


def _dev(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bin/dev", description="Serves with DEBUG and reloads what is changed, on the data folder of bin/start."
    )
    parser.add_argument("--port", type=_port, metavar="N", help="default 8100 or the next free one")
    _add_version(parser)
    _add_data(parser)
    given = parser.parse_args(arguments)
    return dev(given.port, given.data)


def _manage(arguments: list[str]) -> int:
    data, rest = split_data(arguments)
    if rest == ["--version"]:
        print(f"Keben {VERSION}")
        return 0
    return manage(rest, data)


def split_data(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take `--data DIR` off the front; what follows the command's name is the command's."""
    if arguments[:1] == ["--data"]:
        if len(arguments) < 2:
            raise Problem("reading the arguments", "--data needs a folder.", "bin/manage --data DIR NAME ...")
        return arguments[1], arguments[2:]
    if arguments and arguments[0].startswith("--data="):
        return arguments[0].partition("=")[2], arguments[1:]
    return None, arguments


def _upgrade(arguments: list[str]) -> int:
    usual = Plan()
    parser = argparse.ArgumentParser(
        prog="deploy/upgrade", description="Goes from the version that serves to the one of this checkout."
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--current", type=Path, default=usual.current, metavar="LINK", help="what the units name")
    parser.add_argument("--env", type=Path, default=usual.env_file, metavar="FILE", help="the services' environment")
    parser.add_argument("--backups", type=Path, default=usual.backups, metavar="DIR", help="where the backup goes")
    parser.add_argument("--user", default=usual.user, help="who runs the services")
    given = parser.parse_args(arguments)
    return upgrade(Plan(given.current, given.env, given.backups, given.user, dry_run=given.dry_run))


def _test(arguments: list[str]) -> int:
    if arguments[:1] == ["--heavy"]:
        if len(arguments) < 2:
            raise Problem("reading the arguments", "--heavy needs a name.", "bin/test --heavy NAME")
        return testing.heavy(arguments[1], arguments[2:])
    if arguments[:1] == ["--keep"]:
        return testing.kept(arguments[1:])
    if arguments[:1] == ["--stop"]:
        return testing.stop_kept()
    return testing.chosen(arguments) if arguments else testing.everything()
