"""What all tests share: the real servers, one of each for the whole run (see `tests.services`)."""

from __future__ import annotations

import os
import secrets
import signal
from types import ModuleType

import pytest

from aigaq.archive.places import S3Place
from tests.services import Running, ServiceMissing, sharing
from tests.services import elasticsearch as _elasticsearch
from tests.services import elasticsearch_secured as _elasticsearch_secured
from tests.services import postgres as _postgres
from tests.services import prefect as _prefect
from tests.services import s3 as _s3

pytest_plugins = ["tests.columns"]

SERVICES: dict[str, ModuleType] = {
    "elasticsearch": _elasticsearch,
    "elasticsearch_secured": _elasticsearch_secured,
    "postgres": _postgres,
    "s3": _s3,
    "prefect": _prefect,
}
"""Every service by the name of its module and its fixture."""


def pytest_configure() -> None:
    """A run in the background inherits a Ctrl-C that is ignored, and would hand it on to every
    process that the tests start and interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        sharing.begin()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        sharing.end(SERVICES)


def _served(name: str) -> Running:
    try:
        return sharing.shared(SERVICES[name])
    except ServiceMissing as missing:
        if os.environ.get("SERVICES_REQUIRED"):
            pytest.fail(f"{name}: {missing}")
        pytest.skip(f"{name}: {missing}")


@pytest.fixture(scope="session")
def elasticsearch() -> Running:
    """A real Elasticsearch without security."""
    return _served("elasticsearch")


@pytest.fixture(scope="session")
def elasticsearch_secured() -> Running:
    """A real Elasticsearch behind TLS, with a user who may touch only our indices."""
    return _served("elasticsearch_secured")


@pytest.fixture(scope="session")
def postgres() -> Running:
    """A real PostgreSQL whose user may do anything."""
    return _served("postgres")


@pytest.fixture(scope="session")
def s3() -> Running:
    """A real S3 store with a bucket that has Object Lock."""
    return _served("s3")


@pytest.fixture
def s3_place(s3: Running, monkeypatch: pytest.MonkeyPatch) -> S3Place:
    """A corner of the store for one test, and its keys where boto3 looks for them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.details["access_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.details["secret_key"])
    return S3Place(
        bucket=s3.details["bucket"],
        prefix=f"test-{secrets.token_hex(8)}",
        endpoint=s3.address,
        region="us-east-1",
    )


@pytest.fixture(scope="session")
def prefect() -> Running:
    """A real Prefect server; tests have a work pool each."""
    return _served("prefect")
