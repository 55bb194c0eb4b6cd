"""Lookups by programs of this host: of one user, of who is in many groups, of
a large group, of everybody."""
import statistics

from questions import FULL, each, fresh_front, timed

WIDE = [("user in 1,000 nested groups: `id -G`", ("id", "-G", FULL % "nested")),
        ("the same with the groups' names: `id`", ("id", FULL % "nested")),
        ("group of 5,000: `getent group`",
         ("getent", "group", FULL % "large"))]


def row(what, ms, cost=None, note=""):
    """cost: (searches, bytes, seconds of slapd's CPU) of one."""
    figures = "%.4g | %.0f | %.2f" % (
        cost[0], cost[1], cost[2] * 1e3) if cost else "| |"
    print("| %s | %.2f | %s | %s |" % (what, ms, figures, note), flush=True)


def one_user(host, cost, args):
    """Another one each time: nobody has asked for him before."""
    names = [FULL % ("user%05d" % (10 + i)) for i in range(args.rounds)]
    cost.begin()
    times = [timed(host, "id", name) for name in names]
    row("first `id` of a user", statistics.median(times),
        [n / len(names) for n in cost.end()], "most %.1f" % max(times))
    row("`id root`, for comparison", statistics.median(
        timed(host, "id", "root") for _ in names))


def wide(host, cost, args, replica):
    for what, cmd in WIDE:
        costs, times = [], []
        for _ in range(max(3, args.rounds // 2)):
            fresh_front(host, replica)
            cost.begin()
            times.append(timed(host, *cmd))
            costs.append(cost.end())
        row(what, statistics.median(times),
            [statistics.median(column) for column in zip(*costs)],
            "most %.1f; asked again %.1f" % (max(times), timed(host, *cmd)))


def everybody(host, cost, args, replica):
    fresh_front(host, replica)
    names = [FULL % ("user%05d" % i) for i in range(args.users)]
    for what in ("everybody once, getpwnam(3), one after the other",
                 "the same again"):
        cost.begin()
        mean, median, most = each(host, names)
        row(what + ", one of them", mean / 1e3,
            [n / len(names) for n in cost.end()],
            "%.0f µs, median %.0f, most %.0f" % (mean, median, most))


def show(how, host, cost, args, replica):
    print("Lookups %s\n" % how)
    print("| question | ms, median | searches | bytes | slapd's CPU, ms | |")
    print("|---|---|---|---|---|---|")
    fresh_front(host, replica)
    one_user(host, cost, args)
    wide(host, cost, args, replica)
    everybody(host, cost, args, replica)
    print()
