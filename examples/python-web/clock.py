"""A process beside the web server: says the time until it is told to stop."""

import signal
import threading
from datetime import datetime, timezone

stopped = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: stopped.set())

while not stopped.wait(timeout=10):
    print(datetime.now(timezone.utc).isoformat(timespec="seconds"), flush=True)
print("stopped", flush=True)
