"""Slurm and munge on the nodes."""

import secrets
import shutil
from pathlib import Path

from .nodes import COMPUTE, LAN, LOGIN, Node
from .wait import until

CONFIG = f"""\
ClusterName=hpc
SlurmctldHost={LOGIN}({LAN[LOGIN]})
SlurmUser=slurm
AuthType=auth/munge
MailProg=/bin/true
StateSaveLocation=/var/spool/slurmctld
SlurmdSpoolDir=/var/spool/slurmd
SlurmctldPidFile=/run/slurm/slurmctld.pid
SlurmdPidFile=/run/slurm/slurmd.pid
SlurmctldLogFile=/var/log/slurmctld.log
SlurmdLogFile=/var/log/slurmd.log
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=500
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1
ReturnToService=2
MinJobAge=300
KillWait=2
SlurmdTimeout=30
SlurmdParameters=config_overrides
{"".join(f"NodeName={n} NodeAddr={LAN[n]} CPUs=16 RealMemory=64000 State=UNKNOWN{chr(10)}" for n in COMPUTE)}\
PartitionName=short Nodes=n[1-2] Default=YES DefaultTime=00:30:00 MaxTime=01:00:00 State=UP
PartitionName=tiny Nodes=n2 DefaultTime=00:05:00 MaxTime=00:10:00 State=UP
"""
CONTROLLER_PID = "run/slurm/slurmctld.pid"


def make_key(keys: Path) -> None:
    """Make the key that munge shares among the nodes."""
    (keys / "munge.key").write_bytes(secrets.token_bytes(128))


def write_etc(etc: Path, keys: Path) -> None:
    """Write a node's Slurm configuration and its munge key."""
    (etc / "slurm").mkdir()
    (etc / "slurm/slurm.conf").write_text(CONFIG)
    key = etc / "munge/munge.key"
    shutil.copy(keys / "munge.key", key)
    shutil.chown(key, "munge", "munge")
    key.chmod(0o400)


def start_munge(node: Node) -> None:
    node.run("setpriv", "--reuid", "munge", "--regid", "munge", "--init-groups", "munged")


def start_node(node: Node) -> None:
    node.run("slurmd")


def start_controller(login: Node) -> None:
    login.run("install", "-o", "slurm", "-m", "600", "/dev/null", "/var/log/slurmctld.log")
    login.run("slurmctld")
    until(lambda: " is UP" in login.run("scontrol", "ping", check=False).stdout, "the Slurm controller")


def call_nodes(login: Node) -> None:
    """Have the nodes report to a restarted controller now, which they do after 5 s by themselves."""
    login.run("scontrol", "reconfigure")


def stop_controller(login: Node) -> None:
    pid = (login.root / CONTROLLER_PID).read_text().strip()
    login.run("sh", "-c", f"kill {pid}")
    until(lambda: not (login.root / "proc" / pid).exists(), "the end of the Slurm controller")


def controller_runs(login: Node) -> bool:
    return any(process.name == "slurmctld" for process in login.processes())


def node_states(login: Node) -> dict[str, str]:
    """What sinfo calls each node's state, such as idle, mixed or down*."""
    rows = login.run("sinfo", "-h", "-N", "-o", "%N %T", check=False).stdout.splitlines()
    return dict(row.split() for row in rows)


def wait_for_nodes(login: Node, names: list[str] = COMPUTE) -> None:
    """Wait until these nodes take jobs."""
    usable = {"idle", "mixed", "allocated", "completing"}
    until(lambda: all(node_states(login).get(name) in usable for name in names), f"{names} to take jobs", 20)


def cancel_all(login: Node) -> None:
    """Cancel every job of every user and wait until none is left waiting, running or ending."""

    def job_ids() -> list[str]:
        return login.run(
            "squeue", "-h", "-r", "-o", "%i"
        ).stdout.split()  # by %A tasks of arrays may not be found

    if ids := job_ids():
        login.run("scancel", *ids)
        until(lambda: not job_ids(), "cancelled jobs to end", 20)
