"""Bad days of the controllers: what a host notices of them."""
import statistics
import time

import jobs
import rig
from questions import answered, login, used

DAYS = ("killed", "hung", "dropped")


def milliseconds(values):
    return "%.0f | %.0f | %s" % (
        statistics.median(values), max(values),
        " ".join("%.0f" % v for v in values))


def both_serve(host, dcs):
    rig.wait_until(lambda: host.refresh() == "OK", "a refresh", 60)
    rig.wait_until(lambda: used(host, dcs, dcs[0]), "dc1 to be used", 90)


def missed_by_the_worker(host):
    """It says at once that nobody answers: it has found out about both."""
    begun = time.monotonic()
    worker = jobs.Jobs(host.jobs_path)
    status = worker.find("nobody").status
    worker.close()
    return status == "OFFLINE" and time.monotonic() - begun < 0.2


def one_goes(host, dcs, day, times=3):
    measured = []
    for _ in range(times):
        both_serve(host, dcs)
        dcs[0].bad_day(day)
        measured.append(answered(host))
        dcs[0].good_day(day)
    return measured


def one_returns(host, dcs, day, times, noticed=True):
    """By turns: one round dc1 comes back first, one round dc2. noticed: the
    worker has missed both before that."""
    measured = []
    for i in range(times):
        both_serve(host, dcs)
        for dc in dcs:
            dc.bad_day(day)
        if noticed:
            rig.wait_until(lambda: missed_by_the_worker(host), "the worker "
                           "to miss both", 60)
        answered(host, "offline")
        first, second = dcs if i % 2 == 0 else dcs[::-1]
        first.good_day(day)
        measured.append(answered(host))
        second.good_day(day)
    return measured


def show(host, dcs, args):
    print("From a controller's day to the first answer, ms\n")
    print("| | median | most | each |\n|---|---|---|---|")
    for day in DAYS:
        print("| dc1 %s, dc2 answers | %s |" % (day, milliseconds(
            one_goes(host, dcs, day))), flush=True)
    for day in DAYS:
        print("| both %s, one returned | %s |" % (day, milliseconds(
            one_returns(host, dcs, day, args.returns))), flush=True)
    print("| both hung, one returned within a second | %s |" % milliseconds(
        one_returns(host, dcs, "hung", args.returns, noticed=False)))
    both_serve(host, dcs)
    print(flush=True)


def logins_in_a_row(users):
    done = [login(*user) for user in users]
    assert all(status == "OK" for status, _, _ in done), done
    return "%s | %s" % (" ".join("%.0f" % ms for _, _, ms in done),
                        " ".join("yes" if ticket == 0 else "no"
                                 for _, ticket, _ in done))


def show_logins(host, dcs, logins):
    """Of a password at the front's socket, as pam_lightwave does it."""
    users = list(logins.items())
    print("Logins one after the other, ms each\n")
    print("| | ms | ticket |\n|---|---|---|")
    print("| both KDCs serve | %s |" % logins_in_a_row(users[:4]))
    for day in ("hung", "killed"):
        dc = dcs[0]
        dc.kdc_bad_day(day)
        print("| dc1's KDC is %s | %s |" % (
            day, logins_in_a_row(users[4:10])), flush=True)
        dc.kdc_good_day(day)
    for dc in dcs:
        dc.kdc_bad_day("hung")
    print("| both are hung | %s |" % logins_in_a_row(users[10:16]), flush=True)
    for dc in dcs:
        dc.kdc_good_day("hung")
    print()
