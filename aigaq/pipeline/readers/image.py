"""Pictures: scans and photos of pages are read, scenes are described, multi-page TIFF by page.

`read` stays in the caller's process; a survey of the file and its pages are read by confined
children (see `chunks`). The size is checked from the header, before anything is decoded.
"""

from __future__ import annotations

import contextlib
import struct
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np
import PIL
from PIL import Image, ImageOps

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Method, Passage, PassageKind, Tool
from aigaq.pipeline.readers import ink, ocr, photo
from aigaq.pipeline.readers.chunks import in_chunks
from aigaq.pipeline.readers.confined import confined
from aigaq.pipeline.readers.exif import exif_facts
from aigaq.pipeline.readers.ink import Picture
from aigaq.pipeline.readers.reading import MadeFile, Reading, ReadOptions
from aigaq.pipeline.tools.limits import Limits

NAME = "image"
VERSION = "1"
KINDS = ("image",)

FRAME_CHUNK = 4
_A4_INCHES = 11.69
_SCENE_SIDE = 2000
"""Longer side of the copy in which a scene is searched for text: signs are large, time is not."""


class Look(StrEnum):
    """What a picture turned out to be."""

    PHOTOGRAPHED_PAGE = "photographed-page"
    SCAN = "scan"
    PICTURE_WITH_TEXT = "picture-with-text"
    SCENE = "scene"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Survey:
    """What the header says: pages (1 but for TIFF) and facts."""

    pages: int
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """One page of a picture file: what it is, its passage, the files made, how it was read."""

    look: Look
    passage: Passage
    made: tuple[MadeFile, ...] = ()
    language: str = ""
    turned: int = 0


@dataclass(frozen=True, slots=True)
class FrameJob:
    """Pages of a file to read, and what language data read the pages before them."""

    source: Path
    numbers: tuple[int, ...]
    work: Path
    language: str = ""


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """A passage for each page; a single picture that is a scene has none, and the fact `scene`.

    Facts: `width`, `height` (pixels, turned as the camera was held), `format`, `pages`, `look`, and
    what the camera wrote (see `exif`). RefusedError for what cannot be decoded, is cut off, or is
    larger than the pixel limit.
    """
    found = confined(survey, source, limits, work=work, limits=limits)
    frames: list[Frame] = []

    def read_chunk(part: Sequence[int]) -> list[Frame]:
        language = next((frame.language for frame in reversed(frames) if frame.language), "")
        job = FrameJob(source, tuple(part), work, language)
        hurried = limits.reading(len(part))
        return confined(read_frames, job, hurried, options, work=work, limits=hurried)

    if found.pages == 1:
        frames = read_chunk([1])  # a picture that cannot be read is refused, not a failed page
    else:
        for frame in in_chunks(range(1, found.pages + 1), FRAME_CHUNK, read_chunk, _failed):
            frames.append(frame)  #  the next chunk looks at the frames so far
    scene = found.pages == 1 and frames[0].look is Look.SCENE
    failed = [frame.passage for frame in frames if frame.passage.problem]
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME}", f"{VERSION} Pillow {PIL.__version__}"),
        passages=() if scene else tuple(frame.passage for frame in frames),
        made=tuple(file for frame in frames for file in frame.made),
        facts={**found.facts, "look": frames[0].look.value, "scene": scene},
        problems=tuple(f"page {passage.page}: {passage.problem}" for passage in failed),
    )


def _failed(number: int, problem: str) -> Frame:
    passage = Passage(
        number, PassageKind.PAGE, "", Method.OCR, page=number, needs_review=True, problem=problem
    )
    return Frame(Look.UNREAD, passage)


def survey(source: Path, limits: Limits) -> Survey:
    """The header's size, checked against the limit, and the camera's facts. Runs confined."""
    with _opened(source, limits) as image:
        pages = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
        if pages > limits.pages:
            raise RefusedError(f"the picture has {pages:,} pages, the limit is {limits.pages:,}")
        width, height = image.size
        if image.getexif().get(_ORIENTATION, 1) in _LYING:
            width, height = height, width
        facts = {"format": image.format or "", "width": width, "height": height, "pages": pages}
        return Survey(pages, {**facts, **exif_facts(image)})


_ORIENTATION = 0x0112
_LYING = (5, 6, 7, 8)


@contextlib.contextmanager
def _opened(source: Path, limits: Limits) -> Iterator[Image.Image]:
    """The picture, its header read and its size allowed; every way of being broken is a reason."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd EXIF; the size has a check of its own
            with Image.open(source) as image:
                _check_size(image, limits)
                yield image
    except Image.DecompressionBombError as error:
        raise RefusedError(f"the picture is larger than {limits.pixels:,} pixels") from error
    except PIL.UnidentifiedImageError as error:
        raise RefusedError(_undecodable(source)) from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError) as error:
        if "truncated" in str(error) or "broken data stream" in str(error):
            raise RefusedError("the picture is cut off: its end is missing") from error
        raise RefusedError(f"the picture is damaged: {str(error)[:200]}") from error


def _check_size(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.pixels:
        raise RefusedError(
            f"the picture is {width} x {height} pixels, the limit is {limits.pixels:,}"
        )


def _undecodable(source: Path) -> str:
    with source.open("rb") as file:
        head = file.read(32)
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return "HEIC pictures cannot be decoded here; convert it to JPEG and ingest that as well"
    return "no known kind of picture, or its first bytes are damaged"


def read_frames(job: FrameJob, limits: Limits, options: ReadOptions) -> list[Frame]:
    """These pages of the file. Runs confined."""
    frames = []
    language = job.language
    with _opened(job.source, limits) as image:
        for number in job.numbers:
            if number > 1:
                image.seek(number - 1)
                _check_size(image, limits)
            picture, dpi = _pixels(image)
            one = replace(job, numbers=(number,), language=language)
            frame = _read_frame(picture, dpi, one, options)
            language = frame.language or language
            frames.append(frame)
    return frames


def _pixels(image: Image.Image) -> tuple[Picture, float]:
    """The whole picture upright, in colour, on white; and its dpi as far as the header tells."""
    dpi = image.info.get("dpi", (0, 0))[0]
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith(("I", "F")):
        levels = np.asarray(upright, dtype=np.float32)
        top = max(255.0, float(levels.max(initial=0)))
        gray = np.asarray(levels.clip(0) * (255 / top), dtype=np.uint8)
        return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), dtype=np.uint8), float(dpi)
    if upright.has_transparency_data:
        ground = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(ground, upright.convert("RGBA"))
    colour = np.asarray(upright.convert("RGB"), dtype=np.uint8)
    return np.ascontiguousarray(colour[:, :, ::-1]), float(dpi)


def _read_frame(picture: Picture, dpi: float, job: FrameJob, options: ReadOptions) -> Frame:
    """A photographed page is laid flat and read, paper is read, anything else searched for text.

    An outline cut by the picture's edge may be a page or half a street: only text in it tells.
    """
    [number] = job.numbers
    empty = Passage(number, PassageKind.PAGE, "", Method.OCR, page=number)
    if min(picture.shape[:2]) < _LETTER:
        return Frame(Look.SCENE, empty)
    corners = photo.find_page(picture)
    if corners is None and photo.is_paper(picture):
        frame = _ocr(*_sized(picture, dpi), job, options, certain=True)
        return frame or Frame(Look.SCAN, replace(empty, needs_review=not _is_blank(picture)))
    found: Frame | None = None
    if corners is None or photo.is_cut(corners, picture):
        found = _ocr(_small(picture), _SCENE_DPI, job, options, certain=False)
        if found is None:
            return Frame(Look.SCENE, empty)
    flat = None if corners is None else _flat_frame(picture, corners, job, options)
    if flat is None and found is None:
        found = _ocr(_small(picture), _SCENE_DPI, job, options, certain=False)
    if flat is not None:
        return flat
    return replace(found, look=Look.PICTURE_WITH_TEXT) if found else Frame(Look.SCENE, empty)


def _flat_frame(
    picture: Picture, corners: photo.Corners, job: FrameJob, options: ReadOptions
) -> Frame | None:
    """The page between the corners, laid flat, read and kept; None when there is no text on it."""
    [number] = job.numbers
    flat = photo.rectified(picture, corners)
    frame = _ocr(flat, max(flat.shape) / _A4_INCHES, job, options, certain=False)
    if frame is None:
        return None
    file = job.work / f"rectified-{number}.jpg"
    cv2.imwrite(str(file), ocr.turned(flat, frame.turned), [cv2.IMWRITE_JPEG_QUALITY, 80])
    made = MadeFile("rectified-page", file, "image/jpeg", _OPENCV, number)
    return replace(frame, look=Look.PHOTOGRAPHED_PAGE, made=(made, *frame.made))


_LETTER = 5
"""Pixels: no letter is lower. Mail is full of pictures of one pixel that count who opens it."""
_OPENCV = Tool("opencv", cv2.__version__)
_SCENE_DPI = 200.0


def _ocr(
    page: Picture, dpi: float, job: FrameJob, options: ReadOptions, *, certain: bool
) -> Frame | None:
    """The page read; None when there is no text, or only what looks like it."""
    [number] = job.numbers
    sheet = ocr.Sheet(number, ink.readable(photo.even_light(page), dpi), certain)
    [text] = ocr.read_sheets([sheet], options, job.work, language=job.language)
    passage = ocr.passage_of(text, number, options)
    if not passage.text:
        return None
    boxes = ocr.word_boxes(text, job.work)
    return Frame(Look.SCAN, passage, (boxes,), text.language, text.turned)


def _sized(picture: Picture, dpi: float) -> tuple[Picture, float]:
    """Brought near 300 dpi: by the header's dpi where that is sound, else as if it were A4."""
    longer = max(picture.shape[:2])
    sound = 100 <= dpi <= 1200 and 4 <= longer / dpi <= 60
    real = dpi if sound else longer / _A4_INCHES
    scale = min(3.0, 300 / real)
    if 0.8 < scale < 1.2:
        return picture, real
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return ink.scaled(picture, scale, how), real * scale


def _small(picture: Picture) -> Picture:
    scale = min(1.0, _SCENE_SIDE / max(picture.shape[:2]))
    small = ink.scaled(picture, scale)
    dark = float(np.median(small)) < 90  # a screen in night colours: light letters on black
    return np.asarray(cv2.bitwise_not(small) if dark else small, dtype=np.uint8)


def _is_blank(picture: Picture) -> bool:
    """Paper with nothing on it: fewer than one pixel in 2000 is clearly darker than the paper."""
    gray = cv2.cvtColor(photo.even_light(picture), cv2.COLOR_BGR2GRAY)
    return float((gray < 150).mean()) < 0.0005
