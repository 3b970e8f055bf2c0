"""What breaks, and what happens: faults on the real cluster, with a front end attached and with none.

`table.py` lists the faults, and the README's section is that table: `python -m tests.faults` prints it. Each fault is
played by at least one test, here or in a neighboring folder, which names it with `@fault(...)`; `test_table.py` holds
the three together.

The tests of this folder share one cluster, one job with a server, and two laptops with a tunnel to it: on the one a
front end is attached, on the other none. An outage happens to both at once; the time until the same port answers again
is counted from its end. `JUPYSTRA_FAULTS=full` plays the long outages and holds the figures of the table; without it
outages are short, and the limits leave room for a slow machine.
"""
