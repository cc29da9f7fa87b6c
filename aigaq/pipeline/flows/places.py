"""Settings say where an archive is: shared by the command line and the flows, quick to import."""

from __future__ import annotations

from aigaq.archive.places import Places, S3Place
from aigaq.config.settings import Settings


def places_of(settings: Settings) -> Places:
    """Where the archive's record and bytes are."""
    vault = settings.vault
    bucket = S3Place(
        bucket=vault.bucket,
        prefix=vault.prefix,
        endpoint=vault.endpoint,
        region=vault.region,
        ca_file=vault.ca_file,
        retention_days=vault.retention_days,
    )
    return Places(settings.home, settings.record, bucket if vault.bucket else None)
