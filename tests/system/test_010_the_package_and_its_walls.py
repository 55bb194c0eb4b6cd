"""What the RPM puts on a host, and what its processes cannot do there."""
import re

import pytest

from lab import REPO

UNITS = {"lightwaved": "lightwave", "lightwaved-worker": "lightwave-worker"}
PAM = ["system-auth", "system-account", "system-session", "system-password"]
SECRETS = ["/etc/lightwave/machine.keytab", "/etc/lightwave/machine.password"]
units = pytest.mark.parametrize("unit", UNITS)


def status(lab, unit, field):
    text = lab.photon("cat", "/proc/%d/status" % lab.pid(unit)).out
    return re.search("^%s:\\s*(.*)$" % field, text, re.M).group(1)


def test_the_rpm_is_installed_and_its_files_are_as_shipped(lab):
    assert lab.photon("rpm", "-q", "lightwave-login").out
    done = lab.photon("rpm", "-V", "--nodeps", "lightwave-login", check=False)
    assert (done.rc, done.out) == (0, "")


def test_the_scriptlets_never_touch_pam_or_nsswitch(lab):
    out = lab.photon("rpm", "-q", "--scripts", "lightwave-login").out
    before, mark, rest = out.partition("preuninstall scriptlet")
    assert mark and "ldconfig" in before
    assert not re.search(r"pam\.d|nsswitch|sudo\.conf", out)
    assert "lightwave-enable" not in before
    assert re.findall("lightwave-enable.*", rest) == \
        ["lightwave-enable --undo || exit 1"]


def test_undoing_gives_back_photons_own_files(lab):
    mine = {"pam.d/" + f: REPO / "tests/lab/photon/pam.d" / f for f in PAM}
    mine["nsswitch.conf"] = REPO / "tests/lab/photon/nsswitch.conf"
    lab.sh("rm -rf /tmp/undo && mkdir /tmp/undo && cp -a --parents "
           "/etc/pam.d /etc/nsswitch.conf /etc/sudo.conf /tmp/undo")
    try:
        dry = lab.photon("lightwave-enable", "--undo", "--dry-run").out
        changed = [line for line in dry.splitlines()
                   if re.match(r"[-+](?![-+])", line)]
        assert any("pam_lightwave.so" in line for line in changed)
        lab.photon("lightwave-enable", "--undo", "--root", "/tmp/undo")
        for name, original in mine.items():
            now = lab.photon("cat", "/tmp/undo/etc/" + name).out + "\n"
            assert now == original.read_text(), name
        # The dry run has not written, nor the real one outside its root.
        assert "pam_lightwave" in lab.photon(
            "cat", "/etc/pam.d/system-auth").out
    finally:
        lab.photon("rm", "-rf", "/tmp/undo")


@units
def test_the_unit_is_active_under_a_user_of_its_own(lab, unit):
    assert lab.active(unit)
    uids = set(status(lab, unit, "Uid").split())
    assert uids == {lab.id("-u", UNITS[unit]).out}
    assert uids != {"0"}


@units
def test_the_process_has_no_privilege_and_cannot_get_any(lab, unit):
    assert status(lab, unit, "NoNewPrivs") == "1"
    assert status(lab, unit, "Seccomp") == "2"
    for field in ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"):
        assert int(status(lab, unit, field), 16) == 0, field


@units
def test_the_process_leaves_no_core(lab, unit):
    limits = lab.photon("cat", "/proc/%d/limits" % lab.pid(unit)).out
    assert re.search(r"^Max core file size\s+0\s+0\s", limits, re.M)


def test_the_front_has_no_network_but_lo(lab):
    net = "/proc/%d/net/" % lab.pid()
    dev = lab.photon("cat", net + "dev").lines[2:]
    assert [line.split(":")[0].strip() for line in dev] == ["lo"]
    for name in ("tcp", "tcp6", "udp", "udp6", "raw", "packet"):
        lines = lab.photon("cat", net + name).lines
        assert len(lines) == 1, lines  # its heading
    # The same question, asked of a process that has one.
    worker = lab.photon("cat", "/proc/%d/net/dev" % lab.pid(
        "lightwaved-worker")).out
    assert "eth0" in worker


def test_the_front_may_make_no_socket_but_af_unix(lab):
    assert lab.unit("lightwaved", "RestrictAddressFamilies") == "AF_UNIX"
    assert lab.unit("lightwaved", "PrivateNetwork") == "yes"
    # Its own sandbox, with a program that tries.
    done = lab.photon(
        "systemd-run", "-q", "--wait", "--pipe", "-p", "User=lightwave",
        "-p", "RestrictAddressFamilies=AF_UNIX", "perl", "-MSocket", "-e",
        "socket(S, AF_UNIX, SOCK_STREAM, 0) or die;"
        "print socket(S, AF_INET, SOCK_STREAM, 0) ? 'made' : 'refused'")
    assert done.out == "refused"


@pytest.mark.parametrize("user, answer", [
    ("lightwave-worker", "refused"),  # by the file's mode
    ("nobody", "refused"),
    ("lightwave", "closed"),          # by SO_PEERCRED: it owns the file
])
def test_the_priv_socket_answers_nobody_but_root(lab, user, answer):
    ask = ("ask.pl", "/run/lightwave/priv", "1", "alice@lightwave.test")
    assert lab.perl(*ask, user=user).out == answer
    assert lab.perl(*ask).lines[0] == "status 0"


@pytest.mark.parametrize("path", SECRETS)
@pytest.mark.parametrize("user", ["nobody", "lightwave", "localuser"])
def test_the_machines_secrets_are_not_readable(lab, user, path):
    done = lab.photon("runuser", "-u", user, "--", "cat", path, check=False)
    assert done.rc != 0 and done.out == ""
    assert "Permission denied" in done.err


@pytest.mark.parametrize("path", SECRETS)
def test_the_worker_alone_can_read_the_machines_secrets(lab, path):
    assert lab.photon("stat", "-c", "%U:%G %a", path).out == \
        "root:lightwave-worker 640"
    lab.photon("runuser", "-u", "lightwave-worker", "--", "test", "-r", path)


@pytest.mark.parametrize("path, needed, exported", [
    ("/usr/lib/libnss_lightwave.so.2", {"libc.so.6"}, "_nss_lightwave_"),
    ("/usr/lib/security/pam_lightwave.so", {"libc.so.6", "libpam.so.0"},
     "pam_sm_"),
])
def test_the_module_needs_and_shows_no_more_than_its_abi(
        lab, tmp_path, path, needed, exported):
    copy = str(tmp_path / "module.so")
    lab.docker("cp", "-L", lab.container("photon") + ":" + path, copy)
    dynamic = lab.run(["readelf", "-dW", copy]).out
    assert set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)) <= needed
    assert "(NEEDED)" in dynamic and "(TEXTREL)" not in dynamic
    assert re.search(r"\(FLAGS\).*BIND_NOW|\(BIND_NOW\)", dynamic)
    symbols = [line.split() for line in
               lab.run(["readelf", "-sW", "--dyn-syms", copy]).lines]
    shown = {s[7].split("@")[0] for s in symbols
             if len(s) > 7 and s[4] in ("GLOBAL", "WEAK") and s[6].isdigit()}
    assert shown and all(s.startswith(exported) for s in shown), shown


def test_the_daemons_are_hardened_executables(lab, tmp_path):
    for unit in UNITS:
        copy = str(tmp_path / unit)
        lab.docker("cp", lab.container("photon") + ":/usr/sbin/" + unit, copy)
        assert re.search(r"Type:\s+DYN", lab.run(["readelf", "-hW", copy]).out)
        assert "GNU_RELRO" in lab.run(["readelf", "-lW", copy]).out
        assert re.search("BIND_NOW|Flags:.*NOW",
                         lab.run(["readelf", "-dW", copy]).out)
