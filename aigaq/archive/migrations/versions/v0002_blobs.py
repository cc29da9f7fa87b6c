"""Version 2: verification looks up a blob that nobody seems to know, in a large archive too."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Index what may speak of a blob."""
    op.create_index("events_by_content", "events", ["content"])
    op.create_index("derivatives_by_digest", "derivatives", ["digest"])
