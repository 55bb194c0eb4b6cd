"""What the self-test says, and how it should be."""
import re

from binds_rig import SID

GOOD = {"bind": "ok, %s", "domain SID": SID, "sees itself": "ok",
        "sees users": "ok", "keytab": "ok"}


def selftest(rig, env=None, cwd=None, **config):
    with rig.worker(rig.config(**config), env, cwd) as w:
        return w.selftest()


def is_good(facts, how, transport):
    for key, value in GOOD.items():
        want = value % how if "%s" in value else value
        assert facts[key] == want, facts
    assert re.match(transport, facts["connection"]), facts


def fails(facts, key, words):
    assert facts[key].startswith("FAILS: ") and words in facts[key], facts
