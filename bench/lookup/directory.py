"""A directory for lookups: everybody that nssbench asks for, served by one
slapd to a host whose names are bare and which knows them all.
"""
import contextlib
import os
import pathlib
import re
import sys
import time

import controllers
import domain
import entries
import rig

UNITS = pathlib.Path(__file__).resolve().parents[2] / "packaging/systemd"
RUN, STORE = pathlib.Path("/run/lightwave"), pathlib.Path("/var/cache/lightwave")
WIDE, MANY, BIG = 20, 1000, 5000
OTHERS = 20  # entries besides users, groups and MANY, and some more
# Between two numbers slapd's index takes longer, by far, than no index.
controllers.SLAPD = controllers.SLAPD.replace("uSNChanged,", "")
CONFIG = """[domain]
name_format = short
default_domain_names = yes
[cache]
replicate_max = %d
"""


def write(out, users, groups):
    """alice, in WIDE groups; manygroups, in MANY; bigteam, of BIG."""
    d = domain.Domain(out)
    domain.skeleton(d, entries.MACHINE_PASSWORD)
    everybody = [d.user("u%06d" % i) for i in range(users)]
    alice, many = d.user("alice"), d.user("manygroups")
    for i in range(groups):
        d.group("group%04d" % i, everybody[i::groups] +
                ([alice] if i < WIDE - 1 else []))
    for i in range(MANY):
        d.group("many%04d" % i, [many])
    d.group("Lab Admins", [alice] + everybody[:4])
    d.group("bigteam", everybody[:BIG])
    return d.usn


def users_of(users):
    return ["u%06d" % i for i in range(users)] + ["alice", "manygroups"]


def groups_of(groups):
    return (["group%04d" % i for i in range(groups)] +
            ["many%04d" % i for i in range(MANY)] +
            ["Lab Admins", "bigteam"])


def make(folder, users, groups):
    """(the controller, not yet running; the CA's file)."""
    ldif = folder / "domain.ldif"
    with open(ldif, "w") as out:
        usn = write(out, users, groups)
    ca, _ = rig.make_ca(folder)
    dc = controllers.Controller(folder, str(ca)[:-len(".pem")], 1, ldif, usn)
    ldif.unlink()
    return dc, ca


@contextlib.contextmanager
def as_their_units():
    """What is started here gets the environment that systemd would give it."""
    before = dict(os.environ)
    for unit in UNITS.glob("lightwaved*.service"):
        os.environ.update(re.findall(r"^Environment=(\w+)=(.*)$",
                                     unit.read_text(), re.M))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def forget():
    """What outlives the front: the next directory has other ids."""
    for p in [*RUN.glob("map*"), *STORE.rglob("*")]:
        if not p.is_dir():
            p.unlink()


def known_whole(host, users):
    """Read from the directory, or from the store."""
    rig.wait_until(lambda: host.front.said("is known whole") or
                   host.front.said("known from before"),
                   "the whole domain", 60 + users / 1000)


@contextlib.contextmanager
def host(folder, build, users, groups):
    """(host, controller)"""
    folder.mkdir()
    begun = time.monotonic()
    dc, ca = make(folder, users, groups)
    h = None
    try:
        dc.start_slapd()
        with as_their_units():
            h = rig.Host(folder, build, ca, [dc.host], timeout=10, lookup=2,
                         login=2, more=CONFIG % (users + groups + MANY + OTHERS))
            h.start_front()
        known_whole(h, users)
        h.settled()
        print("%d users: known after %.0f s" % (
            users, time.monotonic() - begun), file=sys.stderr)
        yield h, dc
    finally:
        if h:
            h.stop()
        dc.stop()
        forget()
