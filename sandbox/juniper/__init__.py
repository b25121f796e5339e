"""What does an old terminal ERP do to a robot? Juniper, a toy of release 4.1 reached over ssh, shows it."""
