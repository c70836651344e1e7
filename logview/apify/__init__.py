"""API client: one request, one answer. The only room that imports httpx."""
