"""The worker process: owns every connection, every remote command and every ssh process."""
