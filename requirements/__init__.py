"""What a machine must have before anything of ours runs: Python's own library is all that may be used here."""
