#!/usr/bin/python3
"""cleanup.py FILE...: name each variable of lw_cleanup() that a return may
release before it was set. Compilers do not: gcc clears it with our flags, and
clang says nothing.
"""
import re
import sys

DECLARED = re.compile(r"\s+lw_cleanup\(\w+\) [\w *]*?(\w+);$")


def released_unset(lines, at, name):
    """The number of the line with that return, or None."""
    word = re.compile(r"\b%s\b" % name)
    for i in range(at + 1, len(lines)):
        if lines[i] == "}" or word.search(lines[i]):
            return None
        if re.search(r"\breturn\b", lines[i]):
            return i + 1
    return None


def main():
    found = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        for i, line in enumerate(lines):
            m = DECLARED.match(line)
            at = released_unset(lines, i, m.group(1)) if m else None
            if at:
                found += 1
                print("%s:%d: %s is not set at this return" %
                      (path, at, m.group(1)))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
