"""`bin/dev`: Django's reloading server with DEBUG on the data of a data folder, beside a bin/start or alone.

It brings the web server alone: without a bin/start in the same folder no worker sends mail or reads uploaded files.
"""

from collections.abc import Mapping
from pathlib import Path

from runtime import foreground, venv
from runtime.embedded import Servers
from runtime.environment import Values
from runtime.layout import ROOT, data_folder
from runtime.locks import Lock
from runtime.managing import kept_environment, refuse_beside_older_code
from runtime.prepare import schema_of_code, tables_of
from runtime.say import say
from runtime.start import fill, listen, read_kind

FIRST_PORT = 8100  # bin/start takes its own from 8000 on


def dev(port: int | None, data: str | None) -> int:
    """Serve until Ctrl-C; the exit code."""
    folder = data_folder(data).make()
    with Lock(folder.path / "lock") as preparing:
        preparing.take(f"Another command is preparing {folder.path}; waiting for it ...")
        venv.ensure("dev", folder.log("pip"))
        values = Values(folder)
        values.ensure_secret()
        with listen(port, FIRST_PORT) as listener:  # only asks which one is free: the reloader opens it anew each time
            port = listener.getsockname()[1]
        # Not the 127.0.0.1 of bin/start: cookies don't tell ports apart, one sign-in would end the other.
        address = f"http://localhost:{port}"
        if tables_of(folder) != schema_of_code():
            refuse_beside_older_code(folder)
        with Servers(folder, values.wanted()) as servers:
            environment = serving_environment(kept_environment(folder, values, servers), address)
            is_empty = read_kind(folder) == "empty"
            password = "" if is_empty else values.ensure_demo_password()
            accounts = fill(folder, environment, is_empty).accounts
            preparing.release()
            say(f"Keben runs at {address} and reloads what you change. Ctrl-C stops it.")
            for account in accounts:
                say(f"{account['role']} {account['email']} {password}")
            return foreground.run(serving_command(port), environment, ROOT)


def serving_environment(environment: Mapping[str, str], address: str) -> dict[str, str]:
    """BASE_URL is plain http, so cookies come without Secure even in the folder of an https installation."""
    return {**environment, "DEBUG": "1", "BASE_URL": address}


def serving_command(port: int) -> list[str | Path]:
    """Django's server, which starts itself anew when a file changes."""
    return [venv.PYTHON, ROOT / "manage.py", "runserver", f"127.0.0.1:{port}"]
