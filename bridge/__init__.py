"""WHAT the bridge knows: words, rules, promises and stores; it imports neither bots nor jobs."""

__version__ = "0.1.0"
