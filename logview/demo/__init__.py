"""Demo: a local server that speaks the API of Apify, with scripted runs."""
