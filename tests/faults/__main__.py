"""`python -m tests.faults` prints the README's table of faults."""

from .table import markdown

print(markdown())
