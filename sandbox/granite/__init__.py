"""What does an old desktop ERP do to a robot? Granite, a toy of release 5.1, shows it."""
