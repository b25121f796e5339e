"""What does an old web ERP do to a robot? Harbour, a toy of release 7.2, shows it."""
