"""SSH: logging in with paramiko, running commands, and OpenSSH tunnels that ride on the same connection."""
