"""Text: sanitize outside text, read time stamps, measure cells. Imports nothing of logview."""
