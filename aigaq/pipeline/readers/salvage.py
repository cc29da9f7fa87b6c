"""A PDF whose end is missing: its pages are gathered under a new page tree.

The table of contents of a PDF (xref, page tree, catalog) usually stands at its end. When a download
or a copy was cut, the pages before the cut are still there as numbered objects; with a catalog and
a page tree appended, pdfium reads those whose content and fonts came through.
"""

from __future__ import annotations

import re

from aigaq.pipeline.tools.limits import MIB

LARGEST = 256 * MIB

_OBJECT = re.compile(rb"(?<![0-9])(\d{1,9})[ \r\n]+(\d{1,5})[ \r\n]+obj\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_DICTIONARY_ONLY = 20_000
"""A page object is a dictionary of some hundred bytes; more is a stream that looks like one."""


def with_page_tree(content: bytes, most: int) -> tuple[bytes, int]:
    """The file with a page tree over the (at most `most`) pages found, and how many there are.

    Pages keep the order they stand in. 0 pages: nothing to be saved, the content is as it was.
    """
    starts = list(_OBJECT.finditer(content))
    pages: dict[int, bytes] = {}
    highest = 0
    for place, found in enumerate(starts):
        number = int(found[1])
        highest = max(highest, number)
        end = starts[place + 1].start() if place + 1 < len(starts) else len(content)
        body = content[found.end() : min(end, found.end() + _DICTIONARY_ONLY)]
        if b"endobj" in body and _PAGE.search(body) and len(pages) < most:
            pages[number] = b"%d %d R" % (number, int(found[2]))
    if not pages:
        return content, 0
    tree, catalog = highest + 1, highest + 2
    kids = b" ".join(pages.values())
    added = (
        b"\nendstream\nendobj\n"  # closes what the cut left open
        b"%d 0 obj\n<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 595 842]>>\nendobj\n"
        b"%d 0 obj\n<</Type/Catalog/Pages %d 0 R>>\nendobj\n"
        b"trailer\n<</Root %d 0 R/Size %d>>\nstartxref\n0\n%%%%EOF\n"
    ) % (tree, len(pages), kids, catalog, tree, catalog, catalog + 1)
    return content + added, len(pages)
