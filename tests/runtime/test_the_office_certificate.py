"""Which address --lan opens, and the certificate for it: renewed by itself, kept while it serves."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509

from runtime import envfile, lan, start
from runtime.certificate import Machine, Refused, choose, ensure
from runtime.cli import main
from runtime.environment import Values
from runtime.lan import Lan
from runtime.layout import DataFolder
from runtime.start import Options

NOW = datetime(2026, 11, 28, tzinfo=UTC)
NAMES = ["192.168.1.10", "office-pc", "office-pc.local"]


def _machine(*addresses: str, main: str = "") -> Machine:
    return Machine(addresses, main, "Office-PC.firm.example")


def _leaf(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "server.crt").read_bytes())


def _names(folder: Path) -> set[str]:
    names = _leaf(folder).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(one.value) for one in names}


# --- addresses
def test_the_address_of_the_default_route_is_taken_and_the_others_are_named() -> None:
    machine = _machine("127.0.0.1", "10.8.0.2", "192.168.1.10", main="192.168.1.10")
    assert choose(machine, "") == ("192.168.1.10", ("10.8.0.2",))
    assert choose(machine, "10.8.0.2") == ("10.8.0.2", ("192.168.1.10",))


def test_without_a_route_any_private_one_serves() -> None:
    assert choose(_machine("127.0.0.1", "192.168.1.10"), "") == ("192.168.1.10", ())


def test_a_machine_without_network_is_told() -> None:
    with pytest.raises(Refused, match="no address in a network"):
        choose(_machine("127.0.0.1"), "")


@pytest.mark.parametrize("wished", ["", "8.8.4.4"])
def test_an_address_of_the_internet_is_never_opened(wished: str) -> None:
    with pytest.raises(Refused, match="from the whole internet"):
        choose(_machine("127.0.0.1", "8.8.4.4", main="8.8.4.4"), wished)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Refused, match=r"no address of this machine; it has 192\.168\.1\.10"):
        choose(_machine("127.0.0.1", "192.168.1.10"), "192.168.1.11")


def test_names_are_those_people_may_type() -> None:
    assert _machine().names == ("office-pc", "office-pc.local")
    assert Machine((), "", "客本").names == ()


# --- the certificate
def test_it_names_the_address_the_machine_and_itself(tmp_path: Path) -> None:
    ensure(tmp_path / "tls", NAMES, NOW)
    assert _names(tmp_path / "tls") == {*NAMES, "localhost", "127.0.0.1", "::1"}


def test_it_stays_while_it_serves(tmp_path: Path) -> None:
    first = ensure(tmp_path, NAMES, NOW)
    before = _leaf(tmp_path)
    assert ensure(tmp_path, NAMES, NOW + timedelta(days=300)) == first
    assert _leaf(tmp_path) == before


def test_near_its_end_it_is_made_anew_and_devices_trust_it_still(tmp_path: Path) -> None:
    first = ensure(tmp_path, NAMES, NOW)
    later = NOW + timedelta(days=380)
    assert ensure(tmp_path, NAMES, later) == first
    assert _leaf(tmp_path).not_valid_after_utc > later + timedelta(days=300)


def test_at_another_address_too(tmp_path: Path) -> None:
    first = ensure(tmp_path, NAMES, NOW)
    assert ensure(tmp_path, ["10.1.2.3", *NAMES[1:]], NOW) == first
    assert "10.1.2.3" in _names(tmp_path)
    assert "192.168.1.10" not in _names(tmp_path)


def test_the_authority_may_vouch_for_nothing_in_the_internet(tmp_path: Path) -> None:
    first = ensure(tmp_path, NAMES, NOW)
    ensure(tmp_path, ["8.8.4.4", "bank.example.com"], NOW)
    assert _names(tmp_path) == {"localhost", "127.0.0.1", "::1"}
    limits = first.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical


def test_a_lost_or_broken_file_is_made_anew(tmp_path: Path) -> None:
    first = ensure(tmp_path, NAMES, NOW)
    (tmp_path / "server.crt").write_text("half")
    assert ensure(tmp_path, NAMES, NOW) == first
    (tmp_path / "ca.key").unlink()
    assert ensure(tmp_path, NAMES, NOW) != first
    assert _leaf(tmp_path).issuer != first.subject


# --- what the folder remembers
@pytest.fixture
def values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Values:
    for name in ("BASE_URL", "KEBEN_LAN", "KEBEN_DATA"):
        monkeypatch.delenv(name, raising=False)
    return Values(DataFolder(tmp_path))


@pytest.mark.parametrize(
    ("remembered", "asked", "wished"),
    [
        ("", None, ""),
        ("", "on", "on"),
        ("on", None, "on"),
        ("on", "off", ""),
        ("on", "10.0.0.5", "10.0.0.5"),
        ("10.0.0.5", None, "10.0.0.5"),
    ],
)
def test_what_was_asked_wins_over_what_is_remembered(
    values: Values, remembered: str, asked: str | None, wished: str
) -> None:
    envfile.set_own(values.folder.env_file, {"KEBEN_LAN": remembered})
    assert lan.wished(values, asked) == wished


def test_other_lines_of_the_file_stay_as_they_are(values: Values) -> None:
    file = values.folder.env_file
    file.write_text("# ours\nSECRET_KEY=x\nKEBEN_LAN=on\n")
    envfile.rewrite_block(file, {"BASE_URL": "http://127.0.0.1:1"})
    lan.forget(values.folder)
    assert file.read_text().startswith(f"# ours\nSECRET_KEY=x\n{envfile.MARK}\nBASE_URL=")


def test_the_demo_is_refused(
    values: Values, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.signals.listen", lambda: None)
    assert main(["start", "--lan", "--data", str(tmp_path / "new")]) == 1
    assert "holds demo accounts, which everybody there could use" in capsys.readouterr().err


def test_an_address_of_ones_own_beside_it_is_refused(
    values: Values, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.signals.listen", lambda: None)
    monkeypatch.setenv("BASE_URL", "https://crm.example.com")
    assert main(["start", "--empty", "--lan", "--data", str(tmp_path / "new")]) == 1
    assert "BASE_URL is https://crm.example.com, but --lan makes an address of its own" in capsys.readouterr().err


def test_another_address_than_before_is_said(
    values: Values, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start.staticfiles, "are_collected", lambda _folder: True)
    monkeypatch.setattr(start, "fill", lambda *_: start.Filled([], has_people=False))
    servers: Any = SimpleNamespace(addresses=dict, programs=dict)
    for address in ("192.168.1.10", "192.168.1.10", "192.168.1.11"):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", int(values.get(lan.PORT) or 0)))
            opened = Lan(values.folder, "on", address, (), (), "AB")
            start._prepare(values, servers, listener, Options(empty=True), opened)
    said = capsys.readouterr().out
    assert said.count("The address has changed") == 1
    assert "people opened https://192.168.1.10:" in said
