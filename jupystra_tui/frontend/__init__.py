"""What both front ends share: the worker's state as last reported, free of any user interface."""
