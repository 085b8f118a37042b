"""Both embedded servers of one data folder, shared by every command that uses the folder.

Each command holds `users.lock` shared while it needs the servers. Who leaves and can take it alone was the last one and
stops them. Starting and stopping happen under `servers.lock`, one command at a time.
"""

from dataclasses import dataclass

from runtime.layout import DataFolder
from runtime.locks import Lock
from runtime.postgres import Cluster, Programs, postgres_for
from runtime.problems import Problem
from runtime.valkey import Valkey, find_redis


@dataclass(frozen=True)
class Wanted:
    """Which of the two are embedded; the others stand at an address of the operator's."""

    postgres: bool = True
    valkey: bool = True


class Servers:
    """A context manager: inside, the wanted servers answer."""

    def __init__(
        self, folder: DataFolder, wanted: Wanted, programs: Programs | None = None, durable: bool = True
    ) -> None:
        self.folder, self.wanted = folder, wanted
        self._busy = Lock(folder.path / "servers.lock")
        self._users = Lock(folder.path / "users.lock")
        self.postgres = self._cluster(programs, durable) if wanted.postgres else None
        self.valkey = Valkey(find_redis(), folder.valkey, folder.log("valkey")) if wanted.valkey else None

    def _cluster(self, programs: Programs | None, durable: bool) -> Cluster:
        chosen = programs or postgres_for(self.folder.path)
        directory = self.folder.path / f"pg-{chosen.major}"
        return Cluster(chosen, directory, self.folder.log("postgres"), durable)

    def __enter__(self) -> "Servers":
        with self._busy.take("Another command is starting or stopping the embedded servers; waiting for it ..."):
            self._users.share()
            try:
                self._start_missing()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        with self._busy.take("Another command is starting or stopping the embedded servers; waiting for it ..."):
            self._leave()

    def revive(self) -> bool:
        """Start again what has died meanwhile, at the same address; says whether anything had."""
        if all(part.answers() for part in self._parts()):
            return False
        with self._busy.take("Another command is starting or stopping the embedded servers; waiting for it ..."):
            return self._start_missing()

    def addresses(self) -> dict[str, str]:
        """DATABASE_URL and REDIS_URL of those that are embedded."""
        found = {"DATABASE_URL": self.postgres, "REDIS_URL": self.valkey}
        return {name: part.url() for name, part in found.items() if part}

    def programs(self) -> dict[str, str]:
        """Where pg_dump and psql of the embedded PostgreSQL lie, for the commands that need them."""
        return {"KEBEN_PGBIN": str(self.postgres.programs.folder)} if self.postgres else {}

    def describe(self) -> str:
        """Which programs serve, for the operator."""
        names = []
        if self.postgres:
            names.append(f"PostgreSQL {self.postgres.programs.version} from {self.postgres.programs.origin}")
        if self.valkey:
            names.append(f"Valkey from {self.valkey.binary.origin}")
        return " and ".join(names)

    def _parts(self) -> list[Cluster | Valkey]:
        return [part for part in (self.postgres, self.valkey) if part]

    def _start_missing(self) -> bool:
        """All that can start do; raises the first Problem afterwards."""
        missing = [part for part in self._parts() if not part.answers()]
        problems = []
        for part in missing:
            try:
                part.start()
            except Problem as problem:
                problems.append(problem)
        if problems:
            raise problems[0]
        return bool(missing)

    def _leave(self) -> None:
        self._users.release()
        if self._users.try_alone():
            for part in reversed(self._parts()):
                part.stop()
        self._users.release()
