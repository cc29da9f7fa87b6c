"""What a camera wrote into a picture: time, place, device. Kept as written, nothing made up."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_TIME = re.compile(r"(\d{4})[:\-](\d\d)[:\-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:\d\d|Z")


def exif_facts(image: Image.Image) -> dict[str, object]:
    """`taken_at` (ISO 8601; with a zone only when the camera wrote one), `gps_at` (UTC by
    definition), `latitude`, `longitude` (degrees, north and east positive), `altitude` (metres),
    `camera`, `software`. Only what is there and makes sense.
    """
    tags = image.getexif()
    camera_tags = tags.get_ifd(IFD.Exif)
    place = tags.get_ifd(IFD.GPSInfo)
    facts: dict[str, object] = {
        "taken_at": _taken_at(tags, camera_tags),
        "camera": " ".join(filter(None, (_said(tags, Base.Make), _said(tags, Base.Model)))),
        "software": _said(tags, Base.Software),
        "gps_at": _gps_at(place),
        "latitude": _degrees(place, GPS.GPSLatitude, GPS.GPSLatitudeRef, "S", 90),
        "longitude": _degrees(place, GPS.GPSLongitude, GPS.GPSLongitudeRef, "W", 180),
        "altitude": _altitude(place),
    }
    if facts["latitude"] is None or facts["longitude"] is None:
        facts["latitude"] = facts["longitude"] = None
    return {name: value for name, value in facts.items() if value not in ("", None)}


def _said(tags: Mapping[int, object], tag: int) -> str:
    value = tags.get(tag, "")
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in value if letter.isprintable()).strip()[:200]


def _taken_at(tags: Mapping[int, object], camera_tags: Mapping[int, object]) -> str:
    for source, tag, zone in (
        (camera_tags, Base.DateTimeOriginal, Base.OffsetTimeOriginal),
        (camera_tags, Base.DateTimeDigitized, Base.OffsetTimeDigitized),
        (tags, Base.DateTime, Base.OffsetTime),
    ):
        found = _TIME.fullmatch(_said(source, tag))
        if found and found[1] != "0000":
            year, month, day, hour, minute, second = found.groups()
            offset = _said(camera_tags, zone)
            written = offset if _OFFSET.fullmatch(offset) else ""
            return f"{year}-{month}-{day}T{hour}:{minute}:{second}{written}"
    return ""


def _numbers(value: object, count: int) -> tuple[float, ...] | None:
    """So many finite numbers; None for anything else (cameras write 0/0 for unknown)."""
    values = value if isinstance(value, tuple | list) else (value,)
    try:
        numbers = tuple(float(part) for part in values)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    finite = all(abs(number) < 1e9 for number in numbers)  # False for nan too
    return numbers if len(numbers) == count and finite else None


def _degrees(
    place: Mapping[int, object], tag: int, side_tag: int, negative: str, most: float
) -> float | None:
    parts = _numbers(place.get(tag), 3)
    side = _said(place, side_tag)
    if parts is None or not side:
        return None
    degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
    if degrees > most:
        return None
    return round(-degrees if side == negative else degrees, 6)


def _altitude(place: Mapping[int, object]) -> float | None:
    metres = _numbers(place.get(GPS.GPSAltitude), 1)
    if metres is None:
        return None
    below = place.get(GPS.GPSAltitudeRef) in (1, b"\x01")
    return round(-metres[0] if below else metres[0], 1)


def _gps_at(place: Mapping[int, object]) -> str:
    day = re.fullmatch(r"(\d{4}):(\d\d):(\d\d)", _said(place, GPS.GPSDateStamp))
    clock = _numbers(place.get(GPS.GPSTimeStamp), 3)
    if day is None or clock is None:
        return ""
    hour, minute, second = (int(part) for part in clock)
    return f"{day[1]}-{day[2]}-{day[3]}T{hour:02}:{minute:02}:{second:02}Z"
