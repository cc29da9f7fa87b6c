from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from aigaq.pipeline.readers import html
from aigaq.pipeline.readers.html import decode_html, parse_html

from .hostile import mutations, reading_of, survives, whole_text

PAGE = """<!DOCTYPE html><html lang="kk"><head><title>Үкім &amp; шешім</title>
<meta charset="utf-8"><meta name="author" content="Асель Нұрланова">
<style>p {color: red}</style><script>var x = "скрипт";</script></head>
<body><!-- түсініктеме --><h1>Сот   отырысы</h1><p>Бірінші <b>қ</b>атар<p>Екінші<br>үшінші
<table><tr><th>Аты<th>Рөлі</tr><tr><td>Дәурен<td><p>айыпталушы<p>(келді)</table>
<div hidden>жасырын<br><p>мәтін</div><span style="DISPLAY: none">көрінбейді</span>
<ul><li>бір<li>екі</ul>соңы&nbsp;😀 е&#x308;</body></html>"""

CASES = [
    ("<p>а</p><p>б</p>", "а\nб"),
    ("а<br>б<br><br><br><br>в", "а\nб\n\nв"),
    ("<td>а<td>б", "аб"),
    ("<table><tr><td>а<td><td>в</table>", "а\t\tв"),
    ("<table><tr><td><p>бір<p>екі</td></tr></table>", "бір\nекі"),
    ("<table><tr><td>x<table><tr><td>а<td>б</table><td>y</table>", "x а б\ty"),
    ("a &lt;b&gt; &amp;amp; &#1178; &nosuch;", "a <b> &amp; Қ &nosuch;"),
    ("<pre>а  б\n   в</pre>", "а  б\nв"),
    ("<noscript>көрінеді</noscript>", "көрінеді"),
    ("<template>жоқ</template><svg><text>жоқ</text></svg>бар", "бар"),
    ("<div hidden><img><br>жоқ</div>бар", "бар"),
    ("<p hidden>жоқ<p>бар", "бар"),
    ("<input hidden>бар", "бар"),
    ("бір <b>екі</b> үш<i> төрт</i>", "бір екі үш төрт"),
    ("a\x00b", "a\ufffdb"),
]


@pytest.mark.parametrize(("source", "text"), CASES)
def test_what_is_seen(source: str, text: str) -> None:
    assert parse_html(source).text == text


def test_a_page(tmp_path: Path) -> None:
    source = tmp_path / "a.html"
    source.write_text(PAGE, encoding="utf-8")
    reading = reading_of(html.read, source)
    assert whole_text(reading).splitlines() == [
        "Сот отырысы",
        "Бірінші қатар",
        "Екінші",
        "үшінші",
        "Аты\tРөлі",
        "Дәурен\tайыпталушы (келді)",
        "бір",
        "екі",
        "соңы\u00a0😀 ё",
    ]
    assert reading.facts["title"] == "Үкім & шешім"
    assert reading.facts["language"] == "kk"
    assert reading.facts["meta"] == {"author": "Асель Нұрланова"}
    assert reading.problems == ()


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "ul><li", "font"])
def test_depth_is_no_bomb(tag: str) -> None:
    """Defect: with a tree, lxml gave nothing at all for deeply nested pages, in silence."""
    depth = 50_000
    began = time.process_time()
    page = parse_html(f"<{tag}>" * depth + "Ермеков" + "<p>соңы")
    assert page.text.split() == ["Ермеков", "соңы"]
    assert time.process_time() - began < 10


@pytest.mark.parametrize("junk", ["<" * 200_000, "<p" * 100_000, "&" * 200_000, "<!--" * 50_000])
def test_junk_takes_no_time(junk: str, tmp_path: Path) -> None:
    began = time.process_time()
    source = tmp_path / "a.html"
    source.write_text(junk)
    reading_of(html.read, source)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ('<meta charset="windows-1251">', "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r"),
        ('<meta charset="windows-1251">', "utf-8"),
        ('<meta charset="utf-16">', "utf-8"),
        ("", "utf-16"),
        ("", "utf-8-sig"),
    ],
)
def test_the_charset_is_found(head: str, codec: str) -> None:
    page = f"<html><head>{head}</head><body>Да, Марат</body></html>"
    assert parse_html(decode_html(page.encode(codec)).text).text == "Да, Марат"


def test_a_mail_header_names_the_charset() -> None:
    assert decode_html("<p>Да".encode("koi8-r"), declared="koi8-r").text == "<p>Да"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("<p> </p><br>", "The page holds no text."),
        ("<script>render('бәрі')</script>", "hidden or made by scripts"),
    ],
)
def test_an_empty_page_is_told(source: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(source, encoding="utf-8")
    reading = reading_of(html.read, file)
    assert reading.passages == ()
    assert sentence in reading.problems[-1]


@settings(max_examples=150, deadline=None)
@given(mutations(PAGE.encode()))
def test_changed_bytes_are_read_or_refused(data: bytes) -> None:
    survives(html.read, data)
