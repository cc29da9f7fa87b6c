"""A real proxy between an S3 client and its store, which does harm where it is told to.

    with Between(store) as between:                 # between.address is the store's, to the client
        between.harm(cut_after, method="PUT")       # once; `times` and `where` narrow it

Every other request passes as it is, signature and all. A harm is a function of the exchange: what
it changes on the way is signed anew, so that the store finds nothing wrong but the change.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.services import Running

ALWAYS = 1_000_000


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Exchange:
    """One request on its way; exactly one of `reply` and `cut` ends it."""

    handler: BaseHTTPRequestHandler
    store: Running
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    changed: bool = False

    def without(self, *names: str) -> Exchange:
        """Take headers away."""
        self.headers = {
            name: value
            for name, value in self.headers.items()
            if not name.lower().startswith(names)
        }
        self.changed = True
        return self

    def pass_on(self) -> Answer:
        """What the store says to it."""
        headers = self._signed() if self.changed else self.headers
        where = urlsplit(self.store.address)
        connection = HTTPConnection(str(where.hostname), where.port, timeout=60)
        try:
            connection.putrequest(self.method, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                if name.lower() not in ("expect", "connection"):
                    connection.putheader(name, value)
            connection.endheaders(self.body)
            got = connection.getresponse()
            return Answer(got.status, dict(got.getheaders()), got.read())
        finally:
            connection.close()

    def reply(self, answer: Answer, send: int | None = None) -> None:
        """Give an answer, or only the first `send` bytes of it."""
        self.handler.send_response_only(answer.status)
        length = {"Content-Length": str(len(answer.body))} if self.method != "HEAD" else {}
        for name, value in {**answer.headers, **length}.items():
            if name.lower() not in ("connection", "transfer-encoding", "date"):
                self.handler.send_header(name, value)
        self.handler.end_headers()
        if self.method != "HEAD":
            self.handler.wfile.write(answer.body[:send])

    def cut(self) -> None:
        """Break the connection off."""
        self.handler.close_connection = True
        self.handler.wfile.flush()
        self.handler.connection.shutdown(2)

    def _signed(self) -> dict[str, str]:
        made_anew = ("authorization", "x-amz-date", "x-amz-content-sha256", "expect", "host")
        unsigned = {
            name: value for name, value in self.headers.items() if name.lower() not in made_anew
        }
        request = AWSRequest(
            self.method, f"{self.store.address}{self.path}", headers=unsigned, data=self.body
        )
        keys = Credentials(self.store.details["access_key"], self.store.details["secret_key"])
        S3SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
        return {**dict(request.headers.items()), "Host": urlsplit(self.store.address).netloc}


Harm = Callable[[Exchange], None]


@dataclass
class Order:
    """A harm for the next `times` requests of a method whose path has `where` in it."""

    harm: Harm
    method: str
    where: str
    times: int
    after: int = 0


@dataclass
class Between:
    """The proxy; `seen` is what passed, as `METHOD path`."""

    store: Running
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._orders: list[Order] = []
        self._lock = threading.Lock()
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (ConnectionError, TimeoutError):
                    self.close_connection = True

            def do_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                between._meet(
                    Exchange(self, between.store, self.command, self.path, dict(self.headers), body)
                )

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_any

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def harm(
        self, harm: Harm, *, method: str = "", where: str = "", times: int = 1, after: int = 0
    ) -> None:
        """Do this to the next requests of that kind, once `after` of them have passed unharmed."""
        with self._lock:
            self._orders.append(Order(harm, method, where, times, after))

    def heal(self) -> None:
        """From now on, everything passes."""
        with self._lock:
            self._orders.clear()

    def _meet(self, exchange: Exchange) -> None:
        with self._lock:
            self.seen.append(f"{exchange.method} {exchange.path}")
            order = next((each for each in self._orders if _is_for(each, exchange)), None)
            if order is not None and order.after:
                order.after -= 1
                order = None
            elif order is not None:
                order.times -= 1
        if order is None:
            exchange.reply(exchange.pass_on())
        else:
            order.harm(exchange)


def _is_for(order: Order, exchange: Exchange) -> bool:
    return (
        order.times > 0 and order.method in ("", exchange.method) and order.where in exchange.path
    )


# --- harms ----------------------------------------------------------------------------------------


def answering(status: int, code: str) -> Harm:
    """The store itself is not asked."""
    told = f"<Error><Code>{code}</Code><Message>by order of the test</Message></Error>".encode()
    return lambda exchange: exchange.reply(
        Answer(status, {"Content-Type": "application/xml"}, told)
    )


def staying_silent(seconds: float) -> Harm:
    """Too late: whoever asked has hung up by then."""

    def harm(exchange: Exchange) -> None:
        time.sleep(seconds)
        exchange.cut()

    return harm


def answering_late(seconds: float) -> Harm:
    """The store does it at once, and is heard too late."""

    def harm(exchange: Exchange) -> None:
        exchange.pass_on()
        time.sleep(seconds)
        exchange.cut()

    return harm


def cut_before(exchange: Exchange) -> None:
    """The store never hears of it."""
    exchange.cut()


def cut_after(exchange: Exchange) -> None:
    """The store does it, and its answer is lost."""
    exchange.pass_on()
    exchange.cut()


def cut_in_the_answer(exchange: Exchange) -> None:
    answer = exchange.pass_on()
    exchange.reply(answer, len(answer.body) // 2)
    exchange.cut()


def shortened(exchange: Exchange) -> None:
    """A shorter answer that says nothing of it."""
    answer = exchange.pass_on()
    exchange.reply(Answer(answer.status, answer.headers, answer.body[:-1]))


def altered(exchange: Exchange) -> None:
    """The last byte of the answer is another."""
    answer = exchange.pass_on()
    changed = answer.body[:-1] + bytes([answer.body[-1] ^ 1])
    exchange.reply(Answer(answer.status, answer.headers, changed))


def altered_request(exchange: Exchange) -> None:
    """The last byte that arrives is another; its checksum is as it was."""
    exchange.body = exchange.body[:-1] + bytes([exchange.body[-1] ^ 1])
    exchange.changed = True
    exchange.reply(exchange.pass_on())


def ignoring(*headers: str) -> Harm:
    """The store never sees the headers that begin so."""
    return lambda exchange: exchange.reply(exchange.without(*headers).pass_on())
