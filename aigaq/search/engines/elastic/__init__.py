"""Elasticsearch, the served twin of the embedded engine. The only importer of its client.

Nothing but basic features is used (no scripts, language analyzers, update by query): whatever is
Elasticsearch 9 will do, and a role that may touch only the archive's own indices is enough.
"""
