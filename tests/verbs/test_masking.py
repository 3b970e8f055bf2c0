"""What the file for a bug report keeps to itself."""

import pytest

from jupystra_tui.verbs.masking import Mask


def masked(text: str) -> str:
    mask = Mask()
    mask.add_names("user", ["ada", "li"])
    mask.add_names("host", ["login.your-site.org", "p1"])
    mask.add_names("job", ["jupyter-lab"])
    return mask(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ada logs in", "user1 logs in"),
        ("Ada and ADA", "user1 and user1"),
        ("li waits, alice too", "user2 waits, alice too"),
        ("to login.your-site.org, port 22", "to host1, port 22"),
        ("grace@elsewhere.edu asks", "user3@host3 asks"),
        ("job jupyter-lab ran on p1", "job jupyter-lab ran on host2"),
        ("/home/ada/atlas/run.sh failed", "folder1/run.sh failed"),
        ("/usr/bin/ssh is there", "/usr/bin/ssh is there"),
        ("http://127.0.0.1:8888/?token=c0ffee", "http://127.0.0.1:8888/?token=token1"),
        ("8f14e45fceea167a5a36dedd4bea2543 was sent", "token1 was sent"),
        ("SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8 is shown", "key1 is shown"),
        ("10.92.0.13 and fe80::1 answer", "ip1 and ip2 answer"),
        (
            "jupystra_tui.worker.session: paramiko.transport",
            "jupystra_tui.worker.session: paramiko.transport",
        ),
        ("worker.log has it", "worker.log has it"),
    ],
)
def test_names_and_secrets_become_other_words(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_name_is_the_same_word_each_time() -> None:
    mask = Mask()
    first, second = mask("bob@hpc.edu knocks"), mask("hpc.edu lets bob@hpc.edu in")
    assert first == "user1@host1 knocks"
    assert second == "host1 lets user1@host1 in"
