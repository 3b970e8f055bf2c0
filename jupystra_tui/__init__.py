"""A terminal dashboard for Jupyter servers that run as batch jobs on a cluster."""

__version__ = "0.1.0"
