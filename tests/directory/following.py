"""What tests of following the directory have in common."""


def named(answer):
    return sorted(e.sam for e in answer.entries)


def everybody(domain):
    return sorted(e["sAMAccountName"][0] for e in domain.by_dn.values()
                  if (e.is_a("user") or e.is_a("group")) and
                  not e.is_a("computer"))


def served(names):
    """Whether the worker itself drops krbtgt and K/M or the front is left."""
    return [n for n in names if "/" not in n]


def about_numbers(dc):
    """What following has asked: others probe, and test themselves."""
    return [q for q in dc.asked("search") if
            "usnchanged" in repr(q.filter).lower() or
            "highestcommittedusn" in [a.lower() for a in q.attrs]]


def about_all(q):
    """The reading of all entries, not the machine's own looking around."""
    return q.op == "search" and q.scope == 2
