"""The digest: why a run ended as it did, each statement with the line it is about."""
