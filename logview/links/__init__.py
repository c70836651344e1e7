"""Links: Console addresses, the browser, shell quoting."""
