"""What can be known of the container files without an engine: they fit the code and each other."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest

import aigaq
from aigaq.cli.table import COMMANDS
from aigaq.config.settings import Settings
from tests.deploy.compose import ROOT, compose, services, words

LASTING = ("postgres", "elasticsearch", "s3", "prefect", "worker")
ONCE = ("elasticsearch-role", "s3-bucket")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_every_service_is_known_to_these_tests() -> None:
    assert sorted(services()) == sorted((*LASTING, *ONCE, "aigaq"))


@pytest.mark.parametrize("name", services())
def test_images_are_pinned_and_memory_is_limited(name: str) -> None:
    service = services()[name]
    image, _, tag = service["image"].partition(":")
    assert re.fullmatch(r"\d+(\.\d+)+", tag), f"{image}:{tag} may be another image tomorrow"
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])


def test_our_image_is_this_version() -> None:
    ours = {name for name, each in services().items() if each["image"].startswith("aigaq:")}
    assert ours == {"prefect", "worker", "aigaq", "s3-bucket"}
    assert {services()[name]["image"] for name in ours} == {f"aigaq:{aigaq.__version__}"}


@pytest.mark.parametrize("name", services())
def test_ports_are_on_loopback_only(name: str) -> None:
    for port in services()[name].get("ports", []):
        assert port.startswith("127.0.0.1:"), port


@pytest.mark.parametrize("name", ["postgres", "elasticsearch", "s3", "prefect"])
def test_servers_are_asked_for_their_health_and_waited_for(name: str) -> None:
    assert services()[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    waits = [
        each["depends_on"][name]
        for each in services().values()
        if name in each.get("depends_on", {})
    ]
    assert {"condition": "service_healthy"} in waits


def test_what_runs_once_is_waited_for_by_the_worker() -> None:
    for name in ONCE:
        waited = services()["worker"]["depends_on"][name]
        assert waited == {"condition": "service_completed_successfully"}


def test_every_secret_is_a_file_that_make_secrets_makes(tmp_path: Path) -> None:
    made = _made(tmp_path)
    declared = compose()["secrets"]
    for name, secret in declared.items():
        assert secret == {"file": f"./deploy/secrets/{name}"}
        assert made[name].strip()
    assert sorted(made) == sorted(declared)
    used = {name for each in services().values() for name in each.get("secrets", [])}
    assert used == set(declared)


def test_a_service_reads_only_the_secrets_it_was_given() -> None:
    for name, service in services().items():
        read = set(re.findall(r"/run/secrets/([\w.]+)", json.dumps(service)))
        for mounted in _scripts(service):
            text = mounted.read_text(encoding="utf-8").replace("${name}", "record")
            read |= set(re.findall(r"/run/secrets/([\w.]+)", text))
        assert read <= set(service.get("secrets", [])), name


def _scripts(service: dict[str, Any]) -> list[Path]:
    mounts = (str(each).split(":")[0] for each in service.get("volumes", []))
    return [ROOT / mount for mount in mounts if mount.startswith("./deploy/")]


def test_no_secret_stands_in_a_file_that_is_committed(tmp_path: Path) -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/deploy/secrets/" in ignored
    environment = [each.get("environment", {}) for each in services().values()]
    named = {key for each in environment for key in each if "PASSWORD" in key or "SECRET" in key}
    assert {key for key in named if not key.endswith("_FILE")} == set()


def test_secrets_are_made_once_and_alike_for_both_sides(tmp_path: Path) -> None:
    first = _made(tmp_path)
    assert _made(tmp_path) == first
    keys = ConfigParser()
    keys.read_string(first["s3_credentials"])
    [known] = json.loads(first["s3_identities.json"])["identities"]
    assert known["credentials"] == [
        {
            "accessKey": keys["default"]["aws_access_key_id"],
            "secretKey": keys["default"]["aws_secret_access_key"],
        }
    ]
    others = [text for name, text in first.items() if not name.startswith("s3_")]
    assert len(set(others)) == len(others)
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def _made(folder: Path) -> dict[str, str]:
    subprocess.run([ROOT / "deploy" / "make-secrets", folder / "secrets"], check=True)
    return {each.name: each.read_text(encoding="utf-8") for each in (folder / "secrets").iterdir()}


@pytest.mark.parametrize("name", ["worker", "aigaq"])
def test_the_settings_of_our_services_are_understood(name: str, tmp_path: Path) -> None:
    environment = {key: str(value) for key, value in services()[name]["environment"].items()}
    settings = Settings.load(command_line={"home": str(tmp_path)}, environment=environment)
    assert settings.record and settings.vault.bucket and settings.search.url
    assert settings.prefect_api_url == "http://prefect:4200/api"


def test_addresses_name_services_and_their_ports() -> None:
    served = {"postgres": "5432", "elasticsearch": "9200", "s3": "8333", "prefect": "4200"}
    for host, port in served.items():
        assert services()[host]["ports"] == [f"127.0.0.1:{port}:{port}"]
    for name, service in services().items():
        said = json.dumps([service.get("environment", {}), service.get("command", [])])
        for host, port in re.findall(r"(?:http|postgresql)://(?:\w+@)?([\w.]+):(\d+)", said):
            assert served.get(host) == port or host == "127.0.0.1", f"{name} asks {host}:{port}"


def test_commands_exist() -> None:
    known = {entry.name for entry in COMMANDS}
    assert words("worker")[0] == "aigaq" and words("worker")[1] in known
    assert services()["aigaq"]["entrypoint"] == ["enter", "aigaq"]
    assert words("prefect")[:3] == ["prefect", "server", "start"]
    maker, bucket, endpoint = words("s3-bucket")
    assert (ROOT / "deploy" / maker).exists()
    archive = services()["worker"]["environment"]
    assert bucket == archive["AIGAQ_VAULT_BUCKET"] and endpoint == archive["AIGAQ_VAULT_ENDPOINT"]


@pytest.mark.parametrize("name", ["prefect", "worker", "aigaq", "s3-bucket"])
def test_our_containers_can_change_nothing_but_their_volumes(name: str) -> None:
    service = services()[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_volume_is_declared() -> None:
    named = {
        str(each).split(":")[0]
        for service in services().values()
        for each in service.get("volumes", [])
        if not str(each).startswith(".")
    }
    assert named == set(compose()["volumes"])


def test_the_image_runs_as_nobody_special() -> None:
    steps = re.findall(r"^([A-Z]+) (.*)$", DOCKERFILE, re.MULTILINE)
    after = [arguments for step, arguments in steps if step == "USER"]
    assert after == ["aigaq"]
    assert DOCKERFILE.index("USER aigaq") > DOCKERFILE.rindex("\nRUN ")
    base = next(arguments for step, arguments in steps if step == "FROM")
    assert re.fullmatch(r"python:3\.1[123]\.\d+-slim-bookworm", base)


def test_the_image_is_built_of_files_that_are_there_and_let_in() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for arguments in re.findall(r"^COPY (.*)$", DOCKERFILE, re.MULTILINE):
        *sources, _ = arguments.split()
        for source in sources:
            assert (ROOT / source).exists()
            assert f"!{source}" in ignore, source


def test_programs_of_deploy_can_be_started() -> None:
    for program in (ROOT / "deploy").iterdir():
        if program.is_file() and not program.suffix:
            assert os.access(program, os.X_OK), program
            assert program.read_text(encoding="utf-8").startswith("#!")


def test_a_command_of_the_image_gets_its_secrets_as_it_knows_them(tmp_path: Path) -> None:
    (tmp_path / "record").write_text("one two\n", encoding="utf-8")
    (tmp_path / "prefect").write_text("three\n", encoding="utf-8")
    given = {
        "PGPASSWORD_FILE": str(tmp_path / "record"),
        "PREFECT_DATABASE_PASSWORD_FILE": str(tmp_path / "prefect"),
        "PREFECT_DATABASE_HOST": "postgres",
    }
    done = subprocess.run(
        [ROOT / "deploy" / "enter", "env"],
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        check=True,
    )
    said = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert said["PGPASSWORD"] == "one two"
    address = "postgresql+asyncpg://prefect:three@postgres/prefect"
    assert said["PREFECT_API_DATABASE_CONNECTION_URL"] == address
    assert not set(given) & set(said)
