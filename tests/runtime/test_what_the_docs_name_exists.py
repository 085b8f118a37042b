"""Commands, options, folders and files that the documents name are there, in both languages alike."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

from runtime.cli import split_data
from runtime.layout import ROOT

GUIDES = [ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md")]
DOCS = [*GUIDES, *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.M | re.S)
QUOTED = re.compile(r"`([^`\n]+)`")
# A folder or file of the project in backticks: with a slash, no space, no placeholder.
PLACE = re.compile(r"^(?:[a-z_]+|\.ci)/[\w./-]*[\w/]$")


def _commands(path: Path) -> list[list[str]]:
    """Every call of something in bin/, in blocks and in running text."""
    text = path.read_text(encoding="utf-8")
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    lines += QUOTED.findall(BLOCK.sub("", text))
    calls = [shlex.split(line, comments=True) for line in lines if re.match(r"bin/\w+( |$)", line)]
    assert calls
    return calls


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_each_command_is_there(path: Path) -> None:
    for script, *arguments in _commands(path):
        assert (ROOT / script).is_file(), script
        if script == "bin/manage" and arguments:
            _data, rest = split_data(arguments)
            assert rest[0] in get_commands(), arguments
        if script == "bin/test" and arguments and arguments[0] == "--heavy" and arguments[1] != "NAME":
            assert list((ROOT / "tests" / "heavy").glob(f"test_{arguments[1]}*.py")), arguments
        options = {one.partition("=")[0] for one in arguments if one.startswith("--")}
        known = (ROOT / "runtime" / "cli.py").read_text(encoding="utf-8")
        if script != "bin/manage":
            assert not [one for one in options if f'"{one}"' not in known], (script, options)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_each_place_is_there(path: Path) -> None:
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    places = {place for place in QUOTED.findall(text) if PLACE.match(place)}
    tops = {one.name for one in ROOT.iterdir()}
    missing = [
        place for place in places if place.split("/")[0] in tops and "/ID/" not in place and not list(ROOT.glob(place))
    ]
    assert not missing
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert not [link for link in links if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_the_order_of_apps_is_that_of_the_contract(path: Path) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (written,) = re.findall(r"`(crm > [\w >\s]+)`", path.read_text(encoding="utf-8"))
    assert written.split()[::2] == contracts[0]["layers"]


def _blocks(name: str) -> list[str]:
    """The code of a guide; comments are words and may differ."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [re.sub(r" *#.*", "", block) for block in BLOCK.findall(text)]


def _shape(name: str) -> list[tuple[int, int]]:
    """Depth of each heading, with the number of rows of tables and points below it."""
    text = BLOCK.sub("", (ROOT / name).read_text(encoding="utf-8"))
    parts = re.split(r"^(#+) .*$", text, flags=re.M)
    return [
        (len(depth), len(re.findall(r"^(?:\||- )", body, re.M)))
        for depth, body in zip(parts[1::2], parts[2::2], strict=True)
    ]


def test_both_readmes_have_the_same_sections_commands_and_settings() -> None:
    assert _shape("README.zh.md") == _shape("README.md")
    assert _blocks("README.zh.md") == _blocks("README.md")
    variables = [
        re.findall(r"^\| `([A-Z_`, ]+)` \|", (ROOT / name).read_text(encoding="utf-8"), re.M)
        for name in ("README.md", "README.zh.md")
    ]
    assert variables[0] == variables[1]
    assert len(variables[0]) > 8


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "operations").glob("*.md")), ids=lambda path: path.name)
def test_each_command_of_the_operations_guide_is_there(path: Path) -> None:
    for line in re.findall(r"^.*bin/\w+ .*$", "\n".join(BLOCK.findall(path.read_text(encoding="utf-8"))), re.M):
        script, *arguments = shlex.split(line[line.index("bin/") :], comments=True)
        assert (ROOT / script).is_file(), line
        if script == "bin/manage":
            assert split_data(arguments)[1][0] in get_commands(), line
