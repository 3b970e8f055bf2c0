"""A real Slurm cluster for the tests, made of namespaces on one Linux machine.

The *laptop* is the machine's own network namespace; it reaches only the login node.

    laptop  10.91.X.1 ─── 10.91.X.10  login  10.92.0.10 ─┬─ 10.92.0.11  n1
                                      sshd, slurmctld    └─ 10.92.0.12  n2
                                                              sshd, slurmd

- Real sshd, munged, slurmctld and slurmd from Debian's packages, no accounting database. The host's own
  services are neither started nor touched, and nothing is installed.
- Partitions: `short` (default, n1 and n2, at most 1 h) and `tiny` (n2, at most 10 minutes). Each node claims
  16 CPUs and 64 GB, which are not real: memory and CPUs are not confined.
- Users exist inside the nodes only: `ada` (bash, and a .bashrc that prints a line) and, where tcsh is
  installed, `tess` (tcsh, and a .cshrc that prints one). Both log in with one key. The login node has a banner
  and a motd.
- JupyterLab is the one of the Python that runs the tests, shown read-only to the nodes at its own path; login
  shells find it (`/etc/profile.d`), other shells do not.
- Each node has its own mount, pid, uts, ipc and net namespaces, its own /etc, /run, /tmp, /var/log and
  /var/spool; /home is shared. All live as long as a pipe held by the tests' process is open: even SIGKILL
  leaves nothing behind.
- Several clusters can be up at a time: X is the first of 1..254 whose link `jstX` is free.

Known limits: one kernel, so a unix socket in the shared home answers from every node, and time and load are common;
no PAM, IPv4 only.
"""
