"""A toy CRM with an honest JSON API, and faults on request, so that the bridge has something real to read."""
