"""The connection to a cluster, and what its errors mean to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from aigaq.archive.errors import SearchError, SettingError
from aigaq.search.place import IndexPlace

_SECONDS = 60.0
"""One request; a bulk of a few megabytes takes well below one."""
_PREFIX = re.compile(r"[a-z0-9][a-z0-9._-]*")
_AGAIN = "run the command again"


def connected(place: IndexPlace) -> Elasticsearch:
    """A client for this place; nothing is sent yet. SettingError for what cannot be meant."""
    if not _PREFIX.fullmatch(place.prefix):
        raise SettingError(
            f"search.index = {place.prefix!r} cannot begin the name of an index",
            advice="use small Latin letters, digits, '-', '_' and '.'",
        )
    options: dict[str, Any] = {}
    if place.user and place.api_key_file:
        raise SettingError(
            "search.user and search.api_key_file are both set", advice="set one of them"
        )
    if place.user:
        password = _secret(place.password_file, "search.password_file")
        options["basic_auth"] = (place.user, password)
    elif place.api_key_file:
        options["api_key"] = _secret(place.api_key_file, "search.api_key_file")
    if place.ca_file:
        if not Path(place.ca_file).is_file():
            raise SettingError(f"search.ca_file = {place.ca_file!r}: there is no such file")
        options["ca_certs"] = place.ca_file
    try:
        # 429 is told apart in `bulk`: a busy server is asked again later, a full disk is not.
        return Elasticsearch(
            place.url,
            request_timeout=_SECONDS,
            retry_on_status=(502, 503, 504),
            max_retries=2,
            **options,
        )
    except ValueError as error:
        raise SettingError(
            f"search.url = {place.url!r} and the settings beside it do not go together: {error}",
            advice="a certificate needs an address that begins with https://",
        ) from error


def _secret(file: str, key: str) -> str:
    if not file:
        raise SettingError(f"{key} is empty", advice="name the file that holds the secret")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{key} = {file!r} cannot be read: {error}") from error


@contextmanager
def translated(client: Elasticsearch) -> Iterator[None]:
    """What goes wrong inside becomes a SearchError that says what to do next."""
    try:
        yield
    except UnsupportedProductError as error:
        raise SearchError(
            f"what answers at {address(client)} is no Elasticsearch",
            advice="correct the setting search.url",
        ) from error
    except ApiError as error:
        raise _refused(error, client) from error
    except TransportError as error:
        raise _unreached(error, client) from error


def address(client: Elasticsearch) -> str:
    """Where the client is connected to, without any secret."""
    return ", ".join(node.base_url for node in client.transport.node_pool.all())


def _unreached(error: TransportError, client: Elasticsearch) -> SearchError:
    where = address(client)
    if isinstance(error, TlsError):
        return SearchError(
            f"the certificate of {where} is not trusted: {error.message}",
            advice="name the certificates of its authority in the setting search.ca_file",
        )
    if isinstance(error, ConnectionTimeout):
        return SearchError(
            f"Elasticsearch at {where} did not answer within {_SECONDS:.0f} s",
            advice=f"look at the load of its nodes, then {_AGAIN}",
        )
    return SearchError(
        f"Elasticsearch at {where} cannot be reached: {error.message}",
        advice=f"start it or correct the setting search.url, then {_AGAIN}",
    )


def reason(problem: object) -> tuple[str, str]:
    """Type and words of an error as Elasticsearch wrote it, of a request or of one document."""
    inner = problem.get("error") if isinstance(problem, dict) else None
    if isinstance(inner, dict):
        roots = inner.get("root_cause") or [inner]
        root = roots[0] if isinstance(roots[0], dict) else inner
        return str(root.get("type", "")), str(root.get("reason", ""))
    return "", str(inner or problem)


def blocked(kind: str) -> bool:
    """Whether an index refuses writes until an operator does something (a full disk, mostly)."""
    return kind == "cluster_block_exception"


def read_only(words: str) -> SearchError:
    """The error of an index that takes no writes."""
    return SearchError(
        f"Elasticsearch takes no writes now: {words}",
        advice=(
            "free disk space on its nodes (or lift the block index.blocks.read_only_allow_delete), "
            f"then {_AGAIN}; everything that waits is kept in the record"
        ),
    )


def _refused(error: ApiError, client: Elasticsearch) -> SearchError:
    kind, words = reason(error.body)
    status = error.status_code
    if blocked(kind):
        return read_only(words)
    if kind == "media_type_header_exception":
        return SearchError(
            f"Elasticsearch at {address(client)} is too old: {words}",
            advice="run Elasticsearch 9.0 or newer",
        )
    if status == 401:
        return SearchError(
            "Elasticsearch does not know this user, password or key",
            advice="correct search.user and search.password_file, or search.api_key_file",
        )
    if status == 403:
        return SearchError(
            f"Elasticsearch does not allow this: {words}",
            advice="give the role the privileges of docs/elasticsearch.md",
        )
    if kind == "index_not_found_exception":
        return SearchError(f"the index is gone: {words}", advice="run: aigaq reindex")
    if status == 429:
        return SearchError(
            f"Elasticsearch has too much to do: {words}", advice=f"wait a while, then {_AGAIN}"
        )
    return SearchError(f"the search engine failed: {kind or status}: {words}")
