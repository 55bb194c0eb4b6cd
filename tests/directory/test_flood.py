"""Who asks for a flood of names that nobody has delays nobody's login."""
import statistics
import threading
import time

import jobs
import rig
from entries import PASSWORD

ASKERS = 4  # connections, each with so many questions on their way
AHEAD = 16
ROUNDS = 15


def login(ask, domain):
    """What a login asks of the worker; how long it took, in ms."""
    began = time.monotonic()
    # The same questions as a lookup's, marked as PAM's.
    status, _ = ask.ask(jobs.FIND | jobs.LOGIN, jobs.u8(jobs.USER) +
                        jobs.u8(jobs.BY_NAME) + jobs.text("alice"))
    assert status == "OK"
    assert ask.verdict(domain.alice.dn, PASSWORD).status == "OK"
    status, _ = ask.ask(jobs.MEMBERSHIPS | jobs.LOGIN,
                        jobs.text(domain.alice.dn))
    assert status == "OK"
    return (time.monotonic() - began) * 1000


class Flood:
    """Unknown names, always more than there are workers for."""

    def __init__(self, host):
        self.stopping, self.answers, self.lock = threading.Event(), 0, \
            threading.Lock()
        self.worst = 0
        self.threads = [threading.Thread(target=self.ask, args=(host, i))
                        for i in range(ASKERS)]
        for t in self.threads:
            t.start()

    def ask(self, host, number):
        conn, sent, count = jobs.Jobs(host.jobs_path), {}, 0
        while not self.stopping.is_set() or sent:
            while len(sent) < AHEAD and not self.stopping.is_set():
                count += 1
                name = "nobody-%d-%d" % (number, count)
                body = jobs.u8(jobs.USER) + jobs.u8(jobs.BY_NAME)
                sent[conn.send(jobs.FIND, body + jobs.text(name))] = \
                    time.monotonic()
            got, _, status, _ = conn.next()
            assert status == "OK"
            waited = time.monotonic() - sent.pop(got)
            with self.lock:
                self.answers += 1
                self.worst = max(self.worst, waited)
        conn.close()

    def stop(self):
        self.stopping.set()
        for t in self.threads:
            t.join(rig.DEADLINE)
            assert not t.is_alive()


def test_a_flood_of_unknown_names_delays_no_login(start_host, domain, dc1):
    """Every answer of the directory takes 20 ms, as over a long line: so what
    is measured is waiting, and not how busy this machine is."""
    pause = threading.Event()

    def slow(session, q):
        pause.wait(0.02)
    dc1.hook = slow
    host = start_host(dc1.host, timeout=10, lookup=2)
    ask = host.ask()
    login(ask, domain)
    calm = statistics.median(login(ask, domain) for _ in range(ROUNDS))
    flood = Flood(host)
    try:
        rig.wait_until(lambda: flood.answers > AHEAD, "the flood")
        busy = statistics.median(login(ask, domain) for _ in range(ROUNDS))
    finally:
        flood.stop()
    print("a login: %.0f ms; with %d questions before it in the queue, of "
          "which %d were answered and one waited %.0f ms: %.0f ms" % (
              calm, ASKERS * AHEAD, flood.answers, flood.worst * 1000, busy))
    # A lookup waits for all that came before it; a login for none of that.
    assert flood.worst * 1000 > 5 * calm / 3
    assert busy < 3 * calm
