"""Log time: counts over time for the timeline."""
