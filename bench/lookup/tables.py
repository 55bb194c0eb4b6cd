"""The tables of bench/lookup: time, counts, many users."""
import statistics
import sys

from programs import (EMPTY_FIRST, EMPTY_LAST, LOOP, MODULE, OURS_FIRST,
                      OURS_LAST, REFERENCE, WAYS, over)

HOT = ["hot.getpwnam", "hot.getpwuid", "hot.getgrnam", "hot.getgrgid",
       "hot.initgroups", "hot.getpwnam.2threads", "hot.getpwnam.2procs"]
SETS = ["set1000.getpwnam", "set1000.getpwuid", "set1000.getpwnam.2threads",
        "all.getpwnam", "all.getpwuid"]
WIDE = ["many.initgroups", "big.getgrnam"]
MISSES = ["miss.same", "miss.sameuid", "miss.new"]
BENCHES = HOT + SETS + WIDE + MISSES
COUNTED = [LOOP, REFERENCE, MODULE]
ONE_CALL = ["hot.getpwnam", "hot.getpwuid", "hot.getgrnam", "hot.initgroups",
            "many.initgroups", "big.getgrnam", "miss.same", "miss.sameuid"]
# callgrind takes its time; what glibc adds is the same for all of these.
THROUGH_GLIBC = ["hot.getpwnam", "miss.same"]
BIG = ["hot.getpwnam", "hot.getpwuid", "set1000.getpwnam", "all.getpwnam",
       "all.getpwuid", "miss.same"]


def row(*cells):
    print("| %s |" % " | ".join(map(str, cells)), flush=True)


def head(*cells):
    row(*cells)
    print("|---" * len(cells) + "|")


def ns(value):
    return "%.1f" % value if value < 100 else "%.0f" % value


def both(t):
    return "%s (%s)" % (ns(t.median), ns(t.least))


def in_turn(programs, data, ways, benches, rounds, milliseconds):
    """way -> bench -> ns. Each round begins with another one, so that other
    work on the machine comes to all of them."""
    rows = {way: [] for way in ways}
    for n in range(rounds):
        for i in range(len(ways)):
            way = ways[(n + i) % len(ways)]
            rows[way].append(programs.time(way, data, milliseconds, benches))
        print("round %d of %d" % (n + 1, rounds), file=sys.stderr)
    return {way: over(rows[way]) for way in ways}


def times(programs, data, args):
    got = in_turn(programs, data, WAYS, BENCHES, args.rounds, args.budget)
    print("Time of one lookup, ns; ratios and differences are of the least\n")
    head("median (least)", "reference", "module", "module / reference",
         *("`%s`" % w.title for w in WAYS[2:]), "ours - empty, last; first")
    for bench in BENCHES:
        t = [got[way][bench] for way in WAYS]
        row(bench, both(t[0]), both(t[1]), "%.1f" % (
            t[1].least / t[0].least), *map(both, t[2:]), "%.0f; %.0f" % (
                t[2].least - t[3].least, t[4].least - t[5].least))
    first = {way: statistics.median(
        programs.first(way, data, "hot.getpwnam") for _ in range(args.firsts))
        for way in WAYS}
    row("a process's first", *(ns(first[w]) for w in (REFERENCE, MODULE)), "",
        *(ns(first[w]) for w in WAYS[2:]), "%.0f; %.0f" % (
            first[OURS_LAST] - first[EMPTY_LAST],
            first[OURS_FIRST] - first[EMPTY_FIRST]))
    print()


def counts(programs, data):
    print("Of one lookup, by count\n")
    head("", *("%s: instructions" % w.title for w in COUNTED),
         *("%s: system calls" % w.title for w in WAYS[1:]))
    for bench in ONE_CALL:
        row(bench, *("%.0f" % programs.instructions(w, data, bench)
                     for w in COUNTED),
            *("%.2f" % programs.syscalls(w, data, bench) for w in WAYS[1:]))
    print("\nInstructions through glibc\n")
    head("", *("`%s`" % w.title for w in WAYS[2:]))
    for bench in THROUGH_GLIBC:
        row(bench, *("%.0f" % programs.instructions(w, data, bench)
                     for w in WAYS[2:]))
    print()


class Size:
    """Figures of a directory, by bench."""

    def __init__(self, programs, data, args):
        got = in_turn(programs, data, [MODULE, REFERENCE], BIG, args.rounds,
                      args.budget)
        self.times = [got[MODULE], got[REFERENCE]]
        self.instructions = {
            bench: programs.instructions(MODULE, data, bench) for bench in BIG}


def sizes(small, large, titles):
    """Of the small one there are two, from before and after the large one."""
    print("A large directory: %s, and %s; the least times\n" % titles)
    head("", *("%s, %s" % (who, n) for who in ("module, ns", "reference, ns")
               for n in ("small", "large", "ratio")),
         "module, instructions, small", "large")
    for bench in BIG:
        cells = []
        for i in range(2):
            s = min(one.times[i][bench].least for one in small)
            b = large.times[i][bench].least
            cells += [ns(s), ns(b), "%.2f" % (b / s)]
        row(bench, *cells, "%.0f" % small[0].instructions[bench],
            "%.0f" % large.instructions[bench])
    print()
