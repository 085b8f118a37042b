"""`bin/manage ARGS`: manage.py in the environment of a data folder, with servers for as long as it needs them."""

import os

from runtime import envfile, foreground, venv
from runtime.embedded import Servers
from runtime.environment import Values, child_environment
from runtime.layout import ROOT, DataFolder, data_folder
from runtime.locks import Lock
from runtime.prepare import (
    needs_company,
    needs_tables,
    prepare_tables,
    prepared_file,
    run_steps,
    schema_of_code,
    tables_of,
)
from runtime.problems import Problem
from runtime.say import say, use_stderr

# Whoever calls these wants to find the result again: they say in which folder it is.
SAY_WHERE = {
    "createsuperuser",
    "changepassword",
    "create_token",
    "make_owner",
    "rescore",
    "request_night",
    "backup",
    "restore",
}


def manage(arguments: list[str], data: str | None) -> int:
    """Run the command; its own exit code. Standard output stays the command's alone."""
    use_stderr()
    folder = data_folder(data)
    if needs_company(arguments) and _is_untouched(folder):
        raise _no_company(folder, arguments, data)
    folder.make()
    with Lock(folder.path / "lock") as preparing:
        preparing.take(f"Another command is preparing {folder.path}; waiting for it ...")
        venv.ensure("runtime", folder.log("pip"))
        values = Values(folder)
        values.ensure_secret()
        with Servers(folder, values.wanted()) as servers:
            environment = kept_environment(folder, values, servers)
            if needs_tables(folder, arguments):
                # Beside servers of one's own, and after a `migrate`, only the database knows whether there is one.
                unknown = needs_company(arguments) and not tables_of(folder)
                if unknown and not run_steps(folder, environment, "tables")["tables"]:
                    raise _no_company(folder, arguments, data)
                _make_tables(folder, environment)
            preparing.release()
            code = foreground.run([venv.PYTHON, ROOT / "manage.py", *arguments], environment)
            if code == 0 and arguments[:1] == ["restore"] and not {"-h", "--help"} & set(arguments):
                prepared_file(folder).write_text(schema_of_code(), encoding="utf-8")  # it ends with a migration
            if arguments and (arguments[0] in SAY_WHERE or arguments[0].startswith("import_")):
                say(f"Data folder: {folder.path}")
            return code


def _is_untouched(folder: DataFolder) -> bool:
    """Whether it holds no database and names none: to be refused before anything is made there."""
    try:
        return (
            not prepared_file(folder).exists()
            and Values(folder).wanted().postgres
            and not any(folder.path.glob("pg-*"))
        )
    except PermissionError:
        return False  # preparing the folder says it in better words


def _no_company(folder: DataFolder, arguments: list[str], data: str | None) -> Problem:
    """A mistaken folder would begin a second company, and hide from its owner what was done there."""
    chosen = "named by --data" if data else "named by KEBEN_DATA" if os.environ.get("KEBEN_DATA") else "the default"
    state = "has no tables" if folder.path.is_dir() else "doesn't exist"
    return Problem(
        f"finding the company for {arguments[0]}",
        f"the data folder {folder.path} ({chosen}) {state}.",
        f"name the folder of your company: bin/manage --data DIR {arguments[0]} ..., or set KEBEN_DATA=DIR."
        " A new company is made by bin/start --empty --data DIR.",
    )


def _make_tables(folder: DataFolder, environment: dict[str, str]) -> None:
    """Make the tables of a new folder, or bring those of an older version up to date. Raises Problem."""
    if not tables_of(folder):
        say("This data folder is new: making its tables, without demo data.")
    else:
        refuse_beside_older_code(folder)
        say("The tables of this data folder are of another version of Keben.")
    prepare_tables(folder, environment)


def refuse_beside_older_code(folder: DataFolder) -> None:
    """What runs here was started before the update and knows the old tables; only a new start brings both along."""
    if Lock(folder.path / "run.lock").is_held():
        raise Problem(
            "bringing the database up to date",
            f"the program is of another version than the installation that runs in {folder.path}.",
            "stop that bin/start and start it again, then repeat this command.",
        )


def kept_environment(folder: DataFolder, values: Values, servers: Servers) -> dict[str, str]:
    """That of the folder's last start, with the addresses that the servers have now."""
    given = {**values.kept(), **servers.addresses()}
    written = envfile.read(folder.env_file)
    block = {name: written[name] for name in ("BASE_URL", "KEBEN_ADDRESS") if name in written}
    if any(written.get(name) != value for name, value in given.items()):
        envfile.rewrite_block(folder.env_file, {**block, **given})
    return child_environment(folder, {**given, **servers.programs()})
