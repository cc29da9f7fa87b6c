"""A vault in a bucket of an S3 store; the only importer of boto3.

`vault.py` is the vault itself, over `store.py`, one bucket with patience. `trial.py` finds out
whether a store may be trusted with evidence before any is put there.
"""
