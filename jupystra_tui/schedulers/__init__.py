"""What to ask a scheduler, and how to read its answer; pure, no I/O."""
