"""How the files of the batch are made: each recipe takes a random generator and gives a Made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import numpy as np

from samples import fonts, mail, media, office, plain, scan, trouble
from samples.marked import load
from samples.media import Shot
from samples.pdf import Printed, Sheet, typeset
from samples.scan import Scanner, Seal
from samples.truth import Made, Page, Truth, unpaged

Recipe = Callable[[np.random.Generator], Made]

_SHEETS = {
    "verdict_ru": Sheet(size=14),
    "appeal_kk": Sheet(fonts.PT_SERIF, size=13.5),
    "indictment_isaev_ru": Sheet(fonts.PT_SERIF, size=12.5, margin=50),
    "indictment_shchukin_ru": Sheet(size=13),
    "termination_kairbekov_ru": Sheet(size=14, leading=1.5),
    "letter_en": Sheet(fonts.PT_SANS, size=11.5),
    "reply_ru": Sheet(size=14),
    "complaint_ru": Sheet(fonts.PT_SERIF, size=13),
    "note_ru": Sheet(fonts.DEJAVU, size=12),
    "receipt_ru": Sheet(fonts.DEJAVU, size=11),
}
SEALS = {
    "verdict_ru": Seal("ТАСТЫБУЛАКСКИЙ РАЙОННЫЙ СУД № 2 * ", "ГОРОД\nАЛМАТЫ", 0.52, 0.3),
    "appeal_kk": Seal("АЛМАТЫ ҚАЛАЛЫҚ СОТЫ * СОТ АЛҚАСЫ * ", "ҚАЗАҚСТАН", 0.4, 0.31),
    "letter_en": Seal("SEVEN RIVERS DOCUMENTATION CENTRE * ", "ALMATY", 0.3, 0.73),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """How reading a troublemaker must end, and why."""

    kind: str
    reason: str
    read: str = "refused"
    also: tuple[str, ...] = ()

    def truth(self, pages: tuple[Page, ...] = ()) -> Truth:
        return Truth(
            self.kind, pages, method="none", read=self.read, also=self.also, reason=self.reason
        )


@cache
def printed(name: str) -> Printed:
    """The text `name` typeset on its sheet."""
    return typeset(load(name), _SHEETS[name])


def born_digital(name: str) -> Recipe:
    """A PDF with its own text."""

    def make(_rng: np.random.Generator) -> Made:
        result = printed(name)
        return Made(result.content, _paged("pdf", name, result.pages, "text-layer"))

    return make


def copy_of(path: str, name: str) -> Recipe:
    """Byte for byte the PDF that lies at `path` as well."""

    def make(rng: np.random.Generator) -> Made:
        made = born_digital(name)(rng)
        return replace(made, truth=replace(made.truth, outcome="duplicate", same_bytes_as=path))

    return make


def scanned(name: str, scanner: Scanner, *, sealed_pages: tuple[int, ...] = (-1,)) -> Recipe:
    """The same text as `born_digital(name)`, on paper and through a scanner; no text layer."""

    def make(rng: np.random.Generator) -> Made:
        result = printed(name)
        sealed = {range(1, len(result.pages) + 1)[page] for page in sealed_pages}
        pictures = []
        for page in range(1, len(result.pages) + 1):
            picture = scan.render(result.content, page, scanner.dpi)
            if page in sealed:
                picture = scan.stamped(picture, SEALS[name], scanner.dpi, rng)
            pictures.append(scan.scan(picture, scanner, rng))
        truth = _paged("pdf", name, result.pages, "ocr")
        facts = {"dpi": scanner.dpi, "sealed_pages": sorted(sealed)}
        return Made(scan.as_pdf(pictures, scanner), replace(truth, facts=facts))

    return make


def scanned_image(name: str, scanner: Scanner) -> Recipe:
    """One page as a gray PNG."""

    def make(rng: np.random.Generator) -> Made:
        result = printed(name)
        picture = scan.render(result.content, 1, scanner.dpi)
        picture = scan.stamped(picture, SEALS[name], scanner.dpi, rng)
        content = scan.png(scan.scan(picture, scanner, rng), scanner.dpi)
        return Made(content, _paged("image", name, result.pages[:1], "ocr"))

    return make


def page_photo(name: str, shot: Shot) -> Recipe:
    """A page photographed with a phone."""

    def make(rng: np.random.Generator) -> Made:
        result = printed(name)
        picture = scan.photograph(scan.render(result.content, 1, 200), rng)
        content = scan.jpeg(picture, 82, media.exif(shot))
        truth = _paged("image", name, result.pages[:1], "ocr")
        return Made(content, replace(truth, facts=shot.facts()))

    return make


def photo(shot: Shot | None) -> Recipe:
    """A scene without text; without a shot it comes from a messenger that strips the EXIF."""

    def make(rng: np.random.Generator) -> Made:
        tags = None if shot is None else media.exif(shot)
        content = scan.jpeg(media.scene(rng), 84, tags)
        return Made(content, Truth("image", method="none", facts=shot.facts() if shot else {}))

    return make


def word(name: str) -> Recipe:
    """A DOCX."""
    return _unpaged(name, "docx", lambda: office.as_docx(load(name)))


def opendocument(name: str) -> Recipe:
    """An ODT."""
    return _unpaged(name, "odt", lambda: office.as_odt(load(name)))


def rich_text(name: str) -> Recipe:
    """An RTF."""
    return _unpaged(name, "rtf", lambda: office.as_rtf(load(name)))


def web_page(name: str, title: str, menu: tuple[str, ...] = ()) -> Recipe:
    """A saved HTML page."""
    return _unpaged(name, "html", lambda: plain.as_html(load(name), title=title, menu=menu))


def text(name: str, *, encoding: str = "utf-8", newline: str = "\n", last: str = "") -> Recipe:
    """A text file; marks count from the file's own decoded text, line ends included.

    `last` is one more line, which keeps two files of one text from being duplicates.
    """

    def make(_rng: np.random.Generator) -> Made:
        document = load(name).with_line(last) if last else load(name)
        content = plain.as_text(document, encoding=encoding, newline=newline)
        pages = unpaged(document, newline)
        truth = Truth("text", pages, language=document.language, encoding=encoding)
        return Made(content, truth)

    return make


def message(
    name: str, *, sender: tuple[str, str], subject: str, sent: datetime, attached: dict[str, str]
) -> Recipe:
    """An e-mail; `attached` maps file names to texts that are attached as PDF."""

    def make(_rng: np.random.Generator) -> Made:
        document = load(name)
        files = {file: printed(other) for file, other in attached.items()}
        content = mail.as_eml(
            document,
            sender=sender,
            subject=subject,
            sent=sent,
            attachments={file: one.content for file, one in files.items()},
        )
        inside = {
            file: _paged("pdf", attached[file], one.pages, "text-layer")
            for file, one in files.items()
        }
        facts = {"subject": subject, "from": sender[1], "sent_at": sent.isoformat()}
        truth = Truth("email", unpaged(document), language=document.language, facts=facts)
        return Made(content, replace(truth, attachments=inside))

    return make


def film(captions: tuple[str, ...], made: datetime) -> Recipe:
    """A short video with sound and burnt-in captions."""

    def make(rng: np.random.Generator) -> Made:
        scenes = [media.scene(rng) for _ in captions]
        return Made(media.video(scenes, captions, made=made), _film_truth(captions))

    return make


def voice_message() -> Recipe:
    """A sound recording without words."""

    def make(_rng: np.random.Generator) -> Made:
        facts = {"duration_seconds": media.AUDIO_SECONDS, "codec": "opus"}
        return Made(media.recording(), Truth("audio", method="none", facts=facts))

    return make


def subtitles(name: str) -> Recipe:
    """An SRT file."""

    def make(_rng: np.random.Generator) -> Made:
        content, pages = plain.subtitles(load(name))
        return Made(content, Truth("subtitles", pages, method="subtitle", encoding="utf-8"))

    return make


def broken(content: Callable[[], bytes], refusal: Refusal) -> Recipe:
    """A troublemaker."""
    return lambda _rng: Made(content(), refusal.truth())


def cut(recipe: Recipe, share: float, refusal: Refusal) -> Recipe:
    """Another recipe's file, broken off after `share` of its bytes."""
    return lambda rng: Made(trouble.truncated(recipe(rng).content, share), refusal.truth())


def locked(name: str, password: str) -> Recipe:
    """A PDF that opens only with a password nobody gave."""

    def make(_rng: np.random.Generator) -> Made:
        content = typeset(load(name), _SHEETS[name], password=password).content
        refusal = Refusal("pdf", "protected by a password")
        return Made(content, replace(refusal.truth(), facts={"password": password}))

    return make


def deep_page(sentence: str) -> Recipe:
    """HTML too deep for a parser that recurses; silence would be a lie."""

    def make(_rng: np.random.Generator) -> Made:
        refusal = Refusal("html", "nested 60,000 deep", also=("done", "partly"))
        return Made(trouble.deep_html(sentence), refusal.truth((Page(sentence),)))

    return make


def at(*when: int) -> datetime:
    """A moment of the stories, in UTC."""
    year, month, day, hour, minute, second = [*when, 0, 0, 0][:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _film_truth(captions: tuple[str, ...]) -> Truth:
    facts = {
        "duration_seconds": media.VIDEO_SECONDS,
        "width": media.VIDEO_SIZE[0],
        "height": media.VIDEO_SIZE[1],
        "captions": list(captions),
    }
    return Truth("video", method="none", facts=facts)


def _unpaged(name: str, kind: str, content: Callable[[], bytes]) -> Recipe:
    def make(_rng: np.random.Generator) -> Made:
        document = load(name)
        return Made(content(), Truth(kind, unpaged(document), language=document.language))

    return make


def _paged(kind: str, name: str, pages: tuple[Page, ...], method: str) -> Truth:
    return Truth(kind, pages, method=method, language=load(name).language)
