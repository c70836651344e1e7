"""The store of a log: its bytes in pages of whole lines, and the tail that grows."""
