r"""Rich Text Format 1.9.1, read as a stream of its control words.

striprtf is not used: it drops footnotes, headers and text boxes in silence, leaves emoji as
lone surrogates, keeps deleted revisions, and takes one font's character set for another's (all
tried with 0.0.35). Text is `\'hh` bytes in the code page of the current font, `\uN` UTF-16 units,
and plain characters.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Tool
from aigaq.pipeline.readers.encoding import decode
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.readers.text import bounded_bytes
from aigaq.pipeline.readers.unpaged import unpaged
from aigaq.pipeline.readers.written import Written
from aigaq.pipeline.tools.limits import Limits

NAME = "rtf"
VERSION = "1"
KINDS = ("rtf",)

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)",
    re.DOTALL,
)
_HEX = re.compile(rb"\\'([89a-fA-F][0-9a-fA-F])")
_CODE_PAGES = {
    # \fcharset -> Windows code page (RTF 1.9.1, font table)
    **{77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950"},
    **{161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257"},
    **{204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850"},
}
_SIGNS = {
    "tab": "\t",
    "emdash": "—",
    "endash": "–",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
}
_SYMBOLS = {b"~": "\u00a0", b"_": "\u2011", b"-": "\u00ad", b"\\": "\\", b"{": "{", b"}": "}"}
_LINE_ENDS = frozenset({"par", "line", "sect", "page", "column", "softline", "nestrow"})
_NO_TEXT = frozenset(
    {"colortbl", "stylesheet", "pict", "objdata", "objclass", "objname", "fldinst", "themedata"}
    | {"colorschememapping", "datastore", "latentstyles", "listtable", "listoverridetable", "sp"}
    | {
        "rsidtbl",
        "generator",
        "filetbl",
        "revtbl",
        "xmlnstbl",
        "bkmkstart",
        "bkmkend",
        "nonshppict",
    }
    | {"atnid", "atnauthor", "atndate", "atnref", "atnparent", "atrfstart", "atrfend", "fname"}
    | {"falt", "panose", "fontemb", "private", "xe", "tc", "rxe", "txe", "formfield", "background"}
    | {"pgptbl", "userprops", "mmathPr", "wgrffmtfilter", "docvar", "template", "shprslt"}
    | {"ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "pnseclvl", "pn", "datafield"}
)
_ASIDE = frozenset(
    {"footnote", "annotation", "header", "headerl", "headerr", "headerf", "footer", "footerl"}
    | {"footerr", "footerf", "shptxt", "dptxbxtext"}
)
_READ_THROUGH = frozenset({"shppict", "shpinst", "do", "pntext", "listtext", "ud", "shp"}) | _ASIDE
r"""Destinations marked `\*` whose text is read all the same."""
_FACTS = {
    "title": "title",
    "subject": "subject",
    "author": "author",
    "operator": "last_modified_by",
    "company": "company",
    "doccomm": "description",
}
_DEEPEST = 10_000


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside one pair of braces; a copy is made for each inner pair."""

    silent: bool = False
    deleted: bool = False
    fact: str = ""
    fonts: bool = False
    font: int = -1
    skip: int = 1


@dataclass(slots=True)
class _RtfParser:
    """Walks the tokens once; memory and time grow with the file, not with its nesting."""

    data: bytes
    code_page: str
    fonts: dict[int, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    asides: list[str] = field(default_factory=list)
    pictures: int = 0
    deletions: int = 0
    lost: int = 0
    trailing: int = 0
    _default_font: int = -1
    _group: _Group = field(default_factory=_Group)
    _stack: list[tuple[_Group, int]] = field(default_factory=list)
    _written: list[Written] = field(default_factory=lambda: [Written()])
    _bytes: bytearray = field(default_factory=bytearray)
    _skip: int = 0
    _starred: bool = False
    _cell_ended: bool = False
    _in_row: bool = False

    def walk(self) -> bool:
        """Read all tokens; False when the file ends inside a group."""
        place = 0
        while place < len(self.data):
            found = _TOKEN.match(self.data, place)
            if found is None:
                place += 1
                continue
            place = found.end()
            word, argument, hexadecimal, symbol, brace, plain = found.groups()
            if plain is not None:
                self._take_bytes(plain)
            elif hexadecimal is not None:
                self._take_bytes(bytes.fromhex(hexadecimal.decode("ascii")))
            elif brace is not None:
                if not self._take_brace(brace):
                    self.trailing = len(self.data[place:].strip(b"\x00\r\n\t "))
                    return True
            elif symbol is not None:
                self._take_symbol(symbol)
            else:
                number = None if argument is None else int(argument)
                if word == b"bin":
                    place += max(0, number or 0)
                else:
                    self._take_word(word.decode("ascii"), number)
        self._flush()
        return not self._stack

    def text(self) -> str:
        """The body's text in NFC, surrogate pairs joined."""
        return _paired(self._written[0].text())

    def _take_brace(self, brace: bytes) -> bool:
        """False when the outermost group closes: what follows is not part of the document."""
        self._flush()
        self._skip = 0
        self._starred = False
        if brace == b"{":
            if len(self._stack) >= _DEEPEST:
                raise RefusedError(f"groups are nested more than {_DEEPEST:,} deep")
            self._stack.append((self._group, len(self._written)))
            return True
        if not self._stack:
            return True
        self._group, depth = self._stack.pop()
        while len(self._written) > depth:
            self.asides.append(_paired(self._written.pop().text()))
        return bool(self._stack)

    def _take_symbol(self, symbol: bytes) -> None:
        self._flush()
        if symbol == b"*":
            self._starred = True
        elif symbol in {b"\r", b"\n"}:
            self._break_line()
        elif symbol in _SYMBOLS:
            self._write(_SYMBOLS[symbol])

    def _take_bytes(self, piece: bytes) -> None:
        if self._skip:
            skipped = min(self._skip, len(piece))
            self._skip -= skipped
            piece = piece[skipped:]
        if self._group.fact or not self._group.silent:
            self._bytes += piece

    def _take_word(self, word: str, number: int | None) -> None:
        self._flush()
        self._skip = 0
        starred, self._starred = self._starred, False
        if word in _NO_TEXT or (starred and word not in _READ_THROUGH and word not in _FACTS):
            self.pictures += word == "pict"
            self._group = replace(self._group, silent=True)
        elif word in _ASIDE and not self._group.silent:
            self._written.append(Written())
        elif word in {"fonttbl", "info"}:
            self._group = replace(self._group, silent=True, fonts=word == "fonttbl")
        elif word in _FACTS:
            self._group = replace(self._group, silent=True, fact=_FACTS[word])
        elif word in _LINE_ENDS:
            self._break_line()
        elif word in _SIGNS:
            self._write(_SIGNS[word])
        elif word in _HANDLERS:
            _HANDLERS[word](self, number)

    def _take_unicode(self, number: int | None) -> None:
        unit = (number or 0) % 0x10000
        if unit:
            self._write(chr(unit))
        self._skip = self._group.skip

    def _take_skip_count(self, number: int | None) -> None:
        self._group = replace(self._group, skip=max(0, min(number or 0, 64)))

    def _take_font(self, number: int | None) -> None:
        self._group = replace(self._group, font=-1 if number is None else number)

    def _take_charset(self, number: int | None) -> None:
        if self._group.fonts and number in _CODE_PAGES:
            self.fonts[self._group.font] = _CODE_PAGES[number]

    def _take_plain(self, number: int | None) -> None:
        self._group = replace(self._group, font=self._default_font, deleted=False)

    def _take_default_font(self, number: int | None) -> None:
        self._default_font = -1 if number is None else number
        self._take_font(number)

    def _take_code_page(self, number: int | None) -> None:
        self.code_page = _known_code_page(f"cp{number}") or self.code_page

    def _take_deleted(self, number: int | None) -> None:
        deleted = number != 0
        self.deletions += deleted and not self._group.deleted
        self._group = replace(self._group, deleted=deleted)

    def _begin_row(self, number: int | None) -> None:
        if not self._in_row and not self._group.silent and len(self._written) == 1:
            self._written[-1].open_row()
            self._in_row = self._cell_ended = True

    def _end_cell(self, number: int | None) -> None:
        self._begin_row(None)
        if self._cell_ended:
            self._written[0].open_cell()
        self._cell_ended = True

    def _end_row(self, number: int | None) -> None:
        self._written[0].close_row()
        self._in_row = self._cell_ended = False

    def _nested_cell(self, number: int | None) -> None:
        self._write(" ")

    def _flush(self) -> None:
        if not self._bytes:
            return
        page = self.fonts.get(self._group.font, self.code_page)
        text = bytes(self._bytes).decode(page, errors="replace")
        self._bytes.clear()
        self.lost += text.count("\ufffd")
        self._write(text)

    def _write(self, text: str) -> None:
        group = self._group
        if group.fact:
            self.facts[group.fact] = self.facts.get(group.fact, "") + text
        elif not (group.silent or group.deleted):
            if self._cell_ended and len(self._written) == 1:
                self._written[0].open_cell()
                self._cell_ended = False
            self._written[-1].verbatim(text)

    def _break_line(self) -> None:
        group = self._group
        if not (group.silent or group.deleted):
            self._written[-1].break_line()


_HANDLERS: dict[str, Callable[[_RtfParser, int | None], None]] = {
    "u": _RtfParser._take_unicode,
    "uc": _RtfParser._take_skip_count,
    "f": _RtfParser._take_font,
    "fcharset": _RtfParser._take_charset,
    "plain": _RtfParser._take_plain,
    "deff": _RtfParser._take_default_font,
    "ansicpg": _RtfParser._take_code_page,
    "deleted": _RtfParser._take_deleted,
    "trowd": _RtfParser._begin_row,
    "intbl": _RtfParser._begin_row,
    "cell": _RtfParser._end_cell,
    "row": _RtfParser._end_row,
    "nestcell": _RtfParser._nested_cell,
}


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """Body in document order, then headers, notes, comments and text boxes, as one text (NFC).

    Deleted revisions are left out and counted. Facts: the information group, `pictures`.
    RefusedError for a file that does not begin as RTF; a file that breaks off is read as far as
    it goes, with a problem.
    """
    data = bounded_bytes(source, limits)
    if not data.lstrip(b"\x00\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        raise RefusedError("the file does not begin as RTF")
    parser = _RtfParser(data, code_page=_default_code_page(data))
    whole = parser.walk()
    text = "\n".join(_each_once([parser.text(), *parser.asides]))
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME}", VERSION),
        passages=unpaged(text),
        facts=_facts(parser),
        problems=tuple(_problems(parser, text, whole)),
    )


def _facts(parser: _RtfParser) -> dict[str, object]:
    facts: dict[str, object] = {
        name: unicodedata.normalize("NFC", " ".join(_paired(value).split()))[:2_000]
        for name, value in parser.facts.items()
        if value.strip()
    }
    counts = {"pictures": parser.pictures, "tracked_deletions": parser.deletions}
    return facts | {name: count for name, count in counts.items() if count}


def _problems(parser: _RtfParser, text: str, whole: bool) -> list[str]:
    problems = []
    if not whole:
        problems.append("The document breaks off before its end.")
    if parser.trailing:
        problems.append(f"{parser.trailing} bytes after the document's end are not read.")
    if not text:
        problems.append("The document holds no text.")
    if parser.lost:
        problems.append(f"{parser.lost} characters could not be decoded; they show as \ufffd.")
    return problems


def _default_code_page(data: bytes) -> str:
    r"""Until `\ansicpg` says better: the likeliest reading of the document's own bytes."""
    high = _HEX.findall(data[: 1024 * 1024])
    if not high:
        return "cp1252"
    spoken = bytes.fromhex(b"".join(high).decode("ascii"))
    try:
        guess = decode(spoken).encoding
    except RefusedError:
        return "cp1252"
    return "cp1252" if guess.startswith("utf") else guess


def _known_code_page(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _paired(text: str) -> str:
    r"""Surrogates written one `\u` at a time become the characters they stand for; NFC."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return unicodedata.normalize("NFC", joined)


def _each_once(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
