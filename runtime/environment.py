"""Which values an installation runs with: the environment, then DIR/env, then .local/env; and which are generated."""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from runtime import envfile, postgres, valkey
from runtime.embedded import Wanted
from runtime.layout import ROOT, VENV, DataFolder
from runtime.problems import Problem
from runtime.processes import clean_environment

# What belongs to one installation alone: never taken from another folder's file, and kept from start to start.
OF_THE_FOLDER = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMO_PASSWORD", "STORAGE_DIR")
# Servers and files of the operator, and the names under which his own people reach him.
NOT_IN_A_TRIAL = ("DATABASE_URL", "REDIS_URL", "STORAGE_DIR", "ALLOWED_HOSTS", "BASE_URL")
EMBEDDED_ROLES = {"DATABASE_URL": postgres.ROLE, "REDIS_URL": valkey.USER}


@dataclass(frozen=True)
class Values:
    """The operator's values, first found wins. Addresses of embedded servers are not among them."""

    folder: DataFolder
    trial: bool = False  # a throw-away folder never touches servers and files of the operator

    def get(self, name: str) -> str:
        """The value set by the operator or generated once; empty when there is none."""
        if self.trial and name in NOT_IN_A_TRIAL:
            return ""
        for source in self._sources(name):
            value = source.get(name, "")
            if value and not is_embedded(name, value):
                return value
        return ""

    def _sources(self, name: str) -> list[Mapping[str, str]]:
        own_file = self.folder.env_file
        if name in OF_THE_FOLDER:
            return [os.environ, envfile.read(own_file)]
        return [os.environ, envfile.read_own(own_file), envfile.read_own(ROOT / ".local" / "env")]

    def kept(self) -> dict[str, str]:
        """What DIR/env must repeat, so that the next command in this folder finds the same installation."""
        own = envfile.read_own(self.folder.env_file)
        return {name: value for name in OF_THE_FOLDER if (value := self.get(name)) and value != own.get(name)}

    def wanted(self) -> Wanted:
        """Which servers are embedded because no address of another one is given."""
        return Wanted(postgres=not self.get("DATABASE_URL"), valkey=not self.get("REDIS_URL"))

    def ensure_secret(self) -> None:
        """Generate SECRET_KEY once; refuse to do that for a database of the operator's. Raises Problem."""
        if self.get("SECRET_KEY"):
            return
        if self.get("DATABASE_URL"):
            raise Problem(
                "reading the settings",
                "DATABASE_URL names a server of your own, but SECRET_KEY is not set.",
                f"set SECRET_KEY to at least 32 random characters, for example: SECRET_KEY={secrets.token_urlsafe(48)}",
            )
        envfile.add_own(self.folder.env_file, {"SECRET_KEY": secrets.token_urlsafe(48)})

    def ensure_demo_password(self) -> str:
        """The demo accounts' password, generated once."""
        if not self.get("DEMO_PASSWORD"):
            envfile.add_own(self.folder.env_file, {"DEMO_PASSWORD": secrets.token_urlsafe(9)})
        return self.get("DEMO_PASSWORD")


def is_embedded(name: str, value: str) -> bool:
    """Whether this is the address of an embedded server, old or new."""
    role = EMBEDDED_ROLES.get(name)
    return bool(role) and urlsplit(value).username == role


def child_environment(folder: DataFolder, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of manage.py and the services: the operator's, cleaned, plus the values `given`."""
    kept = {name: value for name, value in clean_environment().items() if not is_embedded(name, value)}
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    own = {"KEBEN_DATA": str(folder.path), "PATH": path, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    return {**kept, **own, **given}


def refuse_demo_in_public(values: Values, base_url: str) -> None:
    """Demo accounts have a known shape and no second factor: never under a foreign host name. Raises Problem.

    `base_url` is the address this start will answer under, empty for the one it chooses on this machine.
    """
    named = [("ALLOWED_HOSTS", host.strip()) for host in values.get("ALLOWED_HOSTS").split(",") if host.strip()]
    if base_url:
        named.append(("BASE_URL", _host(base_url)))
    for variable, host in named:
        if not _is_local(host):
            raise Problem(
                "reading the settings",
                f"{variable} names {host}, but this data folder holds demo accounts.",
                f"begin your own company with bin/start --empty --data DIR, or leave {variable} unset for the demo.",
            )


def _host(url: str) -> str:
    """The host of an address; what can't be read counts as foreign and is refused as it stands."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _is_local(host: str) -> bool:
    bare = host.strip("[]")
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bare == "localhost" or bare.endswith(".localhost")
