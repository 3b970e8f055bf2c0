"""What both front ends share: the worker's state as it was last told, free of any user interface."""
