"""Cases of test_worker_binds.py: who can read the machine's secrets."""
import os
import struct
import subprocess

from binds_facts import fails
from binds_rig import PASSWORD, WORKER, run, write


def check(rig, **config):
    # In a build with sanitizers: GnuTLS keeps what it made when it ends.
    r = subprocess.run([WORKER, "--check", "--config", rig.config(**config)],
                       capture_output=True, text=True,
                       env={"ASAN_OPTIONS": "detect_leaks=0"})
    return r.returncode, r.stderr


def acl_for(uid):
    """rw for us, r for another user: as setfacl would write it."""
    entry = "<HHI"
    none = 0xffffffff
    return struct.pack("<I", 2) + b"".join(
        struct.pack(entry, *e) for e in (
            (1, 6, none), (2, 4, uid), (4, 0, none), (16, 4, none),
            (32, 0, none)))


def secret(rig, name, mode=0o600, uid=0, gid=0, at=None):
    path = write(at or rig.path(name), PASSWORD + "\n", mode)
    os.chown(path, uid, gid)
    os.chmod(path, mode)
    return path


def link(rig, name, to):
    path = rig.path(name)
    os.symlink(to, path)
    return path


def directory(rig, name, mode, uid=0, gid=0):
    path = rig.path(name)
    os.mkdir(path)
    os.chown(path, uid, gid)
    os.chmod(path, mode)
    return path


def a_secret_that_others_can_read_or_replace_is_refused(rig):
    world = directory(rig, "world", 0o777)
    group = directory(rig, "group", 0o770, gid=4)
    alien = directory(rig, "alien", 0o755, uid=12)
    sticky = directory(rig, "sticky", 0o1777)
    private = directory(rig, "private", 0o700)
    fifo = rig.path("fifo")
    os.mkfifo(fifo, 0o600)
    listed = secret(rig, "listed")
    os.setxattr(listed, "system.posix_acl_access", acl_for(12))
    secret(rig, "", at=sticky + "/there")
    os.symlink(rig.path("good-root"), sticky + "/on")
    bad = [
        ("everybody", secret(rig, "world-reads", 0o644)),
        ("its group can write", secret(rig, "group-writes", 0o660)),
        ("a group other than", secret(rig, "group-reads", 0o640, gid=4)),
        ("belongs to somebody else", secret(rig, "theirs", 0o600, uid=12)),
        ("access list", listed),
        ("not a regular file", fifo),
        ("empty", write(rig.path("empty"), "", 0o600)),
        ("No such file", rig.path("absent")),
        ("somebody else can change", secret(rig, "", at=world + "/secret")),
        ("somebody else can change", secret(rig, "", at=group + "/secret")),
        ("somebody else can change", secret(rig, "", at=alien + "/secret")),
    ]
    good = [secret(rig, "good-root"), secret(rig, "good-group", 0o640),
            secret(rig, "", at=private + "/secret")]
    # A link into a place where others can put things, and over such a place.
    bad += [("somebody else can change", link(rig, "into", sticky + "/there")),
            ("somebody else can change", link(rig, "over", sticky + "/on"))]
    for why, path in bad:
        for key in ("password_file", "keytab"):
            status, said = check(rig, **{key: path})
            assert status == 1 and path in said and why in said, (path, said)
    for path in good:
        status, said = check(rig, password_file=path)
        assert status == 0, said


def a_secret_that_is_opened_to_others_later_is_no_longer_used(rig):
    path = secret(rig, "later")
    with rig.worker(rig.config(password_file=path)) as w:
        assert w.selftest()["bind"] == "ok, simple"
        os.chmod(path, 0o644)
        fails(w.selftest(), "bind", "everybody can read")
    mine = rig.path("later.keytab")
    run("cp", "-p", rig.path("machine.keytab"), mine)
    with rig.worker(rig.config(sasl_mech="GSSAPI", password_file=None,
                               keytab=mine)) as w:
        assert w.selftest()["bind"] == "ok, GSSAPI"
        os.chmod(mine, 0o644)
        fails(w.selftest(), "bind", "everybody can read")
