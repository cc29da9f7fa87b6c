from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Method, PassageKind
from aigaq.pipeline.readers import video
from aigaq.pipeline.readers.contact_sheet import clock, make_contact_sheet
from aigaq.pipeline.readers.video import MOST_KEYFRAMES, moments
from aigaq.pipeline.tools import ffmpeg
from aigaq.pipeline.tools.probe import suitable

from .hostile import mutations, reading_of, survives
from .recordings import film, make, picture, sound, speech


def test_a_film(tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(film().read_bytes())
    reading = reading_of(video.read, source)
    assert [(p.kind, p.method, p.start_seconds, p.text) for p in reading.passages] == [
        (PassageKind.SEGMENT, Method.SUBTITLE, 1.0, "Судья: Сот отырысы ашық 😀"),
        (PassageKind.SEGMENT, Method.SUBTITLE, 3.0, "екінші"),
    ]
    assert {passage.language for passage in reading.passages} == {"kaz"}
    assert reading.problems == ()
    assert reading.facts["taken_at"] == "2022-01-05T10:00:00+00:00"
    assert (reading.facts["latitude"], reading.facts["longitude"]) == (43.238, 76.945)
    assert (reading.facts["width"], reading.facts["height"]) == (320, 180)
    assert reading.facts["title"] == "Алаң"
    times = [0, 4, 10, 14, 20, 24]
    assert reading.facts["keyframe_seconds"] == pytest.approx(times, abs=0.2)
    assert [(made.role, made.page) for made in reading.made] == [
        ("contact-sheet", None),
        *(("keyframe", number) for number in range(1, 7)),
    ]
    with Image.open(reading.made[0].path) as sheet:
        assert (sheet.format, sheet.width) == ("JPEG", 1310)


def test_a_rotated_film_is_told_as_it_is_shown(tmp_path: Path) -> None:
    flat = make(tmp_path / "flat.mp4", *picture(1))
    source = (
        make(tmp_path / "a.mov", "-display_rotation", "90", "-i", flat, "-c", "copy")
        if (_knows_display_rotation())
        else make(tmp_path / "a.mov", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=270")
    )
    reading = reading_of(video.read, source)
    assert (reading.facts["width"], reading.facts["height"]) == (180, 320)
    assert reading.facts["rotation"] in {90, 270}
    with Image.open(reading.made[1].path) as frame:
        assert frame.size == (180, 320)


def _knows_display_rotation() -> bool:
    """ffmpeg 6 and newer; older ones take the `rotate` tag."""
    return int(suitable(ffmpeg.PROGRAM).version.partition(".")[0]) >= 6


def test_a_film_cut_off_before_its_index_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    source.write_bytes(film().read_bytes()[:20_000])
    with pytest.raises(RefusedError, match="moov atom not found") as refused:
        reading_of(video.read, source)
    assert refused.value.advice


def test_a_film_cut_off_after_its_index_is_read_and_told(tmp_path: Path) -> None:
    whole = make(tmp_path / "a.mp4", *picture(20), *sound(20), "-movflags", "+faststart")
    source = tmp_path / "cut.mp4"
    source.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    reading = reading_of(video.read, source)
    assert any("damaged or cut off" in problem for problem in reading.problems)
    assert reading.made


def test_sound_alone_is_no_film() -> None:
    with pytest.raises(RefusedError, match="no moving pictures"):
        reading_of(video.read, speech())


def test_picture_subtitles_are_told(tmp_path: Path) -> None:
    cues = tmp_path / "a.srt"
    cues.write_text("1\n00:00:00,000 --> 00:00:01,000\nbar\n")
    source = make(
        tmp_path / "a.mkv", *picture(2), "-i", cues, "-map", "0", "-map", "1", "-c:s", "subrip"
    )
    assert [p.text for p in reading_of(video.read, source).passages] == ["bar"]


@pytest.mark.parametrize(
    ("duration", "count"), [(None, 1), (0.2, 1), (9.9, 1), (10, 2), (60, 12), (36_000, 24)]
)
def test_moments(duration: float | None, count: int) -> None:
    assert len(moments(duration)) == count


@given(st.floats(0.01, 1e6))
def test_moments_are_evenly_spread_and_inside(duration: float) -> None:
    found = moments(duration)
    assert found[0] == 0
    assert 1 <= len(found) <= MOST_KEYFRAMES
    assert all(0 <= moment < duration for moment in found)


def test_a_contact_sheet_of_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        make_contact_sheet([], tmp_path / "a.jpg")


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00:00"), (3723.9, "1:02:03")])
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


@settings(max_examples=6, deadline=None)
@given(st.data())
def test_changed_bytes_are_read_or_refused(data: st.DataObject) -> None:
    survives(video.read, data.draw(mutations(film().read_bytes())))
