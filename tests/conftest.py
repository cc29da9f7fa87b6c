"""What all tests share: the real servers, one of each for the whole run (see `tests.services`)."""

from __future__ import annotations

import os
from types import ModuleType

import pytest

from tests.services import Running, ServiceMissing, sharing
from tests.services import elasticsearch as _elasticsearch
from tests.services import elasticsearch_secured as _elasticsearch_secured

SERVICES: dict[str, ModuleType] = {
    "elasticsearch": _elasticsearch,
    "elasticsearch_secured": _elasticsearch_secured,
}
"""Every service by the name of its module and its fixture."""


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
