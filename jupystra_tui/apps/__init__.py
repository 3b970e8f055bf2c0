"""Web apps that a job can serve: one TOML file each, the batch script, and the discovery of running servers."""
