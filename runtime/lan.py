"""`bin/start --lan`: people in the same network reach the installation over https, with a certificate of its own.

The launcher's half. What needs packages (addresses, certificate, QR code) is in runtime/certificate.py, run by .venv.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runtime import envfile, venv
from runtime.environment import Values, child_environment
from runtime.layout import ROOT, DataFolder
from runtime.problems import Problem
from runtime.say import say

# Lines of DIR/env: `on`, or the address that was chosen; and the port, which stays, since phones remember it.
CHOICE, PORT = "KEBEN_LAN", "KEBEN_LAN_PORT"
FIRST_PORT = 8443
OFF = "off"


@dataclass(frozen=True)
class Lan:
    """What is opened: one address of this machine in its network."""

    folder: DataFolder
    choice: str
    address: str
    others: tuple[str, ...]  # further addresses, which stay closed
    names: tuple[str, ...]
    fingerprint: str

    @property
    def authority(self) -> Path:
        """The certificate that people's devices may trust; its key lies beside it."""
        return certificates(self.folder) / "ca.crt"

    def gunicorn_options(self) -> list[str]:
        place = certificates(self.folder)
        return ["--certfile", str(place / "server.crt"), "--keyfile", str(place / "server.key")]

    def settings(self, values: Values) -> dict[str, str]:
        """What the application must know."""
        hosts = [values.get("ALLOWED_HOSTS"), self.address, *self.names]
        return {"ALLOWED_HOSTS": ",".join(one for one in hosts if one), "KEBEN_LAN_CA": str(self.authority)}

    def renew(self) -> None:
        """Once a day: a certificate near its end is made anew, and the web server takes it by itself."""
        _ask(self.folder, self.choice)

    def remember(self, port: int) -> None:
        """The next start in this folder does the same."""
        envfile.set_own(self.folder.env_file, {CHOICE: self.choice, PORT: str(port)})


def certificates(folder: DataFolder) -> Path:
    return folder.path / "tls"


def wished(values: Values, option: str | None) -> str:
    """`on`, an address, or nothing: what was asked now, else what the folder remembers."""
    choice = option or values.get(CHOICE)
    return "" if choice == OFF else choice


def forget(folder: DataFolder) -> None:
    """From the next start on this machine alone reaches it; the port stays for the day it is opened again."""
    envfile.set_own(folder.env_file, {CHOICE: ""})


def refuse_beside_an_address(values: Values) -> None:
    """Two answers to one question. Raises Problem."""
    if values.get("BASE_URL"):
        raise Problem(
            "reading the settings",
            f"BASE_URL is {values.get('BASE_URL')}, but --lan makes an address of its own.",
            "leave BASE_URL unset; or keep it, start with --lan=off, and let a proxy serve that address (README, On a"
            " phone).",
        )


def refuse_demo(folder: DataFolder) -> None:
    """Demo accounts share one password, have no second factor, and belong to nobody. Raises Problem."""
    raise Problem(
        "opening the installation to the network",
        f"{folder.path} holds demo accounts, which everybody there could use.",
        "begin your own company with bin/start --empty --lan --data DIR; or keep the demo here with --lan=off.",
    )


def prepare(values: Values, choice: str) -> Lan:
    """Choose the address and have a certificate for it. Raises Problem."""
    folder = values.folder
    told = _ask(folder, choice)
    return Lan(folder, choice, told["address"], tuple(told["others"]), tuple(told["names"]), told["fingerprint"])


def _ask(folder: DataFolder, choice: str) -> dict:
    command = [venv.PYTHON, "-m", "runtime.certificate", certificates(folder), "" if choice == "on" else choice]
    done = subprocess.run(
        [str(part) for part in command],
        env=child_environment(folder, {}),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Problem(
            "making the certificate for --lan", done.stderr[-2000:], "see above; --lan=off starts without it."
        )
    told = json.loads(done.stdout)
    if "failed" in told:
        raise Problem("opening the installation to the network", told["failed"], told["cure"])
    return told


def words(lan: Lan, base_url: str) -> Iterator[str]:
    """What is opened and to whom, what people will see, and how it is closed again."""
    yield (
        f"Open to your network: whoever is in it and reaches {lan.address} gets the sign-in page; nobody from the"
        " internet does."
    )
    if lan.others:
        yield f"Closed at this machine's other addresses: {', '.join(lan.others)} (to choose one: --lan=ADDRESS)."
    yield (
        "Browsers warn of the certificate until a device trusts this installation's own: open"
        f" {base_url}/trust/ there, once, and follow the steps for iPhone, Android or Windows."
    )
    yield f"Its fingerprint, to compare: {lan.fingerprint}"
    yield (
        f"A phone that finds nothing: let port {base_url.rpartition(':')[2]} through this machine's firewall. Give the"
        " machine a fixed address in the router, or the address may be another one tomorrow."
    )
    if _in_wsl():
        yield (
            "This is WSL: other devices reach Windows, not WSL, until networkingMode=mirrored stands below [wsl2] in"
            " .wslconfig and Windows' firewall lets the port through."
        )
    yield "The next bin/start here does the same; --lan=off goes back to this machine alone."


def show_code(lan: Lan, base_url: str) -> None:
    """The address as a QR code, where there is a screen to show it."""
    blocks, encoding = "▀▄█", sys.stdout.encoding or "ascii"
    if not sys.stdout.isatty() or blocks.encode(encoding, "ignore").decode(encoding) != blocks:
        return
    code = subprocess.run(
        [str(venv.PYTHON), "-m", "segno", "--compact", "--error=L", base_url],
        env=child_environment(lan.folder, {}),
        capture_output=True,
        text=True,
        check=False,
    )
    for line in code.stdout.splitlines():
        say(f"\033[97;40m{line}\033[0m")  # white on black, whatever the terminal's colours


def _in_wsl() -> bool:
    try:
        return "microsoft" in Path("/proc/version").read_text(encoding="utf-8").lower()
    except OSError:
        return False
