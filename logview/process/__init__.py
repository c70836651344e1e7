"""Process: terminal descriptors, signals, daemon threads, the crash report."""
