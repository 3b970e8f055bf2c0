"""The dashboard: screens that show the worker's state. Nothing here connects to a cluster."""
