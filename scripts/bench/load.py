"""Requests, sent by threads of this process or by one of its own.

    load.py watch PORT HOST     one request after the other; a line when the answer changes
    load.py send PORT HOST      all kinds of requests until SIGTERM; a summary at the end
"""
import json
import signal
import socket
import subprocess
import sys
import threading
import time

# Longer than any answer takes.
PATIENCE = 60
PAUSE = 0.001
SLOW = 5


class Client:
    """One connection at a time, kept where `keep`."""

    def __init__(self, address, host, keep=True):
        self.address = address
        self.host = host
        self.keep = keep
        self.connection = None

    def get(self, path="/"):
        """Status and body. OSError: it was lost."""
        if self.connection is None:
            self.connection = socket.create_connection(self.address, PATIENCE)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            status, body, ends = self.exchange(path)
        except (OSError, ValueError) as error:
            self.close()
            raise OSError(f"{path}: {error}") from error
        if ends or not self.keep:
            self.close()
        return status, body

    def exchange(self, path):
        kept = "keep-alive" if self.keep else "close"
        head = f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nConnection: {kept}\r\n\r\n"
        self.connection.sendall(head.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.receive()
        head, body = answer.split(b"\r\n\r\n", 1)
        lines = head.lower().split(b"\r\n")
        fields = dict(line.split(b": ", 1) for line in lines[1:])
        length = int(fields[b"content-length"])
        while len(body) < length:
            body += self.receive()
        return int(lines[0].split()[1]), body, fields.get(b"connection") == b"close"

    def receive(self):
        received = self.connection.recv(65536)
        if not received:
            raise OSError("the connection was closed before the answer had ended")
        return received

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


def answers(address, host="localhost"):
    """Whether it answers with 200 now."""
    try:
        return Client(address, host, keep=False).get()[0] == 200
    except OSError:
        return False


def await_answer(address, host="localhost", seconds=60):
    """The moment of the first answer, in seconds of `time.monotonic`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answers(address, host):
            return time.monotonic()
        time.sleep(0.003)
    raise TimeoutError(f"{address} does not answer")


def watch(address, host):
    """Says what is answered when it is not the same as before, with the time of the last answer that
    was, and of the first that is not."""
    client = Client(address, host)
    before, last = None, time.monotonic()
    while True:
        try:
            status, body = client.get()
            answer = body.decode(errors="replace").strip() if status == 200 else str(status)
        except OSError:
            answer = "none"
        now = time.monotonic()
        if answer != before:
            print(json.dumps({"answer": answer, "last": last, "first": now}), flush=True)
        before, last = answer, now
        time.sleep(PAUSE)


class Watch:
    """`watch` in a process of its own, so that nothing here delays it."""

    def __init__(self, port, host):
        self.port, self.host = port, host

    def __enter__(self):
        command = [sys.executable, __file__, "watch", str(self.port), self.host]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.changes = [json.loads(self.process.stdout.readline())]
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """All changes of the answer."""
        if self.process.poll() is None:
            self.process.terminate()
            lines = self.process.communicate()[0].splitlines()
            self.changes += [json.loads(line) for line in lines]
        return self.changes

    def changed_from(self, answer):
        """The time of the last `answer`, after which others came for good."""
        changes = self.end()
        was = [one for one, then in zip(changes[1:], changes) if then["answer"] == answer]
        return was[-1]["last"]


def send(address, host):
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    counts = {"kept": 0, "new": 0, "slow": 0}
    lost = []
    counting = threading.Lock()

    def work(kind, path, keep, pause):
        client = Client(address, host, keep)
        while not stop.is_set():
            try:
                status, _ = client.get(path)
                if status != 200:
                    lost.append(f"{kind}: {status}")
            except OSError as error:
                lost.append(f"{kind}: {error}")
            with counting:
                counts[kind] += 1
            time.sleep(pause)

    kinds = [("kept", "/", True, 0.02)] * 3 + [("new", "/", False, 0.02)] * 3
    kinds += [("slow", f"/sleep/{SLOW}", keep, 0) for keep in (True, False)]
    threads = [threading.Thread(target=work, args=kind) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"counts": counts, "lost": lost}), flush=True)


class Load:
    """`send` in a process of its own."""

    def __init__(self, port, host):
        command = [sys.executable, __file__, "send", str(port), host]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def end(self):
        self.process.terminate()
        return json.loads(self.process.communicate()[0])


def main():
    what, port, host = sys.argv[1:]
    {"watch": watch, "send": send}[what](("127.0.0.1", int(port)), host)


if __name__ == "__main__":
    main()
