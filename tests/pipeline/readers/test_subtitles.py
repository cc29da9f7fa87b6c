from __future__ import annotations

import time
from pathlib import Path

import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigaq.archive.model import Method, PassageKind
from aigaq.pipeline.readers import subtitles
from aigaq.pipeline.readers.reading import Reading
from aigaq.pipeline.readers.subtitles import Cue, parse, plain_text

from .hostile import mutations, reading_of, survives

SRT = """1
00:00:01,000 --> 00:00:02,500
Судья: <i>Сот отырысы</i> ашық 😀

2
00:01:03,250 --> 00:01:05,000
{\\an8}Екінші жол е\u0308
үшінші {күлкі}
2022

3
01:00:00,000 --> 01:00:01,000
соңы
"""


def _read(data: bytes, folder: Path) -> Reading:
    source = folder / "a.srt"
    source.write_bytes(data)
    return reading_of(subtitles.read, source)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_srt(codec: str, line_end: str, tmp_path: Path) -> None:
    reading = _read(SRT.replace("\n", line_end).encode(codec), tmp_path)
    assert [(p.number, p.start_seconds, p.end_seconds, p.text) for p in reading.passages] == [
        (1, 1.0, 2.5, "Судья: Сот отырысы ашық 😀"),
        (2, 63.25, 65.0, "Екінші жол ё\nүшінші {күлкі}\n2022"),
        (3, 3600.0, 3601.0, "соңы"),
    ]
    assert {(p.kind, p.method) for p in reading.passages} == {
        (PassageKind.SEGMENT, Method.SUBTITLE)
    }
    assert reading.facts["cues"] == 3
    assert reading.facts["duration_seconds"] == 3601.0
    assert reading.problems == ()


def test_cp1251(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nСвидетель вошёл в зал и назвал своё имя\n"
    (passage,) = _read(text.encode("cp1251"), tmp_path).passages
    assert passage.text == "Свидетель вошёл в зал и назвал своё имя"


def test_webvtt() -> None:
    found = parse(
        "WEBVTT - тақырып\n\nSTYLE\n::cue {color: red}\n\nNOTE түсініктеме\n\nid-1\n"
        "00:01.000 --> 00:02.000 align:start\n<v Асель Нұрланова>Иә &amp; <c.red>жоқ</c> "
        "<00:01.500>&lt;күлкі&gt;\n\n1:00:03.000 --> 1:00:04.000\nекі"
    )
    assert found.cues == (
        Cue(1.0, 2.0, "Асель Нұрланова: Иә & жоқ <күлкі>"),
        Cue(3603.0, 3604.0, "екі"),
    )
    assert found.problems == ()


def test_ass_with_speakers() -> None:
    file = pysubs2.SSAFile()
    file.append(pysubs2.SSAEvent(1000, 2000, r"{\i1}Бір{\i0}\Nекі, үш", name="Судья"))
    file.append(pysubs2.SSAEvent(3000, 4000, "жасырын", type="Comment"))
    found = parse(file.to_string("ass"))
    assert found.cues == (Cue(1.0, 2.0, "Судья: Бір\nекі, үш"),)
    assert found.format == "ass"


LOST = {
    "a broken time": (
        "1\n00:00:0x --> 00:00:02,000\nжоғалған сөз\n\n2\n00:00:03,000 --> 00:00:04,000\nбар",
        "жоғалған сөз",
        ["бар"],
    ),
    "a text before the first cue": (
        "кіріспе\n\n00:00:01,000 --> 00:00:02,000\nбар",
        "кіріспе",
        ["бар"],
    ),
    "a cue that ends before it begins": (
        "1\n00:00:09,000 --> 00:00:02,000\nбар",
        "ends before it begins",
        ["бар"],
    ),
    "no blank line between cues": (
        "1\n00:00:01,000 --> 00:00:02,000\nа\n2\n00:00:03,000 --> 00:00:04,000\nб",
        None,
        ["а", "б"],
    ),
    "a blank line inside a cue": (
        "1\n00:00:01,000 --> 00:00:02,000\nа\n\nб\n\n2\n00:00:03,000 --> 00:00:04,000\nв",
        None,
        ["а\nб", "в"],
    ),
    "a point for the comma": ("1\n0:00:01.5 --> 0:00:02\nа", None, ["а"]),
    "an empty cue": (
        "1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\nб",
        None,
        ["", "б"],
    ),
    "a last line that is a number": (
        "1\n00:00:01,000 --> 00:00:02,000\nЖыл\n2022",
        None,
        ["Жыл\n2022"],
    ),
    "unknown brackets": (
        "1\n00:00:01,000 --> 00:00:02,000\n<белгісіз> a<b",
        None,
        ["<белгісіз> a<b"],
    ),
}


@pytest.mark.parametrize(("text", "problem", "cues"), LOST.values(), ids=LOST.keys())
def test_nothing_is_lost_in_silence(text: str, problem: str | None, cues: list[str]) -> None:
    found = parse(text)
    assert [cue.text for cue in found.cues] == cues
    assert (problem is None) == (found.problems == ())
    assert problem is None or problem in " ".join(found.problems)


_TTML = (
    '<tt xmlns="http://www.w3.org/ns/ttml"><body><div>'
    '<p begin="ерте" end="1s">a</p></div></body></tt>'
)


@pytest.mark.parametrize(
    "text", ["жай ғана мәтін", "a --> b", "[Script Info]\n", "{1}{x}a", "WEBVTT", _TTML]
)
def test_a_file_without_cues_is_kept_as_a_text(text: str, tmp_path: Path) -> None:
    reading = _read(text.encode(), tmp_path)
    assert [(p.kind, p.text) for p in reading.passages] == [(PassageKind.TEXT, text.strip())]
    assert reading.problems


@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>\n', "<!-- a --> <!-- b -->\n"])
def test_a_comment_in_ttml_is_no_time(head: str) -> None:
    found = parse(head + _TTML.replace("ерте", "0.5s").replace("<div>", "<div><!-- үзіліс -->"))
    assert [(cue.start, cue.text) for cue in found.cues] == [(0.5, "a")]
    assert found.problems == ()


@pytest.mark.parametrize(
    "junk", ["-->" * 200_000, "<" * 300_000, "<v " * 100_000, "{\\" * 200_000, "00:" * 200_000]
)
def test_junk_takes_no_time(junk: str, tmp_path: Path) -> None:
    began = time.process_time()
    _read(f"1\n00:00:01,000 --> 00:00:02,000\n{junk}".encode(), tmp_path)
    assert time.process_time() - began < 10


@given(st.text(alphabet="аӘқ😀 {}()0123.,", min_size=1).filter(lambda text: bool(text.strip())))
def test_plain_words_stay(words: str) -> None:
    assert plain_text(words) == words.strip(" \t")


@settings(max_examples=200, deadline=None)
@given(mutations(SRT.encode()))
def test_changed_srt_is_read_or_refused(data: bytes) -> None:
    survives(subtitles.read, data)


@settings(max_examples=150, deadline=None)
@given(mutations(pysubs2.SSAFile.from_string(SRT).to_string("ass").encode()))
def test_changed_ass_is_read_or_refused(data: bytes) -> None:
    survives(subtitles.read, data)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["ttml", "microdvd", "mpl2", "tmp", "json"]).flatmap(
        lambda form: mutations(
            pysubs2.SSAFile.from_string(SRT)
            .to_string(form, **({"fps": 25.0} if form == "microdvd" else {}))
            .encode()
        )
    )
)
def test_changed_files_of_other_formats_are_read_or_refused(data: bytes) -> None:
    survives(subtitles.read, data)
