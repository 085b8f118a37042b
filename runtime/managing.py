"""`bin/manage ARGS`: manage.py in the environment of a data folder, with servers for as long as it needs them."""

from runtime import envfile, foreground, venv
from runtime.embedded import Servers
from runtime.environment import Values, child_environment
from runtime.layout import ROOT, DataFolder, data_folder
from runtime.locks import Lock
from runtime.prepare import needs_tables, prepare_tables
from runtime.say import say, use_stderr


def manage(arguments: list[str], data: str | None) -> int:
    """Run the command; its own exit code. Standard output stays the command's alone."""
    use_stderr()
    folder = data_folder(data).make()
    with Lock(folder.path / "lock") as preparing:
        preparing.take(f"Another command is preparing {folder.path}; waiting for it ...")
        venv.ensure("runtime", folder.log("pip"))
        values = Values(folder)
        values.ensure_secret()
        with Servers(folder, values.wanted()) as servers:
            environment = _environment(folder, values, servers)
            if needs_tables(folder, arguments):
                say("This data folder is new: making its tables, without demo data.")
                prepare_tables(folder, environment)
            preparing.release()
            return foreground.run([venv.PYTHON, ROOT / "manage.py", *arguments], environment)


def _environment(folder: DataFolder, values: Values, servers: Servers) -> dict[str, str]:
    given = {**values.kept(), **servers.addresses()}
    written = envfile.read(folder.env_file)
    block = {name: written[name] for name in ("BASE_URL", "KEBEN_ADDRESS") if name in written}
    if any(written.get(name) != value for name, value in given.items()):
        envfile.rewrite_block(folder.env_file, {**block, **given})
    return child_environment(folder, {**given, **servers.programs()})
