"""`python -m bridge.cli` is `erpbridge`."""

from bridge.cli import main

main()
