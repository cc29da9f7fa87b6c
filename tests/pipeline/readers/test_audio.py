from __future__ import annotations

from pathlib import Path

import pytest

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers import audio

from .hostile import reading_of
from .recordings import make, picture, speech


def test_a_sound_recording_has_facts_and_no_invented_words() -> None:
    reading = reading_of(audio.read, speech())
    assert (reading.passages, reading.made, reading.problems) == ((), (), ())
    assert reading.facts["duration_seconds"] == pytest.approx(3, abs=0.1)
    assert reading.facts["artist"] == "Асель Нұрланова"
    (stream,) = reading.facts["streams"]  # type: ignore[misc]
    assert stream["kind"] == "audio"
    assert stream["codec"] == "mp3"


def test_a_film_without_sound_is_no_sound_recording(tmp_path: Path) -> None:
    silent = make(tmp_path / "a.mp4", *picture(1))
    with pytest.raises(RefusedError, match="no sound"):
        reading_of(audio.read, silent)


@pytest.mark.parametrize("data", [b"", b"RIFF\x00\x00\x00\x00WAVE", bytes(5000)])
def test_what_is_no_recording_is_refused(data: bytes, tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(data)
    with pytest.raises(RefusedError):
        reading_of(audio.read, source)
