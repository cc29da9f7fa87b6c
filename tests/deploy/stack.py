"""The services of docker-compose.yml without an engine: the same commands as plain processes.

What the file says of a service (its words, its variables, its secrets) is used as it stands; only
host names become ports of the loopback, and paths of a container a folder of the test. The servers
themselves come from the same places as for all tests: apt, PyPI and Maven.

    python -m tests.deploy.stack FOLDER      starts all of it for a person, until Ctrl-C
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.deploy.compose import ROOT, image_environment, services, words
from tests.services import Running, ServiceMissing, elasticsearch, postgres
from tests.services.processes import descendants, end, free_port

DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
READY_SECONDS = 120


@dataclass
class Stack:
    """All servers, up; `workers` are ours to start and to kill.

    `ports` has the loopback port of each service by its name.
    """

    folder: Path
    ports: Mapping[str, int]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self, service: str) -> dict[str, str]:
        """The variables of a service, as they stand in the compose file."""
        said = {key: str(value) for key, value in services()[service]["environment"].items()}
        kept = {key: os.environ[key] for key in ("LANG", "LC_ALL") if key in os.environ}
        here = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "AIGAQ_HOME": str(self.folder / "home"),
        }
        return (
            kept
            | image_environment()
            | here
            | {key: self.here(value) for key, value in said.items()}
        )

    def here(self, text: str) -> str:
        """A word or value of the compose file, with a container's places as they are here."""
        for service, port in self.ports.items():
            declared = services()[service]["ports"][0].rpartition(":")[2]
            text = text.replace(f"{service}:{declared}", f"127.0.0.1:{port}")
            text = text.replace(f"port={declared}", f"port={port}")
        text = text.replace("/run/secrets", str(self.folder / "secrets"))
        text = text.replace("/home/aigaq/prefect", str(self.folder / "prefect"))
        return text.replace("/tmp/prefect", str(self.folder / "prefect-client"))

    def run(self, *command: str, service: str = "aigaq") -> subprocess.CompletedProcess[str]:
        """A command in the environment of a service, to its end."""
        return subprocess.run(
            [DEPLOY / "enter", *command],
            env=self.environment(service),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def aigaq(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`docker compose run --rm aigaq WORDS`."""
        return self.run("aigaq", *words)

    def begin(self, service: str, command: list[str]) -> subprocess.Popen[bytes]:
        """A command of a service in a session of its own; its log is named after the service."""
        with (self.folder / f"{service}.log").open("ab") as log:
            return subprocess.Popen(
                [DEPLOY / "enter", *command],
                env=self.environment(service),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def add_worker(self) -> subprocess.Popen[bytes]:
        """One more worker, as `--scale worker=N` gives."""
        worker = self.begin("worker", words("worker"))
        self.workers.append(worker)
        return worker

    def kill_worker(self, worker: subprocess.Popen[bytes]) -> None:
        """kill -9 of a worker and of everything that it started, as when a container is killed."""
        for process in (worker.pid, *descendants(worker.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        worker.wait()
        self.workers.remove(worker)


@contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    """Bring all servers up in `folder` (no worker yet), and end what is ours in the end."""
    subprocess.run([DEPLOY / "make-secrets", folder / "secrets"], check=True)
    with ExitStack() as ends:
        database = _postgres(folder, ends)
        index = _elasticsearch(folder, ends)
        ports = {
            "postgres": _port(database),
            "elasticsearch": _port(index),
            "s3": free_port(),
            "prefect": free_port(),
        }
        made = Stack(folder, ports)
        _databases(made, database)
        _s3(made, ends)
        _prefect(made, ends)
        ends.callback(_end_workers, made)
        yield made


def _port(running: Running) -> int:
    return int(running.address.partition("127.0.0.1:")[2].partition("/")[0])


def _postgres(folder: Path, ends: ExitStack) -> Running:
    place = folder / "postgres"
    place.mkdir(mode=0o755)
    running = postgres.start(place)
    ends.callback(postgres.stop, running)
    return running


def _databases(made: Stack, database: Running) -> None:
    """What PostgreSQL's image does with an empty volume."""
    with psycopg.connect(database.address) as connection:
        user, pass_file = connection.info.user, connection.info.get_parameters()["passfile"]
    subprocess.run(
        [DEPLOY / "postgres-databases"],
        env={
            "PATH": os.environ["PATH"],
            "SECRETS": str(made.folder / "secrets"),
            "POSTGRES_USER": user,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(made.ports["postgres"]),
            "PGDATABASE": "postgres",
            "PGPASSFILE": pass_file,
        },
        check=True,
    )


def _elasticsearch(folder: Path, ends: ExitStack) -> Running:
    """The server with the settings of the compose file, and the role and user made there."""
    said = services()["elasticsearch"]["environment"]
    settings = {key: str(value) for key, value in said.items() if key.startswith("xpack.")}
    place = folder / "elasticsearch"
    place.mkdir(mode=0o755)
    node = elasticsearch.unpacked(
        place,
        settings
        | {
            "xpack.security.transport.ssl.enabled": "false",
            "xpack.security.autoconfiguration.enabled": "false",
        },
    )
    # This distribution keeps roles and users in files; the script in `deploy` asks an API for them.
    role = json.loads((DEPLOY / "elasticsearch-role.json").read_text(encoding="utf-8"))
    (node / "config" / "roles.yml").write_text(f"aigaq: {json.dumps(role)}\n", encoding="utf-8")
    password = (folder / "secrets" / "search_password").read_text(encoding="utf-8").strip()
    user = services()["worker"]["environment"]["AIGAQ_SEARCH_USER"]
    subprocess.run(
        [node / "bin" / "elasticsearch-users", "useradd", user, "-p", password, "-r", "aigaq"],
        check=True,
        capture_output=True,
        **elasticsearch.as_server(node),
    )
    running = elasticsearch.launched(node)
    ends.callback(elasticsearch.stop, running)
    # It answers 401 to a stranger as soon as it serves anybody.
    _await(f"{running.address}/_cluster/health", (200, 401))
    return running


def _s3(made: Stack, ends: ExitStack) -> None:
    """The store as the compose file starts it, and its bucket."""
    data = made.folder / "s3"
    data.mkdir()
    inner = [f"-{name}.port={free_port()}" for name in ("master", "volume", "filer")]
    command = [made.here(word).replace("-dir=/data", f"-dir={data}") for word in words("s3")]
    # No neighbour of the test is to see it, as only the compose network does in a container.
    command = [word.replace("0.0.0.0", "127.0.0.1") for word in command]
    with (made.folder / "s3.log").open("ab") as log:
        server = subprocess.Popen(
            [BIN / "weed", *command, *inner], stdout=log, stderr=log, start_new_session=True
        )
    ends.callback(end, server.pid)
    _await(f"http://127.0.0.1:{made.ports['s3']}/healthz", (200,))
    program, *arguments = words("s3-bucket")
    done = made.run(
        str(DEPLOY / program), *(made.here(each) for each in arguments), service="s3-bucket"
    )
    if done.returncode:
        raise ServiceMissing(f"the bucket could not be made: {done.stderr}")


def _prefect(made: Stack, ends: ExitStack) -> None:
    command = [made.here(word) for word in words("prefect")]
    command[command.index("--port") + 1] = str(made.ports["prefect"])
    server = made.begin("prefect", ["127.0.0.1" if each == "0.0.0.0" else each for each in command])
    ends.callback(end, server.pid)
    _await(f"http://127.0.0.1:{made.ports['prefect']}/api/health", (200,))


def _end_workers(made: Stack) -> None:
    for worker in made.workers:
        end(worker.pid)


def _await(address: str, answers: tuple[int, ...]) -> None:
    """Until this address answers as a server does that is up."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as reply:
                status = reply.status
        except urllib.error.HTTPError as error:
            status = error.code
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            status = 0
        if status in answers:
            return
        time.sleep(0.3)
    raise ServiceMissing(f"nothing answers at {address}")


def main() -> None:
    """For a person: everything up with one worker, until Ctrl-C."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with stack(folder) as made:
        made.add_worker()
        for name, value in made.environment("aigaq").items():
            if name.startswith(("AIGAQ_", "PG", "AWS_", "PREFECT_")):
                print(f"export {name}={value}")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
