"""Lookups by programs of this host: of one user, of who is in many groups, of
a large group, of everybody."""
import statistics

from questions import FULL, each, fresh_front, timed

WIDE = [("user in 1,000 nested groups: `id -G`", ("id", "-G", FULL % "nested")),
        ("the same with the groups' names: `id`", ("id", FULL % "nested")),
        ("group of 5,000: `getent group`",
         ("getent", "group", FULL % "large"))]


def row(what, ms, searches="", size="", note=""):
    print("| %s | %.1f | %s | %s | %s |" % (what, ms, searches, size, note),
          flush=True)


def one_user(host, cost, args):
    """Another one each time: nobody has asked for him before."""
    names = [FULL % ("user%05d" % (10 + i)) for i in range(args.rounds)]
    cost.begin()
    times = [timed(host, "id", name) for name in names]
    searches, size, _ = cost.end()
    row("first `id` of a user", statistics.median(times),
        "%.1f" % (searches / len(names)), size // len(names),
        "most %.1f" % max(times))
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
            "%.0f" % statistics.median(c[0] for c in costs),
            "%.0f" % statistics.median(c[1] for c in costs),
            "most %.1f; asked again %.1f" % (max(times), timed(host, *cmd)))


def everybody(host, cost, args, replica):
    fresh_front(host, replica)
    names = [FULL % ("user%05d" % i) for i in range(args.users)]
    for what in ("everybody once, getpwnam(3), one after the other",
                 "the same again"):
        cost.begin()
        mean, median, most = each(host, names)
        searches, size, _ = cost.end()
        row(what + ", one of them", mean / 1e3,
            "%.2f" % (searches / len(names)), size // len(names),
            "%.0f µs, median %.0f, most %.0f" % (mean, median, most))


def show(how, host, cost, args, replica):
    print("Lookups %s\n" % how)
    print("| question | ms, median | searches | bytes | |")
    print("|---|---|---|---|---|")
    fresh_front(host, replica)
    one_user(host, cost, args)
    wide(host, cost, args, replica)
    everybody(host, cost, args, replica)
    print()
