"""docs/extractors.md tells the truth: every extractor, role, law, data file, and the example."""

from __future__ import annotations

import re
from pathlib import Path

from aigaq.pipeline.extractors import EXTRACTORS, extract
from aigaq.pipeline.extractors.codes import OTHER, SAME, codes
from aigaq.pipeline.extractors.lexicon import data

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "extractors.md").read_text(encoding="utf-8")


def test_every_extractor_is_described() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \| ", PAGE, re.MULTILINE)[: len(EXTRACTORS)] == [
        extractor.NAME for extractor in EXTRACTORS
    ]


def test_every_role_and_law_is_named() -> None:
    for word in [*data("roles"), *(tag for tag in codes() if tag not in (OTHER, SAME))]:
        assert word == "other" or f"`{word}`" in PAGE


def test_every_data_file_is_named() -> None:
    folder = ROOT / "aigaq" / "pipeline" / "extractors" / "data"
    for file in folder.iterdir():
        assert f"`{file.name}`" in PAGE


def test_every_key_of_a_value_is_described() -> None:
    text = (
        "Судья: Подсудимый Лиманов Пётр Сергеевич и Б.Сериков, ст. 900 УК РК, ст. 5, 31.02.2022, "
        "5 мая, 01/05/2022 в 14:30, дело № 1-45/2022, в/ч 5571, Верховный Суд РК."
    )
    for mention in extract(text):
        for key in mention.value:
            assert f"`{key}`" in PAGE, (mention.kind, key)


def test_the_example_runs() -> None:
    found = extract("по ч. 2 ст. 272 УК РК, 5 января 2022 года")
    assert [(m.kind, m.raw) for m in found] == [
        ("article", "ч. 2 ст. 272 УК РК"),
        ("date", "5 января 2022 года"),
    ]
