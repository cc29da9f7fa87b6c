"""The Prefect flows: ingest, reindex, verify. The only importers of prefect.

A flow is the same procedure as the local runner, seen by a server: tasks are thin, pass ids and
never bytes, and are never cached, because the record decides what is left to do.
"""

import os

# Before prefect is imported: nothing is reported to its makers, and its log stays in its own pages
# (the console belongs to the progress bar and the receipt, which tells every problem once).
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "ERROR")
