"""Who asks during a login by OpenSSH: the login node, a jump host before it, or a program of the laptop."""

import pytest

from jupystra_tui.model import Prompt
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.callbacks import LAPTOP
from jupystra_tui.ssh.openssh_answers import MasterAnswers
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

JUMP = "jump host of hpc"


@pytest.mark.parametrize("proxy", ["", "ssh -W x gate"])
@pytest.mark.parametrize(
    ("question", "asker", "behind_a_proxy"),
    [
        ("(ada@login.example) Password: ", "ada@hpc", "ada@hpc"),
        ("ada@login.example's password: ", "ada@hpc", "ada@hpc"),
        ("(ada@gate) Password: ", "ada@gate", "ada@gate"),
        ("(ada@gate) ada@login.example's password: ", "ada@gate", "ada@gate"),
        ("(ada@gate) (ada@login.example) Password: ", "ada@gate", "ada@gate"),
        ("Password: ", "ada@hpc", JUMP),
        ("Proxy password for ada: ", "ada@hpc", JUMP),
        ("Enter PIN for ED25519-SK key /home/ada/.ssh/id_sk: ", LAPTOP, LAPTOP),
        ("Enter PIN for 'ada (PIV card)': ", LAPTOP, LAPTOP),
        ("(ada@login.example) Enter PIN for 'card': ", "ada@hpc", "ada@hpc"),
    ],
)
async def test_the_password_of_the_login_node_is_only_for_it(
    question: str, asker: str, behind_a_proxy: str, proxy: str
) -> None:
    prompts: list[Prompt] = []

    async def ask(prompt: Prompt) -> Secret:
        prompts.append(prompt)
        return Secret("typed")

    vault = Vault()
    vault.given = Secret("of the login node")
    endpoint = Endpoint("hpc", "login.example", 22, "ada", "login.example", proxy=proxy)
    answer = await MasterAnswers(endpoint, ask, lambda step: None, vault, set())(Question("", question))
    expected = behind_a_proxy if proxy else asker
    if prompts:
        assert prompts[0].asker == expected
    else:
        assert (answer.reveal(), expected) == ("of the login node", "ada@hpc")
