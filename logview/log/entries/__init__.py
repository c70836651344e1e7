"""Log entries: levels, kinds of lines, and the grouping of lines into entries."""
