"""The records of `scontrol show`: a list of the lines each is written on."""

from __future__ import annotations

from jupystra_tui.demo.demo_job import DemoJob
from jupystra_tui.demo.inventory import DemoPartition
from jupystra_tui.demo.placement import memory_of
from jupystra_tui.demo.slurm import slurm_names
from jupystra_tui.demo.slurm.controller import Controller
from jupystra_tui.demo.slurm.formats import (
    hosts,
    limit,
    long_time,
    memory,
    rounded_memory,
    task_ids,
    timestamp,
)
from jupystra_tui.demo.slurm.slurm_traces import SlurmTraces


def job(job: DemoJob, controller: Controller) -> list[str]:
    """A job as `scontrol show job` writes it."""
    request = job.request
    now = controller.queue.clock()
    user = f"{controller.user}({controller.uid})"
    submitted = timestamp(job.submitted)
    started = job.started if job.started is not None else job.expected or job.ended
    ends = job.ended if job.ended is not None else job.deadline
    share = controller.inventory.memory_per_cpu
    least = (
        f"MinMemoryCPU={memory(share)}"
        if request.memory is None
        else f"MinMemoryNode={memory(request.memory)}"
    )
    output = SlurmTraces(controller.inventory, controller.user, controller.uid).output(job)
    return [
        f"JobId={job.id}{_array(job)} JobName={request.name}",
        f"UserId={user} GroupId={user} MCS_label=N/A",
        f"Priority=166 Nice=0 Account={request.account} QOS={request.qos}",
        f"JobState={slurm_names.state(job)} Reason={slurm_names.reason(job).replace(' ', '_')} Dependency=(null)",
        f"Requeue={int(request.requeue)} Restarts={job.restarts} BatchFlag=1 Reboot=0"
        f" ExitCode={job.exit_code}:{job.exit_signal}",
        f"RunTime={long_time(job.elapsed(now))} TimeLimit={limit(request.minutes, long_time)} TimeMin=N/A",
        f"SubmitTime={submitted} EligibleTime={timestamp(job.eligible)}",
        f"AccrueTime={submitted}",
        f"StartTime={timestamp(started, 'Unknown')} EndTime={timestamp(ends, 'Unknown')} Deadline=N/A",
        f"SuspendTime=None SecsPreSuspend=0 LastSchedEval={submitted} Scheduler=Main",
        f"Partition={request.partition} AllocNode:Sid={controller.inventory.login}:1",
        "ReqNodeList=(null) ExcNodeList=(null)",
        f"NodeList={job.node}",
        *([f"BatchHost={job.node}"] if job.node else []),
        f"NumNodes=1 NumCPUs={request.cpus} NumTasks=1 CPUs/Task={request.cpus} ReqB:S:C:T=0:0:*:*",
        f"TRES={_job_tres(job, controller)}",
        "Socks/Node=* NtasksPerN:B:S:C=0:0:*:* CoreSpec=*",
        f"MinCPUsNode={request.cpus} {least} MinTmpDiskNode=0",
        f"Features={request.feature or '(null)'} DelayBoot=00:00:00",
        "OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null)",
        f"Command={request.command or '(null)'}",
        f"WorkDir={request.folder}",
        *([f"Comment={request.comment}"] if request.comment else []),
        f"StdErr={output}",
        "StdIn=/dev/null",
        f"StdOut={output}",
        "Power=",
        f"TresPerNode=gres:{request.gres}" if request.gres else "",
    ]


def partition(partition: DemoPartition, controller: Controller) -> list[str]:
    """A partition as `scontrol show partition` writes it."""
    is_default = partition is controller.inventory.partitions[0]
    cpus = sum(node.cpus for node in partition.nodes)
    return [
        f"PartitionName={partition.name}",
        "AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL",
        f"AllocNodes=ALL Default={'YES' if is_default else 'NO'} QoS=N/A",
        f"DefaultTime={limit(partition.usual, long_time)} DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO",
        f"MaxNodes=UNLIMITED MaxTime={limit(partition.longest, long_time)} MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED",
        f"Nodes={hosts(node.name for node in partition.nodes)}",
        "PriorityJobFactor=1 PriorityTier=1 RootOnly=NO ReqResv=NO OverSubscribe=NO",
        "OverTimeLimit=NONE PreemptMode=OFF",
        f"State=UP TotalCPUs={cpus} TotalNodes={len(partition.nodes)} SelectTypeParameters=NONE",
        "JobDefaults=(null)",
        "DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED",
        f"TRES={_partition_tres(partition, cpus)}",
    ]


def _array(job: DemoJob) -> str:
    array = job.array
    if array is None:
        return ""
    return f" ArrayJobId={array.id} ArrayTaskId={task_ids(array)} ArrayTaskThrottle={array.limit}"


def _job_tres(job: DemoJob, controller: Controller) -> str:
    cpus = job.request.cpus
    held = rounded_memory(memory_of(job.request, controller.inventory))
    gpus = f",gres/gpu={job.request.gpus}" if job.request.gpus else ""
    return f"cpu={cpus},mem={held},node=1,billing={cpus}{gpus}"


def _partition_tres(partition: DemoPartition, cpus: int) -> str:
    held = rounded_memory(sum(node.memory for node in partition.nodes))
    gpus = sum(node.gpus for node in partition.nodes)
    return f"cpu={cpus},mem={held},node={len(partition.nodes)},billing={cpus}" + (
        f",gres/gpu={gpus}" if gpus else ""
    )
