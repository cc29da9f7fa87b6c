from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.tools import ffmpeg

from ..readers.recordings import film, make, picture, sound, speech


def test_a_film_is_described() -> None:
    recording = ffmpeg.describe(film())
    assert recording.duration == pytest.approx(30, abs=0.2)
    assert recording.made_at == datetime(2022, 1, 5, 10, tzinfo=UTC)
    assert recording.place == (43.238, 76.945)
    assert recording.tags["title"] == "Алаң"
    (video,) = recording.of_kind("video")
    assert (video.width, video.height, video.codec, video.frame_rate) == (320, 180, "h264", 10.0)
    (audio,) = recording.of_kind("audio")
    assert (audio.codec, audio.channels) == ("aac", 1)
    (subtitle,) = recording.of_kind("subtitle")
    assert (subtitle.language, subtitle.is_text) == ("kaz", True)


def test_keyframes_are_real_keyframes_each_once(tmp_path: Path) -> None:
    recording = ffmpeg.describe(film())
    frames = ffmpeg.keyframes(
        film(), recording, tmp_path, moments=[0, 1.5, 9, 29.9, 300], pixels=10**7, seconds=60
    )
    assert [frame.seconds for frame in frames] == pytest.approx([0, 8, 28], abs=0.2)
    with Image.open(frames[0].path) as image:
        assert image.size == (320, 180)


def test_large_frames_are_made_smaller(tmp_path: Path) -> None:
    source = make(tmp_path / "a.mp4", *picture(0.3, "1920x1080"), "-preset", "ultrafast")
    recording = ffmpeg.describe(source)
    (frame,) = ffmpeg.keyframes(source, recording, tmp_path, moments=[0], pixels=10**8, seconds=60)
    with Image.open(frame.path) as image:
        assert image.size == (1280, 720)


def test_frames_over_the_pixel_limit_are_not_decoded(tmp_path: Path) -> None:
    recording = ffmpeg.describe(film())
    moments = [0.0, 10.0]
    assert (
        ffmpeg.keyframes(film(), recording, tmp_path, moments=moments, pixels=1000, seconds=60)
        == []
    )


def test_a_transport_stream_counts_from_its_own_start(tmp_path: Path) -> None:
    """Defect: MPEG-TS clocks start at 1.4 s, so the first frame was said to be later than it is."""
    source = make(tmp_path / "a.ts", *picture(4), "-c:v", "mpeg2video", "-f", "mpegts")
    recording = ffmpeg.describe(source)
    frames = ffmpeg.keyframes(source, recording, tmp_path, moments=[0], pixels=10**7, seconds=60)
    assert frames[0].seconds == pytest.approx(0, abs=0.15)


def test_subtitles_come_as_srt() -> None:
    (stream,) = ffmpeg.describe(film()).of_kind("subtitle")
    written = ffmpeg.subtitles(film(), stream, seconds=60)
    assert "00:00:01,000 --> 00:00:02,500" in written
    assert "Сот отырысы" in written


def test_a_sound_file_has_no_damage_and_a_cut_one_has(tmp_path: Path) -> None:
    whole = make(tmp_path / "a.mp4", *picture(5), *sound(5), "-movflags", "+faststart")
    assert ffmpeg.damage(whole, seconds=60) == ""
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    said = ffmpeg.damage(cut, seconds=60)
    assert said
    assert str(tmp_path) not in said


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{}'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_does_not_open_other_files(name: str, tmp_path: Path) -> None:
    source = tmp_path / "evil.mp4"
    source.write_text(PLAYLISTS[name].format(film()))
    with pytest.raises(RefusedError, match="cannot be opened"):
        ffmpeg.describe(source)


@pytest.mark.parametrize(
    "name", ["-i.mp4", "a b 'c' \"d\".mp4", "қала😀.mp4", "concat:a|b.mp4", "%d.mp4"]
)
def test_names_are_only_names(name: str, tmp_path: Path) -> None:
    source = tmp_path / name
    source.write_bytes(film().read_bytes())
    recording = ffmpeg.describe(source)
    work = tmp_path / "%s %d work"
    work.mkdir()
    assert ffmpeg.damage(source, seconds=60) == ""
    frames = ffmpeg.keyframes(source, recording, work, moments=[0], pixels=10**7, seconds=60)
    assert [frame.path.parent for frame in frames] == [work]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("+43.2380+076.9450/", (43.238, 76.945)),
        ("-33.8000+151.2000+012.000/", (-33.8, 151.2)),
        ("+43.2380-076.9450CRSWGS_84/", None),
        ("+99.0+010.0/", None),
        ("Алматы", None),
        ("", None),
        (None, None),
    ],
)
def test_places(written: str | None, place: tuple[float, float] | None) -> None:
    assert ffmpeg._place(written) == place


@pytest.mark.parametrize(
    "written", ["1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2022-01-05", "", None]
)
def test_a_clock_nobody_set_is_no_time(written: str | None) -> None:
    assert ffmpeg._moment(written) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
)


@settings(max_examples=100)
@given(
    st.fixed_dictionaries(
        {
            "format": _JSON,
            "streams": st.lists(
                st.dictionaries(
                    st.sampled_from(
                        [
                            "index",
                            "width",
                            "avg_frame_rate",
                            "tags",
                            "side_data_list",
                            "disposition",
                        ]
                    ),
                    _JSON,
                ),
                max_size=3,
            )
            | _JSON,
        }
    )
)
def test_whatever_ffprobe_says_is_understood(said: dict[str, object]) -> None:
    assert isinstance(ffmpeg._recording(said), ffmpeg.Recording)


def test_sound_has_no_pictures() -> None:
    assert ffmpeg.describe(speech()).of_kind("video") == ()
