"""WHEN: the use cases, one readable story per file, each with run(app) -> JobReport."""
