"""Log store: bytes in pages of whole lines, and the unfinished tail."""
