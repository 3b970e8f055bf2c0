"""What to ask a scheduler, and how to parse its answers; see `registry`. No I/O."""
