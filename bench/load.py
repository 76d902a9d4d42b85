"""A small closed-loop HTTP client: a few keep-alive connections, bounded in time, to this machine only."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Result:
    """What a round measured. Times are seconds."""

    seconds: float
    times: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.times) / self.seconds

    def percentile(self, q: float) -> float:
        """The q-quantile of the times, in milliseconds."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else float("nan")


def run(
    port: int, request: Callable[[http.client.HTTPConnection], int], *, seconds: float, connections: int = 4
) -> Result:
    """Repeat ``request`` (which returns the status) on each connection until time is up."""
    result = Result(seconds)
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        times: list[float] = []
        failures = 0
        while (start := time.perf_counter()) < end:
            status = request(connection)
            times.append(time.perf_counter() - start)
            failures += status >= 400
        connection.close()
        with lock:
            result.times += times
            result.failures += failures

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return result


def getter(path: str, cookie: str = "") -> Callable[[http.client.HTTPConnection], int]:
    """A GET of one address."""
    headers = {"Cookie": cookie} if cookie else {}

    def get(connection: http.client.HTTPConnection) -> int:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    return get


def median(values: list[float]) -> float:
    """Middle of the rounds."""
    return statistics.median(values)
