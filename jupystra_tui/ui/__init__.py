"""The dashboard: screens on what the worker tells. Nothing here talks to a cluster."""
