"""Paper as machines see it: flat-bed scans with skew, noise and a seal, and a photographed page.

Images are uint8 arrays, height x width x 3, RGB, paper white; lengths are pixels unless said.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from samples import fonts

Picture = NDArray[np.uint8]
_SEAL_INK = (52, 70, 165)


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner's settings and faults. `skew` in degrees, `noise` as gray levels (sigma)."""

    dpi: int = 300
    skew: float = 0.7
    noise: float = 6.0
    blur: float = 0.6
    quality: int = 52


@dataclass(frozen=True, slots=True)
class Seal:
    """A round seal: the words on its ring, its middle, and where it lies (shares of the page)."""

    ring: str
    middle: str
    x: float = 0.5
    y: float = 0.8
    diameter_mm: float = 46.0


def render(pdf: bytes, page: int, dpi: int) -> Picture:
    """Page `page` (from 1) of a PDF."""
    document = pdfium.PdfDocument(pdf)
    try:
        image = document[page - 1].render(scale=dpi / 72).to_pil().convert("RGB")
    finally:
        document.close()
    return np.asarray(image)


def scan(page: Picture, scanner: Scanner, rng: np.random.Generator) -> Picture:
    """The page laid down askew on a scanner that is neither clean nor new."""
    turned = _turn(page, scanner.skew * rng.uniform(0.7, 1.3) * rng.choice((-1.0, 1.0)))
    soft = cv2.GaussianBlur(turned, (0, 0), scanner.blur)
    shade = _shading(soft.shape[0], soft.shape[1], rng)
    grain = rng.normal(0, scanner.noise, soft.shape[:2]).astype(np.float32)
    gray = soft.astype(np.float32) * shade[..., None] + grain[..., None]
    return _specks(_pixels(gray), rng)


def stamped(page: Picture, seal: Seal, dpi: int, rng: np.random.Generator) -> Picture:
    """The page with a seal pressed over its text; ink multiplies, it does not cover."""
    size = int(seal.diameter_mm / 25.4 * dpi)
    ink = _turned_ink(_draw_seal(seal, size), float(rng.uniform(-14, 14)))
    worn = cv2.GaussianBlur(rng.random(ink.shape).astype(np.float32), (0, 0), dpi / 60)
    worn = np.clip((worn - worn.min()) / (np.ptp(worn) + 1e-6) * 0.6 + 0.6, 0, 1)
    strength = (ink.astype(np.float32) / 255 * worn)[..., None]
    top = int(seal.y * page.shape[0]) - size // 2
    left = int(seal.x * page.shape[1]) - size // 2
    result = page.copy()
    window = result[top : top + size, left : left + size].astype(np.float32)
    colour = np.asarray(_SEAL_INK, dtype=np.float32)
    inked = window * (1 - strength) + window * colour / 255 * strength
    result[top : top + size, left : left + size] = inked.astype(np.uint8)
    return result


def as_pdf(pictures: Sequence[Picture], scanner: Scanner) -> bytes:
    """Pictures as a PDF without any text, one JPEG a page, A4 width kept."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for picture in pictures:
        height, width = (side * 72 / scanner.dpi for side in picture.shape[:2])
        canvas.setPageSize((width, height))
        canvas.drawImage(
            ImageReader(io.BytesIO(jpeg(picture, scanner.quality))), 0, 0, width, height
        )
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def jpeg(picture: Picture, quality: int, exif: Image.Exif | None = None) -> bytes:
    """A baseline JPEG with halved colour resolution, as cameras and scanners write it."""
    buffer = io.BytesIO()
    extra = {} if exif is None else {"exif": exif}
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality, subsampling=2, **extra)
    return buffer.getvalue()


def png(picture: Picture, dpi: int) -> bytes:
    """A gray PNG that tells its resolution."""
    buffer = io.BytesIO()
    Image.fromarray(picture).convert("L").save(buffer, "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()


def photograph(page: Picture, rng: np.random.Generator, *, width: int = 2448) -> Picture:
    """The page on a desk, taken with a phone: perspective, a shadow, warm light, soft corners."""
    height = width * 4 // 3
    desk = _desk(height, width, rng)
    corners = _corners(height, width, rng)
    rows, columns = page.shape[:2]
    source = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    paper = cv2.warpPerspective(page, matrix, (width, height), flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.full((rows, columns), 255, np.uint8), matrix, (width, height))
    fall = cv2.GaussianBlur(np.roll(cover, (18, 14), (0, 1)), (0, 0), 16).astype(np.float32) / 255
    scene = desk.astype(np.float32) * (1 - 0.45 * fall[..., None])
    mask = cover.astype(np.float32)[..., None] / 255
    scene = (
        scene * (1 - mask)
        + paper.astype(np.float32) * np.array([0.97, 0.95, 0.9], np.float32) * mask
    )
    scene *= _lamp(height, width, rng)[..., None]
    scene += rng.normal(0, 4.0, (height, width, 1)).astype(np.float32)
    return _pixels(cv2.GaussianBlur(np.clip(scene, 0, 255), (0, 0), 0.8))


def _pixels(values: NDArray[Any]) -> Picture:
    """Gray levels cut to 0..255."""
    return np.asarray(np.clip(values, 0, 255), dtype=np.uint8)


def _turn(page: Picture, degrees: float) -> Picture:
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    lid = (236, 236, 232)
    turned = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=lid)
    return _pixels(turned)


def _shading(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Slightly uneven light of the lamp and a dark fold on one side, about 0.85..1."""
    across = np.linspace(rng.uniform(0.93, 0.97), 1.0, width, dtype=np.float32)
    down = np.linspace(1.0, rng.uniform(0.94, 0.98), height, dtype=np.float32)
    across[: width // 60] *= np.linspace(0.72, 1.0, width // 60, dtype=np.float32)
    return np.asarray(np.outer(down, across), dtype=np.float32)


def _specks(picture: Picture, rng: np.random.Generator) -> Picture:
    """Dust: some dozens of dark dots of one to three pixels' radius, and a hair."""
    height, width = picture.shape[:2]
    for _ in range(45):
        centre = int(rng.integers(0, width)), int(rng.integers(0, height))
        cv2.circle(picture, centre, int(rng.integers(1, 3)), (70, 70, 70), -1)
    x, y = int(width * rng.uniform(0.05, 0.1)), int(height * rng.uniform(0.2, 0.7))
    cv2.ellipse(picture, (x, y), (width // 30, height // 40), 30, 10, 140, (110, 110, 110), 1)
    return picture


@cache
def _face(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts.path(fonts.PT_SANS, bold=True)), size)


def _draw_seal(seal: Seal, size: int) -> Picture:
    """The seal's ink, 0..255, drawn at twice the size and reduced."""
    big = size * 2
    image = Image.new("L", (big, big), 0)
    draw = ImageDraw.Draw(image)
    for share, thickness in ((0.49, 0.012), (0.465, 0.006), (0.30, 0.007)):
        radius = share * big
        box = (big / 2 - radius, big / 2 - radius, big / 2 + radius, big / 2 + radius)
        draw.ellipse(box, outline=255, width=max(2, int(thickness * big)))
    _write_ring(image, seal.ring, big)
    font = _face(big // 17)
    draw.multiline_text(
        (big / 2, big / 2), seal.middle, font=font, fill=255, anchor="mm", align="center"
    )
    return np.asarray(image.resize((size, size), Image.Resampling.LANCZOS))


def _write_ring(image: Image.Image, words: str, big: int) -> None:
    """Letters stand upright on the ring, from the left round over the top."""
    font, radius = _face(big // 14), 0.385 * big
    for place, letter in enumerate(words):
        angle = 2 * math.pi * place / len(words) - math.pi
        tile = Image.new("L", (big // 6, big // 6), 0)
        ImageDraw.Draw(tile).text((big / 12, big / 12), letter, font=font, fill=255, anchor="mm")
        tile = tile.rotate(-math.degrees(angle) - 90, Image.Resampling.BICUBIC)
        x = big / 2 + radius * math.cos(angle) - big / 12
        y = big / 2 + radius * math.sin(angle) - big / 12
        image.paste(255, (int(x), int(y)), tile)


def _turned_ink(ink: Picture, degrees: float) -> Picture:
    return np.asarray(Image.fromarray(ink).rotate(degrees, Image.Resampling.BICUBIC))


def _desk(height: int, width: int, rng: np.random.Generator) -> Picture:
    """Brown wood: stripes of smoothed noise drawn out along the grain."""
    grain = cv2.GaussianBlur(rng.random((height // 4, width // 4)).astype(np.float32), (0, 0), 1.5)
    grain = cv2.GaussianBlur(grain, (301, 1), 60)
    grain = cv2.resize(grain, (width, height))
    grain = (grain - grain.min()) / (np.ptp(grain) + 1e-6)
    brown = np.array([120, 82, 52], dtype=np.float32)
    return _pixels(brown * (0.6 + 0.7 * grain[..., None]))


def _corners(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Where the page's corners land: leaning, the far edge shorter than the near one."""
    shares = np.array([(0.16, 0.08), (0.87, 0.105), (0.945, 0.93), (0.07, 0.9)])
    shares += rng.uniform(-0.012, 0.012, shares.shape)
    return np.asarray(shares * np.array([width, height]), dtype=np.float32)


def _lamp(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Light from one corner and the shadow of a hand with a phone over the other."""
    y, x = np.mgrid[0:1:72j, 0:1:54j]
    light = 1.02 - 0.38 * np.hypot(x - rng.uniform(0.1, 0.2), y - 0.1)
    shadow = 1 / (1 + np.exp(-14 * (x + 0.6 * y - 1.18)))
    field = (light * (1 - 0.3 * shadow)).astype(np.float32)
    large = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, dtype=np.float32)
