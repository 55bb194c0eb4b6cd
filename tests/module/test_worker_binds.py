#!/usr/bin/python3
"""How the machine binds, whom it trusts, who can read its secrets, and what
the self-test says: lightwaved-worker against a real slapd and a real KDC.

Run by `make check` as root; binds_rig.py makes the world it runs in. Each
case is a function whose name is a sentence.
"""
import contextlib
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from binds_facts import fails, is_good, selftest  # noqa: E402
from binds_hostile import (  # noqa: E402
    no_file_of_the_system_steers_anything,
    no_variable_of_the_caller_steers_anything)
from binds_rig import (BASE, DOMAIN, FQDN, MACHINE, PASSWORD,  # noqa: E402
                       REALM, SID, BadServer, Rig, enter_namespace, run,
                       wait_for, write)
from binds_secrets import (  # noqa: E402
    a_secret_that_is_opened_to_others_later_is_no_longer_used,
    a_secret_that_others_can_read_or_replace_is_refused)

FRONT = os.path.abspath("lightwaved/lightwaved")
CTL = os.path.abspath("lightwavectl/lightwavectl")


# --- the ways to bind --------------------------------------------------------
def a_simple_bind_goes_over_ldaps(rig):
    is_good(selftest(rig), "simple", "TLSv?1.3")


def gssapi_goes_over_389_signed_and_sealed(rig):
    facts = selftest(rig, sasl_mech="gssapi", password_file=None)
    is_good(facts, "GSSAPI", "signed and sealed, strength (128|256)")
    log = rig.log_of("dc1.lightwave.test")
    assert re.search(r'BIND dn="%s" mech=GSSAPI .*ssf=256' % MACHINE, log,
                     re.I), log[-2000:]


def a_users_password_goes_over_ldaps_all_the_same(rig):
    alice = "cn=alice,cn=Users," + BASE
    question = b"".join(struct.pack(">I", len(t)) + t.encode() for t in
                        (alice, "alice@" + REALM, PASSWORD)) + b"\0"
    with rig.worker(rig.config(sasl_mech="GSSAPI", password_file=None)) as w:
        assert w.ask(67, question)[0] == 0, w.said()
    log = rig.log_of("dc1.lightwave.test")
    n, = re.findall(r'(conn=\d+) op=\d+ BIND dn="%s" method=128' % alice, log,
                    re.I)
    assert re.search(n + r" fd=\d+ TLS established", log), log[-2000:]


def another_mechanism_goes_over_ldaps_with_a_lower_case_name(rig):
    before = len(rig.log_of("dc1.lightwave.test"))
    facts = selftest(rig, sasl_mech="SCRAM-SHA-256",
                     machine=MACHINE.replace("client1", "Client1"))
    is_good(facts, "SCRAM-SHA-256", "TLSv?1.3")
    log = rig.log_of("dc1.lightwave.test")[before:]
    names = set(re.findall(r'BIND authcid="([^"]*)"', log))
    assert names == {"%s@%s" % (FQDN, REALM.lower())}, log


def a_refused_bind_is_tried_once_and_no_other_way(rig):
    bad = write(rig.path("wrong"), "not-the-password\n", 0o600)
    for mech in (None, "SCRAM-SHA-256"):
        before = len(rig.log_of("dc1.lightwave.test"))
        facts = selftest(rig, sasl_mech=mech, password_file=bad)
        fails(facts, "bind", "password_file")
        log = rig.log_of("dc1.lightwave.test")[before:]
        methods = set(re.findall(r" BIND .*method=(\d+)", log))
        assert methods == {"163" if mech else "128"}, log
        connections = set(re.findall(r"(conn=\d+) op=\d+ BIND", log))
        # One at the start of the worker, one that we asked for.
        assert 1 <= len(connections) <= 2, log
        assert len(re.findall("RESULT tag=97 err=49", log)) == \
            len(connections), log


def a_mechanism_that_is_not_there_is_not_replaced(rig):
    facts = selftest(rig, sasl_mech="SRP")
    fails(facts, "bind", "SRP")


def too_weak_a_layer_is_refused(rig):
    facts = selftest(rig, server="dc2.lightwave.test", sasl_mech="GSSAPI",
                     password_file=None)
    fails(facts, "bind", "does not sign and seal by it at a strength of 56")


def the_ticket_is_got_anew_and_never_renewed(rig):
    """Its life here is 12 s: it is due after 9."""
    name = "%s@%s" % (FQDN, REALM)
    rig.kadmin("modprinc -maxlife 12s " + name)
    log = rig.path("kdc", "log")

    def tickets():
        with open(log) as f:
            return len(re.findall(r"AS_REQ .*ISSUE: .*%s for krbtgt/" % name,
                                  f.read()))
    config = rig.config(sasl_mech="GSSAPI", password_file=None)
    with rig.worker(config) as w:
        wait_for("the first self-test", lambda: "all is well" in w.said())
        assert w.probe() == 0, w.said()
        first, began = tickets(), time.monotonic()

        def again():
            assert w.probe() == 0, w.said()
            return tickets() > first
        wait_for("another ticket", again, 30)
        # Not because each bind gets one: the old one was used for long.
        assert time.monotonic() - began > 4
        assert tickets() == first + 1
    rig.kadmin("modprinc -maxlife 8h " + name)
    with open(log) as f:
        text = f.read()
    assert not re.search(r"TGS_REQ .*for krbtgt/", text), text
    assert "renew" not in text.lower(), text


# --- TLS ---------------------------------------------------------------------
def tls(rig, server, **trust):
    facts = selftest(rig, server="fake.lightwave.test:%d" % server.port,
                     **trust)
    wait_for("its end", lambda: 0 < server.calls == server.ended)
    return facts


def nothing_is_said_over_tls_that_is_not_trusted(rig):
    for name, tls10 in (("foreign", False), ("othername", False),
                        ("expired", False), ("fake", True)):
        server = BadServer(rig, name, tls10)
        fails(tls(rig, server), "server", "no TLS")
        assert server.heard == b"", (name, server.heard)


def a_trusted_server_is_spoken_to(rig):
    """Or what was shown above would show nothing."""
    server = BadServer(rig, "fake")
    tls(rig, server)
    assert server.shaken and server.heard[:1] == b"\x30", server.heard


def a_directory_of_certificates_does_as_well(rig):
    d = rig.path("cadir")
    os.mkdir(d)
    run("cp", rig.tls + "/ca.pem", d)
    run("openssl", "rehash", d)
    is_good(selftest(rig, trust="ca_dir = " + d), "simple", "TLSv?1.3")
    other = rig.path("otherdir")
    os.mkdir(other)
    run("cp", rig.tls + "/otherca.pem", other)
    fails(selftest(rig, trust="ca_dir = " + other), "server", "no TLS")


def new_certificates_count_without_a_restart(rig):
    d = rig.path("newdir")
    os.mkdir(d)
    run("cp", rig.tls + "/otherca.pem", d + "/one.pem")
    with rig.worker(rig.config(trust="ca_dir = " + d)) as w:
        fails(w.selftest(), "server", "no TLS")
        run("cp", rig.tls + "/ca.pem", d + "/one.pem")
        wait_for("trust", lambda: w.selftest().get("bind") == "ok, simple")


# --- the self-test -----------------------------------------------------------
def the_clock_is_told_by_the_kdc_or_the_directory(rig):
    facts = selftest(rig)
    assert facts["clock"].endswith("the KDC's"), facts
    # dc2's rootDSE has a currentTime, which stands still.
    facts = selftest(rig, server="dc2.lightwave.test")
    fails(facts, "clock", "the directory's: run a time service")
    behind = int(re.search(r"(\d+) s behind", facts["clock"]).group(1))
    assert 60 < behind <= 300, facts


def a_kdc_that_says_nothing_holds_nothing_up(rig):
    rig.krb5kdc.send_signal(signal.SIGSTOP)
    try:
        with rig.worker(rig.config()) as w:
            began = time.monotonic()
            wait_for("the self-test", lambda: "self-test: keytab: no KDC of "
                     + REALM + " answers" in w.said())
            # libkrb5 alone would wait for half a minute.
            assert time.monotonic() - began < 15
    finally:
        rig.krb5kdc.send_signal(signal.SIGCONT)


def a_kdc_that_falls_silent_is_told_though_a_ticket_is_held(rig):
    """And no directory server is held for dead over it."""
    config = rig.config(sasl_mech="GSSAPI", password_file=None)
    with rig.worker(config) as w:
        wait_for("the first self-test", lambda: "all is well" in w.said())
        rig.krb5kdc.send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            facts = w.selftest()
            took = time.monotonic() - began
        finally:
            rig.krb5kdc.send_signal(signal.SIGCONT)
        fails(facts, "bind", "no KDC of %s answers" % REALM)
        assert took < 14 and "is down" not in w.said(), (took, w.said())


def an_account_that_sees_no_users_is_told_so(rig):
    facts = selftest(rig, machine="cn=alice,cn=Users," + BASE, keytab=None)
    assert facts["bind"] == "ok, simple" and facts["domain SID"] == SID
    assert facts["sees itself"] == "ok", facts
    fails(facts, "sees users", "bind works but this account cannot read users:"
          " it is not a computer account nor in DCClients")


def what_fails_is_logged_at_the_start(rig):
    bad = write(rig.path("wrong2"), "not-the-password\n", 0o600)
    with rig.worker(rig.config(password_file=bad)) as w:
        wait_for("a line", lambda: "the bind as '%s' was refused" % MACHINE
                 in w.said())
        assert "not-the-password" not in w.said()
    config = rig.config(machine="cn=alice,cn=Users," + BASE, keytab=None)
    with rig.worker(config) as w:
        wait_for("a line", lambda: "self-test: sees users: " in w.said())
    with rig.worker(rig.config()) as w:
        wait_for("a line", lambda: "self-test: all is well" in w.said())


def no_server_is_a_fact_too(rig):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
        facts = selftest(rig, server="dc1.lightwave.test:%d" % port)
    fails(facts, "server", "dc1.lightwave.test:%d: port %d: no connection"
          % (port, port))


# --- lightwavectl ------------------------------------------------------------
def ctl(rig, command, runtime):
    r = subprocess.run([CTL, "--runtime-dir", runtime, command],
                       capture_output=True, text=True, env={})
    return r.returncode, r.stdout, r.stderr


def lightwavectl_says_it_line_by_line(rig):
    runtime = rig.path("front")
    os.mkdir(runtime)
    store = rig.path("store")
    os.mkdir(store, 0o700)
    config = rig.config()
    with open(config, "a") as f:
        f.write("[access]\nallow = *\n")
    status, out, err = ctl(rig, "status", runtime)
    assert status == 3 and not out and "does not answer" in err, err
    with rig.worker(config) as w:
        front = rig.start([FRONT, "--config", config, "--runtime-dir", runtime,
                           "--jobs", w.jobs, "--cache-dir", store],
                          log=rig.path("front.log"))
        wait_for("lightwaved", lambda: os.path.exists(runtime + "/priv"))
        assert ctl(rig, "refresh", runtime)[0] == 0
        status, out, err = ctl(rig, "status", runtime)
        assert status == 0 and not err and "FAILS" not in out, out + err
        lines = out.splitlines()
        assert len({re.search("  +", line).end() for line in lines}) == 1, out
        facts = {key.rstrip(): value for key, value in
                 (re.split("  +", line, maxsplit=1) for line in lines)}
        is_good(facts, "simple", "TLSv?1.3")
        assert facts["worker"] == "ok" and DOMAIN in facts["lightwaved"]
        # One thing that fails is enough.
        os.chmod(rig.path("password"), 0o644)
        status, out, err = ctl(rig, "status", runtime)
        os.chmod(rig.path("password"), 0o600)
        assert status == 1
        assert re.search("^bind +FAILS: .*everybody", out, re.M), out
    status, out, err = ctl(rig, "status", runtime)
    assert status == 1 and re.search(
        "^worker +FAILS: lightwaved-worker does not answer", out, re.M), out
    assert ctl(rig, "refresh", runtime)[0] == 1
    rig.stop(front)
    assert ctl(rig, "refresh", runtime)[0] == 3
    assert ctl(rig, "nonsense", runtime)[0] == 2


CASES = [
    a_simple_bind_goes_over_ldaps,
    gssapi_goes_over_389_signed_and_sealed,
    a_users_password_goes_over_ldaps_all_the_same,
    another_mechanism_goes_over_ldaps_with_a_lower_case_name,
    a_refused_bind_is_tried_once_and_no_other_way,
    a_mechanism_that_is_not_there_is_not_replaced,
    too_weak_a_layer_is_refused,
    the_ticket_is_got_anew_and_never_renewed,
    nothing_is_said_over_tls_that_is_not_trusted,
    a_trusted_server_is_spoken_to,
    a_directory_of_certificates_does_as_well,
    new_certificates_count_without_a_restart,
    no_variable_of_the_caller_steers_anything,
    no_file_of_the_system_steers_anything,
    a_secret_that_others_can_read_or_replace_is_refused,
    a_secret_that_is_opened_to_others_later_is_no_longer_used,
    the_clock_is_told_by_the_kdc_or_the_directory,
    a_kdc_that_says_nothing_holds_nothing_up,
    a_kdc_that_falls_silent_is_told_though_a_ticket_is_held,
    an_account_that_sees_no_users_is_told_so,
    what_fails_is_logged_at_the_start,
    no_server_is_a_fact_too,
    lightwavectl_says_it_line_by_line,
]


def build(rig):
    for name in ("ca", "otherca"):
        rig.authority(name)
    for name in ("dc1.lightwave.test", "dc2.lightwave.test"):
        rig.certificate(name, name)
    rig.certificate("fake", "fake.lightwave.test")
    rig.certificate("foreign", "fake.lightwave.test", ca="otherca")
    rig.certificate("othername", "other.lightwave.test")
    rig.certificate("expired", "fake.lightwave.test", days="-1")
    write(rig.path("password"), PASSWORD + "\n", 0o600)
    rig.kdc()
    rig.slapd("dc1.lightwave.test", "127.0.0.1")
    soon = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 300))
    rig.slapd("dc2.lightwave.test", "127.0.0.2",
              rootdse="currentTime: %s\n" % soon, secprops="maxssf=1")


def main():
    enter_namespace()
    wanted, failed = sys.argv[1:], 0
    with contextlib.closing(Rig()) as rig:
        build(rig)
        for case in CASES:
            name = case.__name__
            if wanted and name not in wanted:
                continue
            began = time.monotonic()
            try:
                case(rig)
            except Exception:  # whatever it is, the others still run
                failed += 1
                print("FAIL: " + name)
                traceback.print_exc(file=sys.stdout)
            else:
                print("PASS: %s (%.1f s)" % (name, time.monotonic() - began))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
