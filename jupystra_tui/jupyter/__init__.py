"""The Jupyter side: the batch script, the job's folder on the cluster, and the server's own API."""
