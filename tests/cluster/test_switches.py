"""What can be cut, stopped, killed and hidden, and how it comes back."""

from .site import Site
from .stories import hears, open_session, say, ssh, state, submit
from .wait import until


def test_jupyter_can_be_hidden(site: Site) -> None:
    site.hide_jupyter()
    assert site.run("n1", "bash", "-lc", "command -v jupyter jupyter-lab", check=False).stdout == ""
    site.show_jupyter()
    assert "jupyter-lab" in site.run("n1", "bash", "-lc", "command -v jupyter-lab").stdout


def test_the_link_can_be_cut_and_healed(site: Site) -> None:
    with open_session(site) as session:
        site.cut()
        say(session, b"anybody there?\n")
        assert not hears(session, b"anybody there?\n", 0.7)
        assert "timed out" in ssh(site, "-o", "ConnectTimeout=1", "hpc", "true").stderr
        site.heal()
        assert hears(session, b"anybody there?\n", 10)
    assert ssh(site, "hpc", "true").returncode == 0


def test_sessions_outlive_the_listener_until_they_are_killed(site: Site) -> None:
    with open_session(site) as session:
        site.sshd("login", "stop")
        assert "Connection refused" in ssh(site, "hpc", "true").stderr
        say(session, b"still here\n")
        assert hears(session, b"still here\n", 5)
        site.sshd("login", "start")
        site.kill_sessions("login")
        assert session.wait(10) == 255
    assert ssh(site, "hpc", "true").returncode == 0


def test_the_controller_goes_away_and_comes_back(site: Site) -> None:
    job = submit(site, "sleep 60")
    site.slurmctld("stop")
    assert "DOWN" in site.as_user("scontrol ping", check=False).stdout
    site.slurmctld("start")
    until(lambda: state(site, job) == "RUNNING", "the job to be running as before")


def test_a_failed_node_ends_its_jobs(site: Site) -> None:
    lost = submit(site, "sleep 60", "--nodelist=n1", "--no-requeue")
    again = submit(site, "sleep 60", "--nodelist=n1", "--requeue")
    until(lambda: (state(site, lost), state(site, again)) == ("RUNNING", "RUNNING"), "the jobs to start")
    site.node_fail("n1")
    until(lambda: (state(site, lost), state(site, again)) == ("NODE_FAIL", "PENDING"), "the jobs to be lost")
    site.node_back("n1")
    job = submit(site, "true", "--nodelist=n1")
    until(lambda: state(site, job) == "COMPLETED", "the node to work again")


def test_each_test_finds_the_site_as_new(site: Site) -> None:
    job = submit(site, "sleep 60; true")
    (site.home / ".jupystra").mkdir()
    site.cut()
    site.node_fail("n2")
    site.slurmctld("stop")
    site.hide_jupyter()
    site.sshd("n1", "stop")
    site.restore()
    assert state(site, job) in ("CANCELLED", "")
    assert sorted(path.name for path in site.home.iterdir()) == [".bash_profile", ".bashrc", ".cshrc", ".ssh"]
    assert ssh(site, "hpc", "sinfo -h -o '%P %D %t'").stdout.splitlines()[1:] == [
        "short* 2 idle",
        "tiny 1 idle",
    ]
