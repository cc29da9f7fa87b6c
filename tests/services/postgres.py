"""A real PostgreSQL: the server that the system's packages bring, one cluster on loopback.

It sorts as Russian does where it can, so that nothing works only because "C" was the default, and
its users give passwords. POSTGRES_URL (the password in PGPASSFILE or ~/.pgpass) points the tests at
another server, where that user must be a superuser: tests do what attackers do.

    python -m tests.services.postgres FOLDER     starts one for a person, until Ctrl-C
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.services import Running, ServiceMissing
from tests.services.processes import free_port

USER, DATABASE = "tests_admin", "postgres"
_ACCOUNTS = ("postgres", "nobody")
"""Who the server runs as where we are root, which it refuses to be."""

_SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_connections": "60",
    # A test machine that loses its power loses the run; a server that is killed loses nothing.
    "fsync": "off",
    "full_page_writes": "off",
}


def start(folder: Path) -> Running:
    """Bring a server up in `folder`; its address answers when this returns.

    The address names the file that libpq reads the password from. `details`: `data` and `log`.
    """
    there = os.environ.get("POSTGRES_URL")
    if there:
        return Running(there)
    data, word, pass_file = folder / "data", folder / "word", folder / "pgpass"
    password = secrets.token_hex(16)
    _write_secret(word, password)
    _write_secret(pass_file, f"127.0.0.1:*:*:*:{password}\n")
    data.mkdir(mode=0o700)
    _give_away(folder, data, word)
    sorting = ["--locale-provider=icu", "--icu-locale=ru"] if _version() >= 15 else []
    _run(
        "initdb", "--pgdata", data, "--username", USER, "--pwfile", word, "--encoding", "UTF8",
        "--auth", "scram-sha-256", "--locale", "C.UTF-8", "--no-sync", *sorting,
    )  # fmt: skip
    port = free_port()
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{key} = {value}\n" for key, value in {**_SETTINGS, "port": port}.items())
    running = Running(
        f"postgresql://{USER}@127.0.0.1:{port}/{DATABASE}?passfile={quote(str(pass_file))}",
        details={"data": str(data), "log": str(data / "server.log")},
    )
    again(running)
    return running


def again(running: Running) -> None:
    """Start a server of ours that was stopped, with the data it had."""
    details = running.details
    _run("pg_ctl", "start", "--pgdata", details["data"], "--log", details["log"], "--wait")


def stop(running: Running, how: str = "fast") -> None:
    """End the server, if it is ours: `fast` ends its sessions, `immediate` is a crash."""
    if "data" in running.details:
        _run("pg_ctl", "stop", "--pgdata", running.details["data"], "--mode", how, "--wait")


def new_record(running: Running) -> str:
    """The address of an empty record: a schema of its own in the server's database."""
    name = f"record_{secrets.token_hex(8)}"
    with psycopg.connect(running.address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    joined = "&" if "?" in running.address else "?"
    return f"{running.address}{joined}options=-csearch_path%3D{name}"


def _programs() -> Path:
    """The folder of the newest server's programs."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: int(path.parts[-3]))
    found = newest[-1] if newest else shutil.which("initdb")
    if found is None:
        raise ServiceMissing("PostgreSQL's server is not installed: apt-get install postgresql")
    return Path(found).parent


def _version() -> int:
    """The server's major version."""
    told = subprocess.run(
        [_programs() / "postgres", "-V"], capture_output=True, text=True, check=False
    )
    return int(told.stdout.split()[2].partition(".")[0])


def _run(program: str, *arguments: str | Path) -> None:
    """One of the server's programs, as the server's user; ServiceMissing when it fails."""
    account = _account()
    done = subprocess.run(
        [_programs() / program, *arguments],
        stdin=subprocess.DEVNULL,
        # A server that is started here keeps what it was given for its output: no pipe of ours.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        text=True,
        check=False,
        **({} if account is None else {"user": account.pw_uid, "group": account.pw_gid}),
    )
    if done.returncode:
        raise ServiceMissing(f"PostgreSQL: {program} failed: {(done.stderr or '')[-300:].strip()}")


def _account() -> pwd.struct_passwd | None:
    if os.getuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in _ACCOUNTS if name in known)


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _give_away(folder: Path, *paths: Path) -> None:
    account = _account()
    if account is not None:
        for path in paths:
            os.chown(path, account.pw_uid, account.pw_gid)
        folder.chmod(0o755)


def main() -> None:
    """For a person: started in a folder, stopped by Ctrl-C."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    running = start(folder)
    print(running.address, flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        stop(running)


if __name__ == "__main__":
    main()
