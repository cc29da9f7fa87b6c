"""A seeded batch of evidence files about invented people, with the truth about them beside it."""
