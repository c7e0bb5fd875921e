"""Makes `.venv` from the locked requirements; does nothing if it is up to date.

    python3 dev/tools/bootstrap.py embedded    what `make run` needs
    python3 dev/tools/bootstrap.py dev         that and the tools: what `make test` needs

Needs only Python: imports nothing but the standard library, and the top of the file is kept
readable for old versions of Python, so that it can report what is wrong.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MINIMUM = (3, 11)
if sys.version_info < MINIMUM:
    sys.exit(
        "Kontor needs Python {}.{} or newer, and {} is {}.{}. Install a newer one; if it is there "
        "under another name, say so: make PYTHON=/path/to/python3 run".format(
            *MINIMUM, sys.executable, *sys.version_info[:2]
        )
    )

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".kontor-requirements"
# Each set includes those before it.
SETS = ("embedded", "dev")
NETWORK_WORDS = re.compile(
    "dns error|name resolution|NewConnectionError|Failed to establish|Connection refused|"
    "Network is unreachable|No route to host|timed out|ProxyError|error sending request|"
    r"tunnel|SSLError|CERTIFICATE|\(from versions: none\)",
    re.IGNORECASE,
)


class BootstrapError(Exception):
    """Why there is no environment, for the person who asked for one."""


def main(arguments: list[str]) -> int:
    wanted = arguments[0] if arguments else "dev"
    if wanted not in SETS:
        print(f"usage: bootstrap.py [{'|'.join(SETS)}]", file=sys.stderr)
        return 2
    try:
        make_ready(wanted)
    except BootstrapError as error:
        print(f"\nError: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def make_ready(wanted: str) -> None:
    """Install the wanted set at the locked versions into `.venv`, unless it is there."""
    installed, stamp = read_stamp()
    if SETS.index(installed or SETS[0]) > SETS.index(wanted):
        wanted = installed
    if stamp == stamp_of(wanted) and PYTHON.exists():
        return
    if not usable():
        make_venv()
    STAMP.unlink(missing_ok=True)
    print(f"Installing the locked packages ({wanted}) into .venv ...", flush=True)
    install(ROOT / "requirements" / f"{wanted}.txt")
    STAMP.write_text(stamp_of(wanted))


def read_stamp() -> tuple[str, str]:
    try:
        stamp = STAMP.read_text()
    except OSError:
        return "", ""
    installed = stamp.split("\n")[0]
    return (installed, stamp) if installed in SETS else ("", "")


def stamp_of(name: str) -> str:
    """Return a stamp of the lock and the folder, since an environment can't be moved."""
    lock = (ROOT / "requirements" / f"{name}.txt").read_bytes()
    return f"{name}\n{hashlib.sha256(lock).hexdigest()}\n{VENV}\n"


def usable() -> bool:
    """Return whether `.venv` belongs to this folder and its Python starts and is new enough."""
    if not PYTHON.exists():
        return False
    script = f"import sys; sys.exit(sys.version_info < {MINIMUM} or sys.prefix != {str(VENV)!r})"
    return subprocess.run([PYTHON, "-I", "-c", script], check=False).returncode == 0


def make_venv() -> None:
    print(f"Making .venv with Python {sys.version.split()[0]} ...", flush=True)
    if VENV.exists():
        shutil.rmtree(VENV)
    python, uv = sys.executable, find_uv()
    ways = [[python, "-m", "venv", str(VENV)]]
    if uv:
        ways.insert(0, [uv, "venv", "--quiet", "--python", python, str(VENV)])
    ways.append([python, "-m", "virtualenv", "--quiet", "--python", python, str(VENV)])
    virtualenv = shutil.which("virtualenv")
    if virtualenv:
        ways.append([virtualenv, "--quiet", "--python", python, str(VENV)])
    if attempt(ways):
        return
    if is_debian_root():
        print("python3-venv is missing: installing Debian's package ...", flush=True)
        if apt_install(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv") and attempt(
            ways[:1]
        ):
            return
    raise BootstrapError(
        "this Python cannot make a virtual environment: its `venv` is not complete, and neither "
        "`uv` nor `virtualenv` is there. On Debian and Ubuntu: sudo apt-get install python3-venv. "
        "Elsewhere: python3 -m pip install --user virtualenv. Then run the same command again."
    )


def attempt(ways: list[list[str]]) -> bool:
    for command in ways:
        done = subprocess.run(command, check=False, capture_output=True)
        if done.returncode == 0 and usable():
            return True
        shutil.rmtree(VENV, ignore_errors=True)
    return False


def install(lock: Path) -> None:
    uv = find_uv() or uv_from_lock()
    if uv:
        command = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON)]
    else:
        pip = [str(PYTHON), "-m", "pip"]
        if subprocess.run([*pip, "--version"], check=False, capture_output=True).returncode != 0:
            # uv made the environment, but is not installed any more.
            subprocess.run([PYTHON, "-m", "ensurepip"], check=False, capture_output=True)
        command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        command.append("--requirement")
    status, said = run_shown([*command, str(lock)])
    if status == 0:
        return
    if NETWORK_WORDS.search(said):
        raise BootstrapError(
            "the packages could not be fetched: the package index was not reached. Is there a "
            "network, and is a proxy needed (HTTPS_PROXY) or an index of your own (PIP_INDEX_URL, "
            "UV_INDEX_URL)? Nothing is lost; run the same command again."
        )
    raise BootstrapError(f"the packages of {lock.name} could not be installed; see above.")


def run_shown(command: list[str]) -> tuple[int, str]:
    """Run a command with its output shown; return the status and the output."""
    said: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            said.append(line)
    return process.returncode, "".join(said)


def find_uv() -> str | None:
    for place in (shutil.which("uv"), str(VENV / "bin" / "uv")):
        if place and Path(place).exists():
            done = subprocess.run([place, "--version"], check=False, capture_output=True)
            if done.returncode == 0:
                return place
    return None


def uv_from_lock() -> str | None:
    """Install uv at the locked version and hashes, since it is much faster than pip.

    Return None if that fails; pip is then used.
    """
    lock = (ROOT / "requirements" / "dev.txt").read_text()
    found = re.search(r"^uv==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    if found is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.txt"
        only_uv.write_text(found.group())
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r"]
        subprocess.run([*command, str(only_uv)], check=False, capture_output=True)
    return find_uv()


def is_debian_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            command,
            env=env,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
