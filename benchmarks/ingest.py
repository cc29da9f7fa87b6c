"""The whole ingest against its parts done alone: CPU seconds, ratios from one run.

    python -m benchmarks.ingest

The parts are SHA-256 over every file, tesseract on the very page images that the ingest read, and
the text layers and documents read by their libraries with nothing around them. What the ingest does
beyond that (custody, isolation, mentions, index, receipt) may cost 0.3 of it.
"""
