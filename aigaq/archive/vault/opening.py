"""Which vault an archive has, by its places."""

from __future__ import annotations

from aigaq.archive.layout import Layout
from aigaq.archive.places import Places
from aigaq.archive.vault import Vault
from aigaq.archive.vault.folder import FolderVault
from aigaq.archive.vault.note import BucketNote


def vault_of(places: Places, layout: Layout) -> Vault:
    """The vault that these places name; SettingError when the bytes of this home are elsewhere."""
    note = BucketNote(layout.bucket_note, layout.vault)
    if layout.format_file.exists():
        note.require(places.vault)
    if places.vault is None:
        return FolderVault(layout.vault, layout.tmp)
    # boto3 takes a third of a second to import, so only an archive in a bucket pays for it.
    from aigaq.archive.vault.s3.vault import S3Vault  # noqa: PLC0415

    return S3Vault(places.vault, layout.tmp, note)
