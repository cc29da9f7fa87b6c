"""What a file is, told by its content; its name can only show that the two disagree."""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

import magic

HEAD_BYTES = 1 << 16
"""How much of a file is looked at; libmagic itself looks at 1 MB of tar and zip files."""


class Kind(StrEnum):
    """The kinds the readers know; `archive` and `unknown` are kept but not read."""

    PDF = "pdf"
    IMAGE = "image"
    DOCX = "docx"
    ODT = "odt"
    RTF = "rtf"
    HTML = "html"
    TEXT = "text"
    EMAIL = "email"
    AUDIO = "audio"
    VIDEO = "video"
    SUBTITLES = "subtitles"
    ARCHIVE = "archive"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KindReport:
    """Kind and media type by content; `mismatch` is a sentence when the extension says another."""

    kind: Kind
    media_type: str
    mismatch: str = ""


_MEDIA_KINDS = {
    "application/pdf": Kind.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind.DOCX,
    "application/vnd.oasis.opendocument.text": Kind.ODT,
    "application/vnd.oasis.opendocument.text-template": Kind.ODT,
    "text/rtf": Kind.RTF,
    "application/rtf": Kind.RTF,
    "text/html": Kind.HTML,
    "application/xhtml+xml": Kind.HTML,
    "application/x-subrip": Kind.SUBTITLES,
    "text/vtt": Kind.SUBTITLES,
    "application/ogg": Kind.AUDIO,
    "application/mxf": Kind.VIDEO,
    "application/vnd.rn-realmedia": Kind.VIDEO,
    "application/gzip": Kind.ARCHIVE,
    "application/x-bzip2": Kind.ARCHIVE,
    "application/x-xz": Kind.ARCHIVE,
    "application/zstd": Kind.ARCHIVE,
    "application/x-tar": Kind.ARCHIVE,
    "application/x-7z-compressed": Kind.ARCHIVE,
    "application/x-rar": Kind.ARCHIVE,
    "application/vnd.rar": Kind.ARCHIVE,
    "application/zip": Kind.ARCHIVE,
}

_NOT_A_PICTURE = {
    "image/vnd.djvu",
    "image/vnd.dwg",
    "image/svg+xml",
    "image/x-tga",  # has no signature: libmagic sees it in random bytes
}

_EXTENSIONS: dict[Kind, str] = {
    Kind.PDF: "pdf",
    Kind.IMAGE: "jpg jpeg png tif tiff bmp gif webp heic heif jp2 pnm pgm ppm pbm ico",
    Kind.DOCX: "docx docm doc dot",
    Kind.ODT: "odt ott",
    Kind.RTF: "rtf",
    Kind.HTML: "html htm xhtml",
    Kind.TEXT: "txt text csv tsv md log json xml yml yaml ini tex",
    Kind.EMAIL: "eml mbox mbx msg",
    Kind.AUDIO: "mp3 wav ogg oga opus m4a aac flac wma amr",
    Kind.VIDEO: "mp4 mov avi mkv webm m4v mpg mpeg wmv flv 3gp mts ts ogv",
    Kind.SUBTITLES: "srt vtt ass ssa sbv ttml dfxp",
    Kind.ARCHIVE: "zip tar gz tgz bz2 xz 7z rar zst",
}
_KIND_OF_EXTENSION = {
    extension: kind for kind, names in _EXTENSIONS.items() for extension in names.split()
}

_SUBTITLES = re.compile(
    rb"\s*(?:WEBVTT\b"
    rb"|(?:\d+\s*\r?\n)?\s*\d{1,3}:\d\d:\d\d[,.]\d{1,3}\s*-->\s*\d{1,3}:\d\d:\d\d[,.]\d{1,3}"
    rb"|\[Script Info\]"
    rb"|\d+:\d\d:\d\d\.\d{3},\d+:\d\d:\d\d\.\d{3}\r?\n)"
)
_TTML = re.compile(rb"\s*(?:<\?xml.{0,400}?\?>|<!--.{0,4000}?-->|\s)*<(?:tt:)?tt\s", re.DOTALL)
_HTML = re.compile(
    rb"\s*(?:<!--.{0,4000}?-->\s*|<\?xml.{0,400}?\?>\s*)*<(?:!doctype\s+html|html|head|body)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_HEADER = re.compile(rb"(?:[!-9;-~]+:[ \t]?[^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*\r?\n)")
_MAIL_FIELDS = {
    *(b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"received", b"return-path"),
    *(b"delivered-to", b"mime-version", b"content-type", b"reply-to", b"x-mailer"),
}


def sniff(path: Path, name: str) -> KindReport:
    """What the file at `path` is; `name` is the name it came with, for the mismatch only.

    Reads at most a few hundred kB. OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind, media_type = _by_content(path, head)
    return KindReport(kind, media_type, _mismatch(kind, media_type, name))


def _by_content(path: Path, head: bytes) -> tuple[Kind, str]:
    if not head:
        return Kind.EMPTY, "application/x-empty"
    if zipfile.is_zipfile(path) and head.startswith(b"PK"):
        return _inside_zip(path)
    if head.startswith(_OLE):
        return _inside_ole(path)
    if b"%PDF-" in head[:1024]:  # readers allow 1 kB of junk first (PDF 32000-1, annex H.3.4.1)
        return Kind.PDF, "application/pdf"
    plain = _undressed(head)
    # A mail may carry its attachments as they are, without an encoding that makes them text.
    if _looks_like_mail(plain):
        return Kind.EMAIL, "message/rfc822"
    text = _looks_like_text(head, plain)
    if text and (found := _text_kind(plain)):
        return found
    media_type = magic.from_buffer(head, mime=True)
    kind = _kind_of(media_type)
    if kind is None and text:
        return Kind.TEXT, "text/plain"
    return kind or Kind.UNKNOWN, media_type


def _kind_of(media_type: str) -> Kind | None:
    """The kind libmagic's answer stands for; None for text and for what no reader knows.

    Its `message/rfc822` is not believed: one line that begins with "From:" is enough for it.
    """
    if media_type in _MEDIA_KINDS:
        return _MEDIA_KINDS[media_type]
    if media_type in _NOT_A_PICTURE:
        return None
    family = media_type.partition("/")[0]
    families = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}
    return families.get(family)


def _inside_zip(path: Path) -> tuple[Kind, str]:
    """Office documents are zip files: the members' names, and `mimetype` where there is one."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
            if "word/document.xml" in names:
                return Kind.DOCX, _DOCX
            if "mimetype" in names and packed.getinfo("mimetype").file_size < 200:
                media_type = packed.read("mimetype").decode("ascii", "replace").strip()
                if media_type:
                    return _kind_inside(media_type), media_type
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        # A zip too broken to list is still a zip; no reader will open it.
        return Kind.ARCHIVE, "application/zip"
    for folder, media_type in _OTHER_OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return Kind.UNKNOWN, media_type
    return Kind.ARCHIVE, "application/zip"


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OTHER_OFFICE = {
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


def _kind_inside(media_type: str) -> Kind:
    """The kind of a zip file that says what it holds; a book or a table is no packed archive."""
    return _MEDIA_KINDS.get(media_type, Kind.UNKNOWN)


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_MEMBERS = (
    ("__nameid_version1.0", Kind.EMAIL, "application/vnd.ms-outlook"),
    ("__properties_version1.0", Kind.EMAIL, "application/vnd.ms-outlook"),
    ("WordDocument", Kind.DOCX, "application/msword"),
    ("EncryptedPackage", Kind.DOCX, "application/x-ole-storage"),
    ("Workbook", Kind.UNKNOWN, "application/vnd.ms-excel"),
    ("PowerPoint Document", Kind.UNKNOWN, "application/vnd.ms-powerpoint"),
)
"""Streams that only one program writes. A message may hold documents, so it is asked for first.

Word's and Outlook's go to the readers that refuse them with advice ([MS-DOC], [MS-OXMSG]).
"""
_OLE_DIRECTORY = 8192


def _inside_ole(path: Path) -> tuple[Kind, str]:
    """Old Office files are OLE containers; their directory ([MS-CFB] 2.6) names the streams."""
    with path.open("rb") as file:
        header = file.read(512)
        if len(header) == 512:
            (shift,) = struct.unpack_from("<H", header, 30)
            (first,) = struct.unpack_from("<I", header, 48)
            file.seek((first + 1) << (shift if shift in {9, 12} else 9))
        directory = file.read(_OLE_DIRECTORY)
    for name, kind, media_type in _OLE_MEMBERS:
        if name.encode("utf-16-le") in directory:
            return kind, media_type
    return Kind.UNKNOWN, "application/x-ole-storage"


def _undressed(head: bytes) -> bytes:
    """The head in an ASCII-compatible encoding, without a byte order mark."""
    for mark, encoding in (
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore").encode("utf-8", "ignore")
    return head.removeprefix(b"\xef\xbb\xbf")


def _looks_like_text(head: bytes, plain: bytes) -> bool:
    """No NUL and hardly a control character; single-byte Cyrillic has bytes >= 0x80 all over."""
    if plain is head and b"\0" in head:
        return False
    controls = sum(plain.count(bytes([byte])) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    return controls * 200 <= len(plain)


def _text_kind(plain: bytes) -> tuple[Kind, str] | None:
    if plain.lstrip().startswith(b"{\\rtf"):
        return Kind.RTF, "text/rtf"
    if _SUBTITLES.match(plain):
        return Kind.SUBTITLES, "text/vtt" if b"WEBVTT" in plain[:16] else "application/x-subrip"
    if _TTML.match(plain):
        return Kind.SUBTITLES, "application/ttml+xml"
    if _HTML.match(plain):
        return Kind.HTML, "text/html"
    return None


def _looks_like_mail(plain: bytes) -> bool:
    """Three or more header fields of mail, sender or receipt among them, before the first blank."""
    if plain.startswith(b"From "):
        plain = plain.partition(b"\n")[2]
    fields = set()
    position = 0
    while found := _HEADER.match(plain, position):
        fields.add(found[0].partition(b":")[0].lower())
        position = found.end()
    known = fields & _MAIL_FIELDS
    return len(known) >= 3 and bool(known & {b"from", b"received", b"return-path"})


def _mismatch(kind: Kind, media_type: str, name: str) -> str:
    """A sentence when the name's extension belongs to another kind; "" when it agrees or is new."""
    extension = PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip(".")
    claimed = _KIND_OF_EXTENSION.get(extension)
    if claimed is None or claimed is kind or kind is Kind.EMPTY:
        return ""
    if {claimed, kind} <= {Kind.AUDIO, Kind.VIDEO}:  # containers hold either: .ogg, .mp4, .webm
        return ""
    what = media_type if kind is Kind.UNKNOWN else kind.value
    return f"the name ends in .{extension}, the content is {what}"
