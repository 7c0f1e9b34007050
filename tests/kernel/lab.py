"""A private network with a server and stock kernels as its clients.

The lab is a set of namespaces (network, mounts, processes) that dies with its first process: a
bridge, the server's address 10.77.0.1, and guests at 10.77.0.11 and up, each behind a tap device,
so that the server sees real addresses and privileged ports.  Needs root.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from tests.kernel.image import Image, make_disk

__all__ = ["PROJECT", "SERVER", "WORK", "Finished", "Guest", "Lab"]

PROJECT = Path(__file__).resolve().parents[2]
WORK = PROJECT / "tests/kernel/work"
"""Programs for guests, which have the project at the place where the host has it."""
SERVER = "10.77.0.1"
_NETWORK = "10.77.0"
_SETUP = f"""
set -e
mount -t tmpfs lab /run
mkdir -p /run/lock /run/rpcbind
ip link set lo up
ip link add br0 type bridge
ip addr add {SERVER}/24 dev br0
ip link set br0 up
echo ready
exec sleep infinity
"""


class Finished:
    """A command's exit status and output (both streams, as they came)."""

    def __init__(self, command: str, status: int, output: str) -> None:
        self.command = command
        self.status = status
        self.output = output

    def check(self) -> str:
        """Return the output; fail the test with it if the command failed."""
        if self.status:
            raise AssertionError(f"exit status {self.status} of:\n{self.command}\n{self.output}")
        return self.output


class Lab:
    """The namespaces; use as a context manager.

    :param directory: an empty directory for logs and for what guests and test exchange.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._holder: subprocess.Popen[str] | None = None
        self._init = 0
        self._started: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Lab:
        unshare = "unshare -n -m -p -f --kill-child --mount-proc --propagation private sh -c"
        self._holder = subprocess.Popen(
            [*unshare.split(), _SETUP], stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "ready\n":
            raise RuntimeError("the lab's namespaces could not be made")
        pid = self._holder.pid
        self._init = int(Path(f"/proc/{pid}/task/{pid}/children").read_text())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._holder is not None
        assert self._holder.stdout is not None
        self._holder.kill()
        self._holder.wait(30)
        for process in self._started:
            process.wait(30)
        self._holder.stdout.close()

    def inside(self, *command: str) -> list[str]:
        """Return the command line that runs ``command`` in the lab."""
        return [
            "nsenter",
            "-t",
            str(self._init),
            "-n",
            "-m",
            "-p",
            "--wd=" + os.getcwd(),
            *command,
        ]

    def run(self, *command: str, timeout_s: float = 60) -> Finished:
        """Run a command in the lab, on the server's side."""
        done = subprocess.run(
            self.inside(*command),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
        return Finished(
            shlex.join(command), done.returncode, done.stdout.decode(errors="backslashreplace")
        )

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> Service:
        """Start a long-running command in the lab; its output goes to ``NAME.log``."""
        service = Service(self, name, command, dict(environment or {}))
        self.watch(service.process)
        return service

    def guest(self, number: int, image: Image, memory_mib: int = 768) -> Guest:
        """Begin to boot guest ``number`` (1 to 9); wait for it with :meth:`Guest.wait_up`."""
        return Guest(self, number, image, memory_mib)

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Await the end of a process when the lab ends."""
        self._started.append(process)


class Service:
    """One long-running command in the lab."""

    def __init__(
        self, lab: Lab, name: str, command: Sequence[str], environment: dict[str, str]
    ) -> None:
        self.log = lab.directory / f"{name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                lab.inside(*command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the command itself, not to the ``nsenter`` around it."""
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), number)

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout_s: float = 30) -> int:
        """Signal the command and wait for its end; return its exit status."""
        self.send_signal(number)
        return self.process.wait(timeout_s)


class Guest:
    """One stock kernel under QEMU's software emulation, with a disk that survives its reboots.

    :ivar boots: how often it was booted.
    """

    process: subprocess.Popen[bytes]

    def __init__(self, lab: Lab, number: int, image: Image, memory_mib: int) -> None:
        self.number = number
        self.address = f"{_NETWORK}.{10 + number}"
        self.directory = lab.directory / f"guest{number}"
        self.directory.mkdir()
        self.console = lab.directory / f"console{number}.log"
        self._lab = lab
        self._image = image
        self._memory_mib = memory_mib
        self._disk = lab.directory / f"disk{number}"
        self._next = 1
        self.boots = 0
        make_disk(self._disk)
        self.boot()

    def boot(self) -> None:
        """Begin to boot, at first or after :meth:`cut_power`."""
        self.boots += 1
        (self.directory / "up").unlink(missing_ok=True)
        words = {
            "SHARE": self._lab.directory,
            "NUMBER": self.number,
            "ADDRESS": self.address,
            "MODULES": self._image.modules,
            "PROJECT": PROJECT,
            "NEXT": self._next,
        }
        with self.console.open("ab") as console:
            self.process = subprocess.Popen(
                self._lab.inside("sh", "-c", _tap_and_run(self.number), "sh")
                + _qemu(self.number, self._image, self._memory_mib, self._disk, words),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        self._lab.watch(self.process)

    def cut_power(self) -> None:
        """Take the guest's power away; its disk keeps what was written to it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def wait_up(self, timeout_s: float = 180) -> None:
        """Wait until the guest takes commands."""
        self.wait_for((self.directory / "up").exists, timeout_s, "boot")

    def start(self, script: str) -> Callable[[float], Finished]:
        """Begin a bash script; call what is returned with a time limit in seconds to await it."""
        number, self._next = self._next, self._next + 1
        fresh = self.directory / f"{number}.tmp"
        fresh.write_text(script + "\n")
        fresh.rename(self.directory / f"{number}.cmd")
        status = self.directory / f"{number}.status"
        output = self.directory / f"{number}.out"

        def finish(timeout_s: float) -> Finished:
            try:
                self.wait_for(status.exists, timeout_s, script)
            except TimeoutError as error:
                raise TimeoutError(f"{error}\n{output.read_text(errors='replace')}") from None
            text = output.read_bytes().decode(errors="backslashreplace")
            return Finished(script, int(status.read_text()), text)

        return finish

    def run(self, script: str, timeout_s: float = 120) -> str:
        """Run a bash script to its end and return its output; its failure fails the test."""
        return self.start(script)(timeout_s).check()

    def wait_for(self, ready: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Wait until something is so; fail the test if it takes too long, or the guest dies."""
        deadline = time.monotonic() + timeout_s  # noqa: TID251 - a test's own patience
        while not ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"guest {self.number} died:\n{self._last_words()}")
            if time.monotonic() > deadline:  # noqa: TID251
                raise TimeoutError(
                    f"guest {self.number}: not within {timeout_s} s: {what}\n{self._last_words()}"
                )
            time.sleep(0.02)

    def _last_words(self) -> str:
        return self.console.read_text(errors="replace")[-3000:]


def _tap_and_run(number: int) -> str:
    return (
        f"ip link del tap{number} 2>/dev/null; "
        f"ip tuntap add dev tap{number} mode tap && ip link set tap{number} master br0 up && "
        'exec "$@"'
    )


def _qemu(
    number: int, image: Image, memory_mib: int, disk: Path, words: Mapping[str, object]
) -> list[str]:
    append = (
        "console=ttyS0 quiet panic=-1 mitigations=off nokaslr tsc=reliable no_timer_check "
        "random.trust_cpu=on audit=0 selinux=0 apparmor=0 "
    ) + " ".join(f"{key}={value}" for key, value in words.items())
    command = shlex.split(
        "qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none -M q35 -cpu max "
        f"-accel tcg,thread=multi -m {memory_mib} -smp 1 -serial stdio"
    )
    command += ["-kernel", str(image.kernel), "-initrd", str(image.initrd), "-append", append]
    for tag, path, read_only in (("host", "/", "on"), ("share", str(words["SHARE"]), "off")):
        options = f"local,id={tag},path={path},security_model=none,readonly={read_only}"
        command += ["-fsdev", f"{options},multidevs=remap"]
        command += ["-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]
    command += ["-drive", f"file={disk},if=virtio,format=raw"]
    command += ["-netdev", f"tap,id=n,ifname=tap{number},script=no,downscript=no"]
    command += ["-device", f"virtio-net-pci,netdev=n,romfile=,mac=02:00:00:77:00:{number:02x}"]
    return command
