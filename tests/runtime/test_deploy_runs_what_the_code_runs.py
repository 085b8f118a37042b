"""deploy/: units, compose file, image and environment name commands, variables and places that are there."""

import configparser
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from runtime import envfile, service, upgrade
from runtime.layout import ROOT
from runtime.upgrade import Plan

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
RUN = "/srv/keben/current/.venv/bin/python -m runtime.service "


def _unit(path: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(path.read_text())
    return parsed


def _known_variables() -> set[str]:
    """Those that the code reads."""
    files = [*ROOT.glob("crm/*.py"), *ROOT.glob("core/**/*.py"), *ROOT.glob("runtime/*.py"), ROOT / "gunicorn.conf.py"]
    text = "".join(path.read_text() for path in files)
    return set(re.findall(r'"([A-Z][A-Z_]{3,})"', text))


# --- units
def test_there_is_a_unit_for_each_service_and_the_target_starts_all() -> None:
    started = [_unit(path)["Service"]["ExecStart"] for path in UNITS]
    assert sorted(started) == sorted(RUN + name for name in service.COMMANDS)
    wanted = _unit(DEPLOY / "systemd" / "keben.target")["Unit"]["Wants"].split()
    assert sorted(wanted) == [path.name for path in UNITS]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_has_the_environment_and_may_write_where_it_says(path: Path) -> None:
    unit = _unit(path)["Service"]
    example = envfile.read(DEPLOY / "env.example")
    assert unit["EnvironmentFile"] == str(Plan().env_file)
    assert unit["WorkingDirectory"] == str(Plan().current)
    assert unit["User"] == Plan().user
    assert unit["ReadWritePaths"] == example["KEBEN_DATA"]
    assert (unit["Restart"], unit["ProtectSystem"]) == ("always", "strict")


def test_the_web_servers_settings_are_accepted(tmp_path: Path) -> None:
    command = [sys.executable, *service.COMMANDS["web"], "--check-config"]
    environment = os.environ | {"KEBEN_DATA": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["worker", "imports", "beat"])
def test_celery_knows_the_options(name: str) -> None:
    """An unknown one ends it before anything is loaded; --help after them ends it well."""
    command = [sys.executable, *service.COMMANDS[name], "--help"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | service.ENVIRONMENT[name], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_another_name_is_refused_in_words() -> None:
    done = subprocess.run([sys.executable, "-m", "runtime.service", "wrok"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "There is no service 'wrok'; it is one of web, worker, imports, beat." in done.stderr


# --- compose and image
def test_compose_starts_the_services_of_the_code() -> None:
    services = COMPOSE["services"]
    assert {name: services[name]["command"] for name in service.COMMANDS} == {name: [name] for name in service.COMMANDS}
    assert set(services) - set(service.COMMANDS) == {"prepare", "postgres", "valkey", "caddy"}
    for name in service.COMMANDS:
        assert services[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


def test_it_prepares_what_the_upgrade_prepares() -> None:
    (script,) = COMPOSE["services"]["prepare"]["command"]
    called = re.findall(r"manage\.py (\w+)", script)
    image = re.findall(r"manage\.py (\w+)", (DEPLOY / "Dockerfile").read_text())
    assert sorted(called + image) == sorted(step[0] for step in (*upgrade.NEW_CODE, *upgrade.TABLES))


def test_variables_are_those_the_code_reads() -> None:
    known = _known_variables()
    assert "WEB_CONCURRENCY" in known
    named = set(COMPOSE["x-keben"]["environment"]) | set(
        re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "env.example").read_text(), re.M)
    )
    assert named - known == set()


def test_the_proxy_is_trusted_and_no_other_network() -> None:
    (config,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert COMPOSE["x-keben"]["environment"]["TRUSTED_PROXIES"] == config["subnet"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, one in COMPOSE["services"].items() if "ports" in one] == ["caddy"]


def test_the_image_installs_what_is_locked_and_serves_as_nobody_special() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert "pip install --no-cache-dir --require-hashes -r requirements.lock" in text
    assert re.search(r"^USER keben$", text, re.M)
    assert 'ENTRYPOINT [".venv/bin/python", "-m", "runtime.service"]' in text


def test_the_proxy_of_the_readme_is_the_one_shipped() -> None:
    shipped = (DEPLOY / "Caddyfile").read_text()
    plain = shipped.replace("{$KEBEN_HOST:keben.example.com}", "keben.example.com")
    plain = plain.replace("{$KEBEN_UPSTREAM:127.0.0.1:8000}", "127.0.0.1:8000")
    block = plain.partition("\n")[2].strip()
    assert block in (ROOT / "README.md").read_text()


# --- upgrade
class Server:
    """/srv/keben of a test: `old` serves, systemctl and Python are fakes that note their calls."""

    def __init__(self, path: Path) -> None:
        self.path, self.calls = path, path / "calls"
        self.old, self.current, self.backups = path / "old", path / "current", path / "backups"
        (path / "old" / ".venv" / "bin").mkdir(parents=True)
        self.backups.mkdir()
        self.current.symlink_to(self.old)
        self.env = path / "env"
        self.env.write_text(f"KEBEN_DATA={path}/data\nWEB_BIND=127.0.0.1:1\n")
        self.fake(path / "systemctl", 'echo "systemctl $@"')
        self.fake(self.old / ".venv" / "bin" / "python", 'echo "old $@"')

    def fake(self, file: Path, line: str, code: int = 0) -> None:
        file.write_text(f"#!/bin/sh\n({line}) >> {self.calls}\nexit {code}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def upgrade(self, *more: str) -> subprocess.CompletedProcess[str]:
        own = os.environ | {"PATH": f"{self.path}:{os.environ['PATH']}"}
        command = ["--current", self.current, "--env", self.env, "--backups", self.backups, "--user", "nobody", *more]
        return subprocess.run(
            [DEPLOY / "upgrade", *(str(one) for one in command)], env=own, capture_output=True, text=True
        )


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def test_a_dry_run_says_every_step_and_does_none(server: Server) -> None:
    done = server.upgrade("--dry-run")
    assert done.returncode == 0, done.stderr
    said = re.findall(r"^- (.*)$", done.stdout, re.M)
    wanted = ["packages", "compile_translations", "collectstatic", "systemctl stop keben.target", "manage.py backup"]
    wanted += ["migrate", "ensure_company", "pointing", "systemctl start keben.target", "/healthz"]
    assert len(said) == len(wanted)
    for line, word in zip(said, wanted, strict=True):
        assert word in line
    assert said[4].startswith(str(server.old))
    assert f"ln -sfn {server.old} {server.current}" in done.stdout
    assert not server.calls.exists()
    assert server.current.resolve() == server.old


def test_what_is_not_there_is_said_before_anything_stops(server: Server) -> None:
    server.env.unlink()
    done = server.upgrade()
    assert done.returncode == 1
    assert f"{server.env} can't be read" in done.stderr
    server.current.unlink()
    server.current.symlink_to(ROOT)
    assert "points here already" in server.upgrade().stderr
    assert not server.calls.exists()


def test_a_failed_backup_lets_the_old_version_serve_again(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.fake(server.old / ".venv" / "bin" / "python", 'echo "old $@"', code=1)
    monkeypatch.setenv("PATH", f"{server.path}:{os.environ['PATH']}")
    monkeypatch.setattr(upgrade.venv, "ensure", lambda *_: None)
    monkeypatch.setattr(upgrade, "NEW_CODE", ())
    monkeypatch.setattr(upgrade.os, "geteuid", lambda: 1000)
    with pytest.raises(upgrade.Problem, match=r"manage\.py backup"):
        upgrade.upgrade(Plan(server.current, server.env, server.backups))
    calls = server.calls.read_text().splitlines()
    assert [line.split()[:2] for line in calls] == [["systemctl", "stop"], ["old", "manage.py"], ["systemctl", "start"]]
    assert "The old version serves again; nothing was changed." in capsys.readouterr().out
    assert server.current.resolve() == server.old
