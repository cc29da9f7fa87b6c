"""Settings say where an archive is: shared by the command line and the flows, quick to import."""

from __future__ import annotations

from aigaq.archive.places import Places, S3Place
from aigaq.config.settings import Settings
from aigaq.search.place import IndexPlace


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


def index_place_of(settings: Settings) -> IndexPlace:
    """Where the archive's index is."""
    search = settings.search
    return IndexPlace(
        settings.home,
        url=search.url,
        prefix=search.index,
        user=search.user,
        password_file=search.password_file,
        api_key_file=search.api_key_file,
        ca_file=search.ca_file,
    )
