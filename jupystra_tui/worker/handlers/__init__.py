"""What the worker does for each type of request, by subject."""
