"""The record: vault (bytes), catalog (rows) and ledger (events).

Knows no Prefect, no search engine, no OCR. An auditor can verify with this package, the files and
the database alone.
"""
