"""Log: bytes, lines, rows and matches. Pure: no network, no asyncio, no screen."""
