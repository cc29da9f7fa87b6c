"""HTML pages: the text a person sees, block by block.

lxml's parser is used as a stream of events: with a tree it gives up in silence on deeply nested
pages; without one 100,000 nested elements take 0.14 s (measured). Left out: scripts, styles,
templates, and elements hidden by `hidden` or an inline `display:none`. Style sheets are not
applied.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from lxml import etree

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Tool
from aigaq.pipeline.readers.encoding import Decoded, codec_name, decode
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.readers.text import bounded_bytes
from aigaq.pipeline.readers.unpaged import unpaged
from aigaq.pipeline.readers.written import Written
from aigaq.pipeline.tools.limits import Limits

NAME = "html"
VERSION = "1"
KINDS = ("html",)

_NEVER_SHOWN = frozenset(
    {"script", "style", "template", "head", "object", "svg", "math", "iframe", "noembed"}
)
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"}
    | {"dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "html", "hr", "legend", "li"}
    | {"main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody"}
    | {"tfoot", "thead", "title", "ul"}
)
_NEVER_CLOSED = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_PRESERVED = frozenset({"pre", "textarea", "listing", "xmp", "plaintext"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})"""
    rb"""|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4_096
"""Bytes searched for a declared charset; browsers search 1,024."""
_META_KEPT = frozenset(
    {"author", "date", "description", "keywords", "og:title", "og:site_name", "og:url"}
    | {"article:published_time", "article:modified_time", "article:author", "generator"}
    | {"dc.date", "dc.creator", "dcterms.created"}
)
_LONGEST_FACT = 2_000
_UNSEEN = re.compile(r"<[^<>]*>|&#?\w+;|\s+")


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """What a page shows (`text`, NFC), its title, and the meta values worth keeping."""

    text: str
    title: str
    language: str
    meta: Mapping[str, str]


@dataclass(slots=True)
class _PageTarget:
    """Takes lxml's events and writes the page down."""

    written: Written = field(default_factory=Written)
    title: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    language: str = ""
    _left_out: list[str] = field(default_factory=list)
    _preserved: int = 0
    _in_title: bool = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "html":
            self.language = attributes.get("lang", "")[:20]
        if tag == "meta":
            self._keep_meta(attributes)
        if tag == "title" and not self.title:
            self._in_title = True
        elif self._left_out or _is_left_out(tag, attributes):
            if tag not in _NEVER_CLOSED:
                self._left_out.append(tag)
        else:
            self._open(tag)

    def _open(self, tag: str) -> None:
        if tag == "br":
            self.written.break_line()
        elif tag == "tr":
            self.written.open_row()
        elif tag in {"td", "th"}:
            self.written.open_cell()
        elif tag in _BLOCKS:
            self.written.end_block()
        if tag in _PRESERVED:
            self._preserved += 1

    def end(self, tag: str) -> None:
        if tag == "title" and self._in_title:
            self._in_title = False
        elif self._left_out:
            if self._left_out[-1] == tag:
                self._left_out.pop()
        elif tag == "tr":
            self.written.close_row()
        elif tag in _BLOCKS:
            self.written.end_block()
        if tag in _PRESERVED and self._preserved and not self._left_out:
            self._preserved -= 1

    def data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
        elif self._left_out:
            return
        elif self._preserved:
            self.written.verbatim(data)
        else:
            self.written.collapsed(data)

    def _keep_meta(self, attributes: Mapping[str, str]) -> None:
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        if name in _META_KEPT and attributes.get("content"):
            self.meta[name] = _one_line(attributes["content"])

    def close(self) -> HtmlPage:
        title = _one_line("".join(self.title))
        return HtmlPage(self.written.text(), title, self.language, self.meta)


def _is_left_out(tag: str, attributes: Mapping[str, str]) -> bool:
    if tag in _NEVER_SHOWN:
        return True
    return "hidden" in attributes or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))


def _one_line(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))[:_LONGEST_FACT]


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """The visible text as one passage, or several over 200,000 characters.

    Facts: `encoding`, `encoding_certain`, and where the page has them `title`, `language`, `meta`.
    A page with text between its tags that comes out empty is told as a problem.
    """
    decoded = decode_html(bounded_bytes(source, limits))
    page = parse_html(decoded.text)
    facts: dict[str, object] = {
        "encoding": decoded.encoding,
        "encoding_certain": decoded.certain,
    }
    if page.title:
        facts["title"] = page.title
    if page.language:
        facts["language"] = page.language
    if page.meta:
        facts["meta"] = dict(page.meta)
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME} + lxml", f"{VERSION}+{etree.__version__}"),
        passages=unpaged(page.text),
        facts=facts,
        problems=(*decoded.problems, *_emptiness(decoded.text, page)),
    )


def decode_html(data: bytes, *, declared: str = "") -> Decoded:
    """The page as text: byte order mark, UTF-8, `declared` (a mail's header), its own meta, guess.

    The bytes win over a declaration they contradict.
    """
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    own = (found[1] or found[2]).decode("ascii", "replace") if found else ""
    # A meta read byte by byte cannot be in UTF-16; browsers take it for UTF-8 then.
    return decode(data, declared=next(filter(_is_bytewise, (declared, own)), ""))


def _is_bytewise(label: str) -> bool:
    name = codec_name(label)
    return bool(name) and not name.startswith(("utf-16", "utf-32"))


def parse_html(text: str) -> HtmlPage:
    """What a page shows. Takes any text; RefusedError only when the parser breaks down."""
    target = _PageTarget()
    parser = etree.HTMLParser(
        # The stubs ask for a comment() that lxml itself does without.
        target=cast("Any", target),
        encoding="utf-8",
        huge_tree=True,
        no_network=True,
    )
    # U+0000 ends a string in C.
    data = text.replace("\x00", "\ufffd").encode("utf-8", "replace")
    try:
        parser.feed(data)
        return cast("HtmlPage", cast("object", parser.close()))
    except etree.LxmlError as error:
        raise RefusedError(f"the page cannot be parsed: {error}") from error


def _emptiness(source: str, page: HtmlPage) -> tuple[str, ...]:
    if page.text:
        return ()
    if _UNSEEN.sub("", source):
        return ("The page shows no text; what it holds is hidden or made by scripts.",)
    return ("The page holds no text.",)
