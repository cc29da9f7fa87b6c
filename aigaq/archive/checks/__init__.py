"""The checks of a verification, by what they look at: ledger, record, vault."""
