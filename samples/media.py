"""Drawn night scenes as photographs with EXIF, a short video and a sound recording."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageFilter, ImageFont

from samples import fonts
from samples.scan import Picture

VIDEO_SECONDS = 8.0
VIDEO_SIZE = (854, 480)
AUDIO_SECONDS = 12.0
_BITEXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")


@dataclass(frozen=True, slots=True)
class Shot:
    """When and where a picture was taken: local time, degrees north and east."""

    taken: datetime
    north: float | None = None
    east: float | None = None
    camera: str = "Saulet S21"

    def facts(self) -> dict[str, object]:
        """What a reader of the EXIF must find."""
        facts: dict[str, object] = {"taken_at": self.taken.isoformat(), "camera": self.camera}
        if self.north is not None and self.east is not None:
            facts |= {"latitude": self.north, "longitude": self.east}
        return facts


def exif(shot: Shot) -> Image.Exif:
    """EXIF as a phone writes it: time with its zone, place in degrees, minutes and seconds."""
    tags, base, place = Image.Exif(), ExifTags.Base, ExifTags.GPS
    written = shot.taken.strftime("%Y:%m:%d %H:%M:%S")
    tags[base.Make], tags[base.Model], tags[base.Orientation] = "Saulet", shot.camera, 1
    tags[base.DateTime] = written
    inner = tags.get_ifd(ExifTags.IFD.Exif)
    inner[base.DateTimeOriginal] = inner[base.DateTimeDigitized] = written
    inner[base.OffsetTimeOriginal] = "+06:00"  # Almaty, before March 2024
    if shot.north is not None and shot.east is not None:
        gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
        gps[place.GPSLatitudeRef], gps[place.GPSLatitude] = "N", _sexagesimal(shot.north)
        gps[place.GPSLongitudeRef], gps[place.GPSLongitude] = "E", _sexagesimal(shot.east)
    return tags


def scene(rng: np.random.Generator, *, width: int = 1600, height: int = 1200) -> Picture:
    """A street at night: sky, houses with lit windows, lamps, a car with its lights on, smoke."""
    sky = np.linspace((14, 18, 40), (66, 52, 60), height).astype(np.uint8)
    image = Image.fromarray(np.repeat(sky[:, None], width, axis=1))
    draw = ImageDraw.Draw(image)
    _houses(draw, rng, width, height)
    ground = int(height * 0.72)
    draw.rectangle((0, ground, width, height), fill=(38, 38, 44))
    for x in range(width // 8, width, width // 4):
        draw.line((x, ground, x, int(height * 0.35)), fill=(25, 25, 28), width=width // 160)
        _glow(image, x, int(height * 0.35), width // 14, (255, 214, 140))
    _car(image, rng, width, height)
    _smoke(image, rng, width, height)
    grain = rng.normal(0, 6, (height, width, 1))
    return np.clip(np.asarray(image, dtype=np.float32) + grain, 0, 255).astype(np.uint8)


def video(scenes: Sequence[Picture], captions: Sequence[str], *, made: datetime) -> bytes:
    """Eight seconds of H.264 with AAC sound, one scene after the other under its burnt-in caption.

    The index is written last, as phones do: a recording that breaks off cannot be opened.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs: list[str] = []
        each = VIDEO_SECONDS / len(scenes)
        for number, (picture, caption) in enumerate(zip(scenes, captions, strict=True)):
            file = folder / f"{number}.png"
            Image.fromarray(_captioned(picture, caption)).save(file)
            inputs += ["-loop", "1", "-framerate", "25", "-t", f"{each}", "-i", str(file)]
        joined = "".join(f"[{number}:v]" for number in range(len(scenes)))
        graph = (
            f"{joined}concat=n={len(scenes)}:v=1:a=0,noise=alls=7:allf=t:all_seed=7,"
            "format=yuv420p[v];"
            f"aevalsrc='0.08*sin(2*PI*140*t)+0.25*random(0)*lt(mod(t,2.3),0.06)':d={VIDEO_SECONDS}"
            ":s=44100[a]"
        )
        target = folder / "video.mp4"
        command = [*inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[a]"]
        command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-threads", "1"]
        command += ["-g", "50", "-c:a", "aac", "-b:a", "64k", "-metadata"]
        command += [f"creation_time={made:%Y-%m-%dT%H:%M:%SZ}"]
        _ffmpeg([*command, str(target)])
        return target.read_bytes()


def recording() -> bytes:
    """Twelve seconds of a voice message: a humming tone with pauses, Opus in Ogg."""
    graph = (
        f"aevalsrc='0.3*sin(2*PI*170*t)*sin(2*PI*3*t)*lt(mod(t,4),2.6)':d={AUDIO_SECONDS}:s=48000"
    )
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "voice.ogg"
        _ffmpeg(["-f", "lavfi", "-i", graph, "-c:a", "libopus", "-b:a", "24k", str(target)])
        return target.read_bytes()


def _ffmpeg(arguments: list[str]) -> None:
    """Run ffmpeg without times or versions in its output."""
    *arguments, target = arguments
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments, *_BITEXACT, target]
    subprocess.run(command, check=True)


def _captioned(picture: Picture, caption: str) -> Picture:
    """The picture at the size of the video, with a caption on a dark bar."""
    width, height = VIDEO_SIZE
    image = Image.fromarray(picture).resize((width, width * 3 // 4))
    image = image.crop((0, image.height - height, width, image.height))
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(fonts.path(fonts.PT_SANS, bold=True)), height // 16)
    draw.rectangle((0, height * 0.86, width, height * 0.96), fill=(16, 16, 16))
    draw.text((width / 2, height * 0.91), caption, font=font, fill=(245, 245, 240), anchor="mm")
    return np.asarray(image)


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = (degrees - int(degrees)) * 60
    return float(int(degrees)), float(int(minutes)), round((minutes - int(minutes)) * 60, 3)


def _houses(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    x, ground = 0, int(height * 0.72)
    while x < width:
        wide, top = int(rng.integers(140, 300)), int(height * rng.uniform(0.18, 0.5))
        gray = int(rng.integers(22, 44))
        draw.rectangle((x, top, x + wide, ground), fill=(gray, gray, gray + 8))
        for row in range(top + 20, ground - 30, 46):
            for column in range(x + 18, x + wide - 26, 42):
                if rng.random() < 0.28:
                    draw.rectangle((column, row, column + 20, row + 26), fill=(232, 196, 110))
        x += wide + int(rng.integers(4, 30))


def _glow(image: Image.Image, x: int, y: int, radius: int, colour: tuple[int, int, int]) -> None:
    halo = Image.new("L", image.size, 0)
    ImageDraw.Draw(halo).ellipse((x - radius, y - radius, x + radius, y + radius), fill=120)
    ImageDraw.Draw(halo).ellipse((x - 9, y - 9, x + 9, y + 9), fill=255)
    image.paste(colour, (0, 0), halo.filter(ImageFilter.GaussianBlur(radius / 3)))


def _car(image: Image.Image, rng: np.random.Generator, width: int, height: int) -> None:
    x, y = int(width * rng.uniform(0.25, 0.55)), int(height * 0.8)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((x, y, x + 380, y + 110), 34, fill=(96, 20, 24))
    draw.polygon(
        [(x + 70, y), (x + 120, y - 70), (x + 260, y - 70), (x + 320, y)], fill=(60, 70, 80)
    )
    for wheel in (x + 60, x + 250):
        draw.ellipse((wheel, y + 70, wheel + 74, y + 144), fill=(12, 12, 12))
    _glow(image, x + 372, y + 40, 90, (255, 244, 214))


def _smoke(image: Image.Image, rng: np.random.Generator, width: int, height: int) -> None:
    cloud = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(cloud)
    for _ in range(26):
        x, y = int(rng.normal(width * 0.7, 130)), int(rng.uniform(0, height * 0.65))
        size = int(rng.integers(60, 170))
        draw.ellipse((x - size, y - size, x + size, y + size), fill=int(rng.integers(40, 90)))
    image.paste((128, 124, 122), (0, 0), cloud.filter(ImageFilter.GaussianBlur(38)))
