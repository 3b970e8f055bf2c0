"""Every way of logging in, against real OpenSSH servers with PAM.

The servers are those of `tests/cluster` (its namespaces, network and Slurm) with other users and one more node:

    laptop ─┬─ login ──── n1, n2        login also listens on port 2222, where LoginGraceTime is 2 s
            └─ bastion ── login

- Each user stands for one way of logging in (`people.py`): what the login node, the compute nodes and the bastion
  want of them, as AuthenticationMethods and as a story that a PAM module of ours tells.
- The module is `pam_story.c`, compiled when the servers start: that needs gcc and libpam0g-dev.
- The module logs how each answer was and never the answer; sshd logs each attempt. `journal.py` reads both, so that
  stories can prove what a server did *not* get.
- Slurm is started only for the stories that go the whole way to a notebook.
"""
