"""The prompts of a forced change of the password are told from those for the present one."""

import pytest

from jupystra_tui.ssh.prompt_patterns import is_new_password, is_password

NEW = [
    "New password:",
    "New password: ",
    "Retype new password: ",
    "Enter new UNIX password:",
    "Retype new UNIX password:",
    "Re-enter new password:",
    "Reenter new Password: ",
    "New LDAP password:",
    "(ada@hpc) New password: ",
    "Your password has expired.\nEnter new password: ",
    "New password again:",
    "Confirm new password",
]
OTHER = [
    "Password:",
    "Password: ",
    "(ada@hpc) Password: ",
    "ada@hpc's password: ",
    "Current password:",
    "(current) UNIX password:",
    "Old password:",
    "Verification code:",
    "What is new? Tell the password of the day and why:",
    "",
]


@pytest.mark.parametrize("text", NEW)
def test_a_new_password_is_one(text: str) -> None:
    assert is_new_password(text)
    assert not is_password(text)


@pytest.mark.parametrize("text", OTHER)
def test_another_question_is_none(text: str) -> None:
    assert not is_new_password(text)
