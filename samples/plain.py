"""Marked texts as plain text, HTML pages and subtitles."""

from __future__ import annotations

from html import escape

from samples.marked import Marked, Paragraph
from samples.truth import Page

_TAGS = {"title": "h2", "centre": "h4"}


def as_text(document: Marked, *, encoding: str = "utf-8", newline: str = "\n") -> bytes:
    """One paragraph a line; UnicodeEncodeError if the encoding lacks a letter."""
    return document.joined(newline)[0].encode(encoding)


def as_html(document: Marked, *, title: str, menu: tuple[str, ...] = ()) -> bytes:
    """A saved web page: style, script and a menu around the text, which is in `<article>`."""
    links = "".join(f'<li><a href="#">{escape(entry)}</a></li>' for entry in menu)
    body = "\n".join(_html(paragraph) for paragraph in document.prose())
    return _PAGE.format(
        language=document.language, title=escape(title), links=links, body=body
    ).encode()


def subtitles(document: Marked) -> tuple[bytes, tuple[Page, ...]]:
    """SubRip from lines of `start end text` (seconds), and its cues as timed pages."""
    cues, pages = [], []
    for number, line in enumerate(document.prose(), start=1):
        start, end, _ = line.text.split(" ", 2)
        text = line.text.removeprefix(f"{start} {end} ")
        before = len(line.text) - len(text)
        marks = tuple(mark.moved(-before) for mark in line.marks)
        seconds = (float(start), float(end))
        cues.append(f"{number}\n{_clock(seconds[0])} --> {_clock(seconds[1])}\n{text}\n")
        pages.append(Page(text, marks, seconds=seconds))
    return "\n".join(cues).encode(), tuple(pages)


def _html(paragraph: Paragraph) -> str:
    label, colon, said = paragraph.text.partition(": ")
    if paragraph.style == "turn" and colon:
        return f"<p><b>{escape(label)}:</b> {escape(said)}</p>"
    tag = _TAGS.get(paragraph.style, "p")
    return f"<{tag}>{escape(paragraph.text)}</{tag}>"


def _clock(seconds: float) -> str:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02},{milliseconds:03}"


_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>article p {{ text-indent: 1em; }} .menu {{ display: flex; }}</style>
<script>window.visits = (window.visits || 0) + 1;</script>
</head>
<body>
<ul class="menu">{links}</ul>
<article>
{body}
</article>
</body>
</html>
"""
