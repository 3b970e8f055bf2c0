"""A submission finds the variables that a user's start-up files set in a login shell only."""

import shutil

import pytest

from jupystra_tui.apps.login_variables import take_script
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from tests.apps.conftest import LoginNode

VALUE = 'it\'s a $HOME "value" with `ticks`\nand lines \\'
FILES = {
    "bash": (".bash_profile", 'echo noise\nexport SBATCH_ACCOUNT="$VALUE" SLURM_CLUSTERS=other OTHER=x'),
    "zsh": (".zprofile", 'echo noise\nexport SBATCH_ACCOUNT="$VALUE" SLURM_CLUSTERS=other OTHER=x'),
    "fish": (
        ".config/fish/config.fish",
        "if status is-login\necho noise\nset -gx SBATCH_ACCOUNT $VALUE\nset -gx SLURM_CLUSTERS other\nend",
    ),
}
SHOW = 'printf "<%s><%s><%s>" "$SBATCH_ACCOUNT" "${SLURM_CLUSTERS-}" "${OTHER-}"'


def told(node: LoginNode, before: str = "") -> str:
    taken = take_script(SLURM.submit_variables, SLURM.unset, "mark")
    out, _ = node.run(f"{before}\n(\n{taken}\n{SHOW}\n)")
    return out.decode()


@pytest.mark.parametrize("shell", FILES)
def test_of_each_kind_of_login_shell(login: LoginNode, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    name, text = FILES[shell]
    (login.home / name).parent.mkdir(parents=True, exist_ok=True)
    (login.home / name).write_text(text)
    login.environment |= {"SHELL": shutil.which(shell) or shell, "VALUE": VALUE}
    assert told(login) == f"<{VALUE}><><>"


@pytest.mark.parametrize("line", ["exec zsh", "exit", "return", "echo 'unbalanced"])
def test_start_up_files_that_end_the_shell_leave_what_is_there(login: LoginNode, line: str) -> None:
    (login.home / ".bash_profile").write_text(f"{line}\nexport SBATCH_ACCOUNT=wrong\n")
    assert told(login, "SBATCH_ACCOUNT=mine; export SBATCH_ACCOUNT") == "<mine><><>"
