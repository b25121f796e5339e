"""Plain frozen values of the field: orders, documents, postings, profiles; no input or output here."""
