"""Aigaq: an evidence archive and document-processing pipeline.

The rooms, from the ground up: `messages` and `config`, then `archive` (the record), `search` and
`pipeline` (from file to fact), and at the top the doors `cli` and, later, `web`. Imports look down
only; `docs/architecture.md` has the drawing.
"""

__version__ = "0.1.0"
