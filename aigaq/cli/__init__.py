"""The command line: `main.py` is the door and the only place that catches errors."""
