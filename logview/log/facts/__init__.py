"""Facts of a log's own lines: failed requests, a crawler's numbers, the steps of a build."""
