"""WHAT the bridge knows: words, rules, promises and stores; it imports neither bots nor jobs."""
