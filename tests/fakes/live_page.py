"""A live page for tests: `dyadkit live` as users start it, and what is asked of it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

STARTS_WITHIN_S = 90.0


class LiveServer:
    """`dyadkit live` in a folder; `address` has the token, `base` has not."""

    def __init__(self, folder, *words, env=None):
        self.folder = folder
        self._started = subprocess.Popen(
            [sys.executable, "-m", "dyadkit", "live", *words, "--no-browser", "--json"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "XDG_RUNTIME_DIR": str(folder), **(env or {})},
        )  # fmt: skip
        said = ""
        for line in self._started.stdout:
            said += line
            if line.startswith("}"):
                break
        else:
            raise AssertionError(self._started.stderr.read())
        self.address = json.loads(said)["address"]
        self.base, _, self.token = self.address.partition("?token=")
        self.port = int(self.base.rsplit(":", 1)[1].strip("/"))

    def ask(self, path, body=None, token=None, **headers):
        """Status and text of a request; one with a body is a POST."""
        data = None if body is None else json.dumps(body).encode()
        words = {"Authorization": f"Bearer {self.token if token is None else token}", **headers}
        request = urllib.request.Request(self.base + path, data, words)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def state(self):
        """How everything is, as the page is told."""
        return json.loads(self.ask("api/state")[1])

    def until(self, holds, within_s=60.0):
        """The state once something holds of it; how long that took is said where it does not."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            state = self.state()
            if holds(state):
                return state
            time.sleep(0.05)
        raise AssertionError(f"not within {within_s} s: {state}")

    @property
    def recorder(self):
        """Process number of the recorder behind it."""
        [door] = (self.folder / f"dyadkit-{os.getuid()}").glob("*.json")
        return json.loads(door.read_text())["pid"]

    @property
    def pid(self):
        """Process number of the server."""
        return self._started.pid

    def kill(self):
        """End the server as nothing polite does."""
        self._started.kill()
        self._started.communicate()

    def close(self):
        """End both, a recording that goes on included."""
        with contextlib.suppress(ValueError, OSError):
            os.kill(self.recorder, signal.SIGKILL)
        if self._started.poll() is None:
            self.kill()


@contextlib.contextmanager
def live(folder, *words, env=None):
    """A live page, both of its processes ended in the end."""
    server = LiveServer(folder, *words, env=env)
    try:
        yield server
    finally:
        server.close()


def begin(server):
    """Pair and record the two simulated wearables, by HTTP and as the page does."""
    found = json.loads(server.ask("api/find", {})[1])["wearables"]
    return [one["address"] for one in found]
