"""What ssh asks on its way through a hop, told apart by OpenSSH's own words: a server may imitate any of them."""

import pytest

from jupystra_tui.errors import AuthError
from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.askpass_answers import AskpassAnswers
from jupystra_tui.ssh.environment import environment
from jupystra_tui.ssh.prompt_patterns import host_key_of
from jupystra_tui.ssh.proxy_errors import proxy_error
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

UNKNOWN = """\
The authenticity of host 'bastion (10.92.0.13)' can't be established.
ED25519 key fingerprint is SHA256:7cJ0vhVkOBzVAyXxmJ7jOXC+ZZ5GVLM5cVxzVnJ7y1k.
This key is not known by any other names.
Are you sure you want to continue connecting (yes/no/[fingerprint])? """


@pytest.mark.parametrize(
    "text",
    [
        UNKNOWN,
        UNKNOWN.replace(
            "established.\n", "established\nbut keys of different type are already known for this host.\n"
        ),
        UNKNOWN.replace("is SHA256", "is: SHA256").replace("y1k.", "y1k"),
        UNKNOWN.replace("/[fingerprint]", "").replace("This key is not known by any other names.\n", ""),
        UNKNOWN.replace("bastion (10.92.0.13)", "[bastion]:2222 ([10.92.0.13]:2222)"),
    ],
)
def test_openssh_s_question_about_a_host_key_is_known(text: str) -> None:
    key = host_key_of(text)
    assert key
    assert key.host in ("bastion", "[bastion]:2222")
    assert (key.type, key.fingerprint) == ("ED25519", "SHA256:7cJ0vhVkOBzVAyXxmJ7jOXC+ZZ5GVLM5cVxzVnJ7y1k")


@pytest.mark.parametrize(
    "text",
    [
        f"(ada@bastion) {UNKNOWN}",
        f"{UNKNOWN}Password: ",
        "(ada@bastion) Type your password once more (yes/no to skip): ",
    ],
)
async def test_a_server_that_imitates_it_gets_a_hidden_answer(text: str) -> None:
    asked: list[Prompt] = []

    async def ask(prompt: Prompt) -> Secret:
        asked.append(prompt)
        return Secret("s3cret")

    await AskpassAnswers("ada@bastion", ask, lambda step: None, Vault())(Question("", text))
    assert [(prompt.kind, prompt.echo) for prompt in asked] == [(PromptKind.TEXT, False)]


@pytest.mark.parametrize(
    "texts", [("ada@n1's password: ",) * 4, ("Code: ",) * 4, ("Password: ", "ada@n1's password: ") * 2]
)
async def test_three_wrong_answers_end_the_way(texts: tuple[str, ...]) -> None:
    sent: list[str] = []

    async def ask(prompt: Prompt) -> Secret:
        sent.append(prompt.text)
        return Secret("wrong")

    answers = AskpassAnswers("ada@n1", ask, lambda step: None, Vault())
    for text in texts[:3]:
        await answers(Question("", text))
    with pytest.raises(AuthError, match="not accepted 3 times"):
        await answers(Question("", texts[3]))
    assert len(sent) == 3


def test_a_chain_s_last_words_do_not_hide_which_key_has_changed() -> None:
    words = """\
The fingerprint for the ED25519 key sent by the remote host is
SHA256:7cJ0vhVkOBzVAyXxmJ7jOXC+ZZ5GVLM5cVxzVnJ7y1k.
Offending ED25519 key in /nowhere/it's/known_hosts:3
Host key for bastion has changed and you have requested strict checking.
Host key verification failed.
kex_exchange_identification: Connection closed by remote host
Connection closed by UNKNOWN port 65535"""
    error = proxy_error(words, 255, answered=False)
    assert error.title == "The host key of bastion has changed: this may not be the real bastion"
    assert error.hint.endswith("""run: ssh-keygen -R bastion -f '/nowhere/it'"'"'s/known_hosts'""")
    assert "SHA256:7cJ0" in error.detail


def test_programs_find_tickets_and_proxies_but_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", "FILE:/tmp/krb5cc_1000")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    found = environment("")
    assert (found["KRB5CCNAME"], found["HTTPS_PROXY"]) == ("FILE:/tmp/krb5cc_1000", "http://proxy:3128")
    assert "s3cret" not in found.values()
