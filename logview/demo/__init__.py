"""Demo: a local server that speaks the API of Apify on 127.0.0.1, with scripted runs."""
