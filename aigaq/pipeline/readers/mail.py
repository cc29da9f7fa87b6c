"""E-mail messages (EML) and mailboxes (mbox).

The message is parsed with Python's older policy on purpose: the default one turns raw 8-bit
headers, frequent in Russian mail, into U+FFFD for good, and re-writes forwarded messages. Here
every part keeps its bytes, a forwarded message too: it is taken out exactly as it was sent and
becomes an item of its own, so nesting costs nothing.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import Header, decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Tool
from aigaq.pipeline.readers.encoding import decode
from aigaq.pipeline.readers.html import decode_html, parse_html
from aigaq.pipeline.readers.reading import Attachment, Reading, ReadOptions
from aigaq.pipeline.readers.text import bounded_bytes
from aigaq.pipeline.readers.unpaged import unpaged
from aigaq.pipeline.tools.limits import Limits, spoken_bytes

NAME = "mail"
VERSION = "2"
KINDS = ("email",)

_HEADERS = ("From", "To", "Cc", "Bcc", "Reply-To", "Date", "Subject", "Message-ID")
"""In the order in which they open the text."""
_LARGEST = 256 * 1024 * 1024
_MOST_PARTS = 1_000
_MOST_MESSAGES = 20_000
_DEEPEST = 50
_LONGEST_HEADER = 20_000
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BOUNDARY = re.compile(rb"(?m)^From [^\r\n]*\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_SPACE = re.compile(r"[\s\x00-\x1f]+")


class _Part(Message):
    """A part whose forwarded messages stay bytes: the parser descends only into multiparts.

    Its raw 8-bit parameters stay too: the library puts U+FFFD for each byte of a file name that
    was sent without an encoding, which is what many Russian programs do.
    """

    def get(self, name: str, failobj: Any = None) -> Any:
        raw = (value for key, value in self.raw_items() if key.lower() == name.lower())
        return next(raw, failobj)

    def get_content_maintype(self) -> str:
        kind = super().get_content_maintype()
        return "application" if kind == "message" else kind

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        return "text/plain" if kind == "message/delivery-status" else kind


@dataclass(slots=True)
class _Opened:
    """What came out of the parts of one message, in their order."""

    work: Path
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """The main headers and the text of the message as one text; attachments as files in `work`.

    Plain text is preferred; the HTML body is read where there is none. Facts: `from`, `to`, `cc`,
    `date` (as written), `sent_at` (UTC, where the date can be read), `subject`, `message_id`.
    The messages of a mailbox become attachments. RefusedError for Outlook's MSG, more than 1,000
    parts, multiparts nested over 50 deep, and files over 256 MB.
    """
    data = bounded_bytes(source, limits)
    if data.startswith(_OLE):
        raise RefusedError(
            "an Outlook message (MSG)",
            advice="open it in Outlook or Thunderbird, save it as EML and add that beside it",
        )
    if len(data) > _LARGEST:
        raise RefusedError(f"the message is larger than {spoken_bytes(_LARGEST)}")
    if data.startswith(b"From ") and len(messages := _messages(data)) > 1:
        return _read_mailbox(messages, work)
    return _read_message(data, work)


def _read_message(data: bytes, work: Path) -> Reading:
    message = _parse(data)
    headers = {name: header for name in _HEADERS if (header := header_text(message, name))}
    opened = _Opened(work)
    for part in _leaves(message):
        _open_part(part, opened)
    body = "\n\n".join(opened.plain or opened.html)
    head = "\n".join(f"{name}: {value}" for name, value in headers.items())
    text = unicodedata.normalize("NFC", f"{head}\n\n{body}".strip("\n"))
    if not body.strip():
        opened.problems.append("The message has no text of its own.")
    if not headers:
        opened.problems.append("The message has none of the usual headers.")
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME}", VERSION),
        passages=unpaged(text),
        attachments=tuple(opened.attachments),
        facts=_facts(headers) | {"attachments": len(opened.attachments)},
        problems=tuple(opened.problems),
    )


def _parse(data: bytes) -> Message:
    # An envelope line ("From ...") is no header.
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    try:
        return BytesParser(_Part, policy=compat32).parsebytes(data)
    except RecursionError as error:
        raise RefusedError("the parts of the message are nested without end") from error
    except (MessageError, ValueError) as error:
        raise RefusedError(f"the message cannot be parsed: {error}") from error


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order."""
    waiting = [(message, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if seen > _MOST_PARTS:
            raise RefusedError(f"the message has more than {_MOST_PARTS:,} parts")
        if depth > _DEEPEST:
            raise RefusedError(f"the parts of the message are nested over {_DEEPEST} deep")
        if part.is_multipart():
            inner = [
                (child, depth + 1) for child in part.get_payload() if isinstance(child, Message)
            ]
            waiting.extend(reversed(inner))
        else:
            yield part


def _open_part(part: Message, opened: _Opened) -> None:
    content = _content(part, opened.problems)
    name = _file_name(part)
    kind = part.get_content_type()
    shown = part.get_content_disposition() != "attachment" and not name
    try:
        # A multipart without a single part: its boundary never comes, the text is all there is.
        if shown and (kind == "text/plain" or part.get_content_maintype() == "multipart"):
            text = decode(content, declared=_charset(part)).text
            opened.plain.append(text.replace("\r\n", "\n").strip("\n"))
            return
        if shown and kind == "text/html":
            page = parse_html(decode_html(content, declared=_charset(part)).text)
            opened.html.append(page.text)
            opened.problems.extend(() if page.text else ("The HTML body shows no text.",))
            return
    except RefusedError as error:
        opened.problems.append(f"A text part is kept as an attachment: {error.message}.")
    if content or name:
        _attach(part, name, content, opened)


def _attach(part: Message, name: str, content: bytes, opened: _Opened) -> None:
    number = len(opened.attachments) + 1
    path = opened.work / f"attachment-{number:04}"
    path.write_bytes(content)
    opened.attachments.append(Attachment(name or _given_name(part, number), path))


def _content(part: Message, problems: list[str]) -> bytes:
    """A part's bytes, its transfer encoding undone; none, with a problem, where that fails."""
    try:
        payload = part.get_payload(decode=True)
    except ValueError as error:
        problems.append(f"A part could not be decoded: {error}.")
        return b""
    problems.extend(f"A part is damaged: {type(defect).__name__}." for defect in part.defects)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "")
    except (LookupError, ValueError):
        return ""


def _file_name(part: Message) -> str:
    """The name the part carries, decoded; any characters at all, so never used as a path."""
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        return "unreadable name"
    return _decoded(name)[:1_000]


def _given_name(part: Message, number: int) -> str:
    """A name for a part that carries none, ending as its declared type."""
    # The real type: `get_content_type` of a part hides forwarded messages from the parser.
    kind = Message.get_content_type(part)
    known = {"message/rfc822": "eml", "text/plain": "txt", "text/html": "html"}
    ending = known.get(kind, re.sub(r"[^a-z0-9]", "", kind.partition("/")[2])[:10] or "bin")
    return f"part-{number}.{ending}"


def header_text(message: Message, name: str) -> str:
    """A header's text, encoded words and raw 8-bit bytes decoded, on one line (NFC)."""
    values = [value for key, value in message.items() if key.lower() == name.lower()]
    return "; ".join(filter(None, (_decoded(value) for value in values)))


def _decoded(value: str | Header) -> str:
    if isinstance(value, str):
        # decode_header drops the space between an encoded word and a folded line after it.
        value = _FOLD.sub(" ", value)
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, binascii.Error):
        pieces = [(str(value), None)]
    text = "".join(_piece_text(piece, charset) for piece, charset in pieces)
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text).strip())[:_LONGEST_HEADER]


def _piece_text(piece: str | bytes, charset: str | None) -> str:
    raw = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
    declared = "" if charset in {None, "unknown-8bit"} else str(charset)
    try:
        return decode(raw, declared=declared).text
    except RefusedError:
        return raw.decode("utf-8", "replace")


def _facts(headers: dict[str, str]) -> dict[str, object]:
    facts: dict[str, object] = {
        name.lower().replace("-", "_"): value for name, value in headers.items()
    }
    sent = _moment(headers.get("Date", ""))
    return facts | ({"sent_at": sent.isoformat()} if sent else {})


def _moment(written: str) -> datetime | None:
    """The Date header as aware UTC; None where it is missing, senseless or without a zone."""
    try:
        moment = parsedate_to_datetime(written)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _messages(data: bytes) -> list[bytes]:
    """The messages of a mailbox: each after a `From ` line at the beginning or after a blank."""
    starts = [
        found
        for found in _BOUNDARY.finditer(data)
        if found.start() == 0
        or data[max(0, found.start() - 3) : found.start()].endswith((b"\n\n", b"\n\r\n"))
    ]
    ends = [*(found.start() for found in starts[1:]), len(data)]
    return [data[found.end() : end] for found, end in zip(starts, ends, strict=True)]


def _read_mailbox(messages: Sequence[bytes], work: Path) -> Reading:
    if len(messages) > _MOST_MESSAGES:
        raise RefusedError(f"the mailbox has more than {_MOST_MESSAGES:,} messages")
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME}", VERSION),
        attachments=tuple(_written_messages(messages, work)),
        facts={"messages": len(messages)},
    )


def _written_messages(messages: Iterable[bytes], work: Path) -> Iterator[Attachment]:
    for number, message in enumerate(messages, start=1):
        path = work / f"message-{number:05}"
        path.write_bytes(message)
        yield Attachment(f"message-{number:05}.eml", path)
