"""The keys on the laptop, each in its file, and the certificate authority that the servers trust."""

import subprocess
from pathlib import Path

from . import security_key

PASSPHRASE = "Open-sesame-7"
PLAIN = ("ed25519", "ecdsa", "rsa")
LOCKED = {
    "ed25519-locked": "-t ed25519",
    "ecdsa-locked": "-t ecdsa -b 384",
    "ecdsa-pem-locked": "-t ecdsa -m PEM",
    "rsa-locked": "-t rsa -b 2048",
    "rsa-pem-locked": "-t rsa -b 2048 -m PEM",
    "rsa-pkcs8-locked": "-t rsa -b 2048 -m PKCS8",
    "ed25519-gcm-locked": "-t ed25519 -Z aes256-gcm@openssh.com",
}
AUTHORITY, SIGNED, EXPIRED, STRANGER = "user_ca", "signed", "expired", "stranger"
CERTIFICATES = {SIGNED: "-V always:forever", EXPIRED: "-V 20200101:20200102"}


def make(folder: Path) -> None:
    """Make all keys, and sign those that are certified."""
    folder.mkdir(mode=0o700, exist_ok=True)
    plain = {**{kind: f"-t {kind}" for kind in PLAIN}, "rsa": "-t rsa -b 2048"}
    plain |= dict.fromkeys((AUTHORITY, STRANGER, *CERTIFICATES), "-t ed25519")
    wanted = [(name, options, "") for name, options in plain.items()]
    wanted += [(name, options, PASSPHRASE) for name, options in LOCKED.items()]
    _run_all(
        [
            [*f"-q -a 1 {options} -C {name} -f {name}".split(), "-N", secret]
            for name, options, secret in wanted
        ],
        folder,
    )
    signing = f"-q -s {AUTHORITY} -I someone -n certified"
    security_key.make(folder)
    _run_all([f"{signing} {validity} {name}.pub".split() for name, validity in CERTIFICATES.items()], folder)


def authorized(folder: Path) -> str:
    """The lines of authorized_keys that let all keys in but the certified and the stranger's."""
    return "".join((folder / f"{name}.pub").read_text() for name in (*PLAIN, *LOCKED, security_key.NAME))


def make_locked(file: Path, kind: str) -> None:
    """Make a key with a passphrase that no server knows: `ed25519`, or `rsa-pem`, without its public half."""
    options = LOCKED[f"{kind}-locked"].split()
    _run_all([["-q", "-a", "1", *options, "-N", PASSPHRASE, "-f", str(file)]], file.parent)
    file.with_name(f"{file.name}.pub").unlink()


def unlock(file: Path) -> None:
    """Take the passphrase off a key."""
    _run_all([["-q", "-p", "-P", PASSPHRASE, "-N", "", "-f", str(file)]], file.parent)


def certify(folder: Path, public: Path, validity: str) -> None:
    """Have the authority of `folder` sign a public key; the certificate lies beside it."""
    signing = ["-q", "-s", str(folder / AUTHORITY), "-I", "someone", "-n", "certified", *validity.split()]
    _run_all([[*signing, str(public)]], folder)


def _run_all(arguments: list[list[str]], folder: Path) -> None:
    """Run ssh-keygen with each list of arguments, all at a time; RuntimeError when one fails."""
    runs = [
        subprocess.Popen(
            ["ssh-keygen", *argv],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for argv in arguments
    ]
    said = [run.communicate()[1] for run in runs]
    if any(run.returncode for run in runs):
        raise RuntimeError(b"".join(said).decode())
