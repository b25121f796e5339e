"""What is kept: the ledger in its database, evidence and selector files in folders."""
