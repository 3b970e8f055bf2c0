"""Every reason of Slurm 24.11 has the right scope, resource and kind, and a sentence with what to do."""

import pytest

from jupystra_tui.model.reason import SHORT_LIMIT
from jupystra_tui.schedulers.slurm.slurm_limits import Limit, Scope, alone_reason, parse_limit
from jupystra_tui.schedulers.slurm.slurm_reason_table import REASONS, SIGNALS, STATES
from jupystra_tui.schedulers.slurm.slurm_reasons import category_of, reason_of
from tests.schedulers.captures import printed

WORDS = [line for line in printed("reasons-24.11").splitlines() if not line.startswith("#")]
LIMITS = {
    ("QOS", "group", "most at once"): """
        core=QOSGrpCpuLimit job=QOSGrpJobsLimit memory=QOSGrpMemLimit node=QOSGrpNodeLimit energy=QOSGrpEnergy
        submitted_job=QOSGrpSubmitJobsLimit resource=QOSGrpUnknown GPU=QOSGrpGRES license=QOSGrpLicense
        burst_buffer=QOSGrpBB billing=QOSGrpBilling""",
    ("QOS", "group", "minutes"): """
        core=QOSGrpCPUMinutesLimit walltime=QOSGrpWallLimit resource=QOSGrpUnknownMinutes memory=QOSGrpMemoryMinutes
        energy=QOSGrpEnergyMinutes node=QOSGrpNodeMinutes GPU=QOSGrpGRESMinutes license=QOSGrpLicenseMinutes
        burst_buffer=QOSGrpBBMinutes billing=QOSGrpBillingMinutes""",
    ("QOS", "group", "run minutes"): """
        core=QOSGrpCPURunMinutesLimit resource=QOSGrpUnknownRunMinutes memory=QOSGrpMemoryRunMinutes
        energy=QOSGrpEnergyRunMinutes node=QOSGrpNodeRunMinutes GPU=QOSGrpGRESRunMinutes
        license=QOSGrpLicenseRunMinutes burst_buffer=QOSGrpBBRunMinutes billing=QOSGrpBillingRunMinutes""",
    ("QOS", "job", "most at once"): """
        core=QOSMaxCpuPerJobLimit node=QOSMaxNodePerJobLimit walltime=QOSMaxWallDurationPerJobLimit
        resource=QOSMaxUnknownPerJob memory=QOSMaxMemoryPerJob energy=QOSMaxEnergyPerJob GPU=QOSMaxGRESPerJob
        license=QOSMaxLicensePerJob burst_buffer=QOSMaxBBPerJob billing=QOSMaxBillingPerJob""",
    ("QOS", "job", "minutes"): """
        core=QOSMaxCpuMinutesPerJobLimit resource=QOSMaxUnknownMinutesPerJob memory=QOSMaxMemoryMinutesPerJob
        energy=QOSMaxEnergyMinutesPerJob node=QOSMaxNodeMinutesPerJob GPU=QOSMaxGRESMinutesPerJob
        license=QOSMaxLicenseMinutesPerJob billing=QOSMaxBillingMinutesPerJob""",
    ("QOS", "node", "most at once"): """
        core=QOSMaxCpuPerNode resource=QOSMaxUnknownPerNode memory=QOSMaxMemoryPerNode energy=QOSMaxEnergyPerNode
        GPU=QOSMaxGRESPerNode burst_buffer=QOSMaxBBPerNode billing=QOSMaxBillingPerNode""",
    ("QOS", "user", "most at once"): """
        core=QOSMaxCpuPerUserLimit job=QOSMaxJobsPerUserLimit node=QOSMaxNodePerUserLimit GPU=QOSMaxGRESPerUser
        submitted_job=QOSMaxSubmitJobPerUserLimit resource=QOSMaxUnknownPerUser memory=QOSMaxMemoryPerUser
        energy=QOSMaxEnergyPerUser license=QOSMaxLicensePerUser burst_buffer=QOSMaxBBPerUser
        billing=QOSMaxBillingPerUser""",
    ("QOS", "job", "least"): """
        core=QOSMinCpuNotSatisfied resource=QOSMinUnknown memory=QOSMinMemory energy=QOSMinEnergy node=QOSMinNode
        GPU=QOSMinGRES license=QOSMinLicense burst_buffer=QOSMinBB billing=QOSMinBilling""",
    ("QOS", "account", "most at once"): """
        burst_buffer=MaxBBPerAccount core=MaxCpuPerAccount energy=MaxEnergyPerAccount GPU=MaxGRESPerAccount
        node=MaxNodePerAccount license=MaxLicensePerAccount memory=MaxMemoryPerAccount resource=MaxUnknownPerAccount
        job=MaxJobsPerAccount submitted_job=MaxSubmitJobsPerAccount billing=MaxBillingPerAccount""",
    ("QOS", "account", "run minutes"): """
        burst_buffer=MaxBBRunMinsPerAccount billing=MaxBillingRunMinsPerAccount core=MaxCpuRunMinsPerAccount
        energy=MaxEnergyRunMinsPerAccount GPU=MaxGRESRunMinsPerAccount node=MaxNodeRunMinsPerAccount
        license=MaxLicenseRunMinsPerAccount memory=MaxMemoryRunMinsPerAccount resource=MaxUnknownRunMinsPerAccount""",
    ("QOS", "user", "run minutes"): """
        burst_buffer=MaxBBRunMinsPerUser billing=MaxBillingRunMinsPerUser core=MaxCpuRunMinsPerUser
        energy=MaxEnergyRunMinsPerUser GPU=MaxGRESRunMinsPerUser node=MaxNodeRunMinsPerUser
        license=MaxLicenseRunMinsPerUser memory=MaxMemoryRunMinsPerUser resource=MaxUnknownRunMinsPerUser""",
    ("account", "group", "most at once"): """
        core=AssocGrpCpuLimit job=AssocGrpJobsLimit memory=AssocGrpMemLimit node=AssocGrpNodeLimit GPU=AssocGrpGRES
        submitted_job=AssocGrpSubmitJobsLimit resource=AssocGrpUnknown energy=AssocGrpEnergy license=AssocGrpLicense
        burst_buffer=AssocGrpBB billing=AssocGrpBilling""",
    ("account", "group", "minutes"): """
        core=AssocGrpCPUMinutesLimit walltime=AssocGrpWallLimit resource=AssocGrpUnknownMinutes
        memory=AssocGrpMemMinutes node=AssocGrpNodeMinutes energy=AssocGrpEnergyMinutes GPU=AssocGrpGRESMinutes
        license=AssocGrpLicenseMinutes burst_buffer=AssocGrpBBMinutes billing=AssocGrpBillingMinutes""",
    ("account", "group", "run minutes"): """
        core=AssocGrpCPURunMinutesLimit resource=AssocGrpUnknownRunMinutes memory=AssocGrpMemRunMinutes
        node=AssocGrpNodeRunMinutes energy=AssocGrpEnergyRunMinutes GPU=AssocGrpGRESRunMinutes
        license=AssocGrpLicenseRunMinutes burst_buffer=AssocGrpBBRunMinutes billing=AssocGrpBillingRunMinutes""",
    ("account", "user", "most at once"): "job=AssocMaxJobsLimit submitted_job=AssocMaxSubmitJobLimit",
    ("account", "job", "most at once"): """
        core=AssocMaxCpuPerJobLimit node=AssocMaxNodePerJobLimit resource=AssocMaxUnknownPerJob
        memory=AssocMaxMemPerJob energy=AssocMaxEnergyPerJob GPU=AssocMaxGRESPerJob license=AssocMaxLicensePerJob
        burst_buffer=AssocMaxBBPerJob billing=AssocMaxBillingPerJob""",
    ("account", "job", "minutes"): """
        core=AssocMaxCpuMinutesPerJobLimit resource=AssocMaxUnknownMinutesPerJob memory=AssocMaxMemMinutesPerJob
        node=AssocMaxNodeMinutesPerJob energy=AssocMaxEnergyMinutesPerJob GPU=AssocMaxGRESMinutesPerJob
        license=AssocMaxLicenseMinutesPerJob burst_buffer=AssocMaxBBMinutesPerJob
        billing=AssocMaxBillingMinutesPerJob""",
    ("account", "node", "most at once"): """
        resource=AssocMaxUnknownPerNode core=AssocMaxCpuPerNode memory=AssocMaxMemPerNode
        energy=AssocMaxEnergyPerNode GPU=AssocMaxGRESPerNode burst_buffer=AssocMaxBBPerNode
        billing=AssocMaxBillingPerNode""",
}
"""The words of limits by owner, scope and kind, each with its resource; as sacctmgr(1) describes the limits."""
NAMED = {
    "the scheduler is not ready": "None InvaildReason SchedDefer Cleaning FedJobLock",
    "other jobs are first": "Priority",
    "resources are in use": "Resources Licenses MpiPortsBusy BurstBufferResources MaxPoweredUpNodes",
    "starts when other jobs end": "AssociationJobLimit QOSJobLimit JobArrayTaskLimit",
    "granted use is used up": "AssociationTimeLimit QOSTimeLimit QOSUsageThreshold",
    "a limit that is not named": "AssociationResourceLimit QOSResourceLimit AccountingPolicy",
    "another job": "Dependency",
    "a time to come": "BeginTime Reservation",
    "held": "JobHeldUser JobHoldMaxRequeue BurstBufferOperation",
    "held by the site": "JobHeldAdmin",
    "the partition starts no jobs": "PartitionDown PartitionInactive",
    "nodes are away or not ready": "ReqNodeNotAvail FrontEndDown NodeDown Prolog BurstBufferStageIn",
    "never starts as requested": """PartitionNodeLimit PartitionTimeLimit PartitionConfig BadConstraints InvalidAccount
        InvalidQOS QOSNotAllowed AccountNotAllowed DependencyNeverSatisfied MaxMemPerLimit ReservationDeleted
        ReservationInvalid""",
    "it has ended": """SystemFailure JobLaunchFailure NonZeroExitCode RaisedSignal DeadLine OutOfMemory TimeLimit""",
}
CASES = [
    (word, owner, scope, kind, resource.replace("_", " "))
    for (owner, scope, kind), pairs in LIMITS.items()
    for resource, word in (pair.split("=") for pair in pairs.split())
]


def _values(limit: Limit | None) -> tuple[str, ...]:
    assert limit
    return tuple(part.value for part in limit)


def test_the_tables_here_hold_the_whole_list() -> None:
    named = [word for words in NAMED.values() for word in words.split()]
    assert sorted([*named, *(case[0] for case in CASES)]) == sorted(WORDS)
    assert len(WORDS) == 214


@pytest.mark.parametrize(("word", "owner", "scope", "kind", "resource"), CASES)
def test_a_limit_is_parsed_from_its_word(word: str, owner: str, scope: str, kind: str, resource: str) -> None:
    assert _values(parse_limit(word)) == (owner, scope, kind, resource)
    reason = reason_of(word)
    never = scope in ("job", "node")
    assert reason.never_starts is never
    assert ("Kill it and request" in reason.text) is never
    waits = not never and kind != "minutes"
    assert (f"when {'your ' if scope == 'user' else ''}other jobs end" in reason.text) is waits
    assert ("Ask the site" in reason.text) is (not never and kind == "minutes")
    assert ("on one node" in reason.text) is (scope == "node")
    assert f"ts {owner}" in reason.text
    assert resource in reason.text
    assert word in reason.text


@pytest.mark.parametrize(
    ("word", "category"), [(word, category) for category, words in NAMED.items() for word in words.split()]
)
def test_every_other_word_has_its_category(word: str, category: str) -> None:
    found = category_of(word)
    assert found
    assert found.value == category
    assert reason_of(word).never_starts is (category == "never starts as requested")
    assert parse_limit(word) is None


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_known_and_its_texts_fit(word: str) -> None:
    reason = reason_of(word)
    assert reason.known
    assert reason.code == word
    assert len(reason.short) <= SHORT_LIMIT
    assert reason.text.endswith(".")


@pytest.mark.parametrize(
    "word",
    ["QOSMaxPhotonsPerUser", "MaxPoweredUpNodesPerAge", "AssocGrp", "QOSMaxCpu!", "MaxCpu", "NewReason"],
)
def test_a_word_that_the_rules_do_not_cover_is_not_guessed(word: str) -> None:
    assert parse_limit(word) is None
    reason = reason_of(word)
    assert (reason.text, reason.known, reason.never_starts) == (word, False, False)


@pytest.mark.parametrize(
    ("word", "scope", "never"),
    [
        (
            "QOSMaxCpuPerUserLimit",
            Scope.USER,
            "It alone requests more cores than one user of its QOS may use",
        ),
        (
            "MaxCpuRunMinsPerUser",
            Scope.USER,
            "It alone requests more core time than one user of its QOS may use",
        ),
        (
            "MaxGRESPerAccount",
            Scope.ACCOUNT,
            "It alone requests more GPUs (GRES) than one account in its QOS",
        ),
        (
            "AssocGrpMemLimit",
            Scope.GROUP,
            "It alone requests more memory than all jobs of its account together",
        ),
        ("QOSGrpCpuLimit", Scope.USER, ""),
        ("QOSMaxJobsPerUserLimit", Scope.USER, ""),
        ("QOSGrpCPUMinutesLimit", Scope.GROUP, ""),
        ("QOSMaxCpuPerJobLimit", Scope.USER, ""),
        ("Priority", Scope.USER, ""),
    ],
)
def test_a_request_that_alone_exceeds_a_limit_never_starts(word: str, scope: Scope, never: str) -> None:
    reason = alone_reason(word, scope)
    assert (reason is not None) is bool(never)
    if reason:
        assert reason.never_starts
        assert reason.text.startswith(never)
        assert "Kill it and request" in reason.text
        assert len(reason.short) <= SHORT_LIMIT


def test_all_texts_of_the_tables_fit() -> None:
    texts = [
        *SIGNALS.values(),
        *STATES.values(),
        *(one for some in REASONS.values() for one in some.values()),
    ]
    assert [short for short, _ in texts if len(short) > SHORT_LIMIT] == []
    assert [text for _, text in texts if text[-1] not in ".?"] == []
