"""Docker for members of a directory group, by all the ways in which people use
it, on an engine that systemd starts and on one started by hand; while docker's
own group changes under it.
"""
import secrets

import pytest

import engine
from lab import full, wait_until

PS = "docker ps --format '{{.Names}}'"
ON_SYSTEMDS = "docker -H {0} ps -q && docker -H {0} info --format " \
    "'{{{{.Driver}}}}'".format(engine.HOST)
REFUSED = "permission denied"

COMPOSE = """version: "3.7"
services:
  made:
    image: lightwave-lab-base
    network_mode: none
    command: ["echo", "made by compose"]
"""


def login(lab, who, command):
    return lab.ssh(full(who), lab.password(who), command)


@pytest.fixture
def systemds(lab):
    with engine.by_systemd(lab):
        yield


# --- an engine that systemd starts -------------------------------------------

def test_a_member_wakes_and_uses_an_engine_that_systemd_starts(lab, systemds):
    assert not lab.active(engine.UNIT + ".service")
    assert engine.socket_gid(lab) == engine.gid(lab)
    done = login(lab, "carol", ON_SYSTEMDS)
    assert done.rc != 0 and REFUSED in done.out.lower()
    assert not lab.active(engine.UNIT + ".service")
    done = login(lab, "bob", ON_SYSTEMDS)
    assert (done.rc, done.out) == (0, "vfs")
    assert lab.active(engine.UNIT + ".service")


def test_the_socket_is_there_while_the_directory_group_is_not(lab, systemds):
    lab.photon("systemctl", "stop", "lightwaved", "lightwaved-worker")
    try:
        engine.restart_socket(lab)
        assert engine.socket_gid(lab) == engine.gid(lab)
    finally:
        lab.start_all()
    assert login(lab, "bob", ON_SYSTEMDS).out == "vfs"


# --- the gid of docker changes under running daemons -------------------------

MOVES = {
    # An administrator; and docker's package, removed and installed again.
    "groupmod": 'groupmod -g "$1" docker',
    "package": 'groupdel docker && { getent group docker >/dev/null || '
               'groupadd -r -g "$1" docker; }',
}


@pytest.mark.parametrize("how", MOVES)
def test_a_new_gid_of_docker_reaches_the_next_session(lab, systemds, how):
    before = engine.gid(lab)
    free = lab.sh("for g in $(seq 300 399); do grep -q :$g: /etc/group || "
                  "{ echo $g; break; }; done").out
    assert login(lab, "bob", ON_SYSTEMDS).out == "vfs"
    try:
        lab.sh(MOVES[how], free)
        engine.restart_socket(lab)
        assert engine.socket_gid(lab) == free
        wait_until(lambda: free in lab.id("-G", full("bob")).out.split(), 10,
                   "bob to get the new one")
        done = login(lab, "bob", "id -G; " + ON_SYSTEMDS)
        assert done.rc == 0 and done.lines[-1] == "vfs", done.out
        assert before not in done.lines[0].split()
        assert login(lab, "carol", ON_SYSTEMDS).rc != 0
    finally:
        lab.photon("groupmod", "-g", before, "docker")
    wait_until(lambda: before in lab.id("-G", full("bob")).out.split(), 10,
               "the former one")
    assert login(lab, "bob", PS).rc == 0


# --- every way of using it ---------------------------------------------------

def over_ssh(lab, tmp_path, key, who):
    """docker ps on this machine, of photon's engine through who's account."""
    (tmp_path / "ssh").write_text("#!/bin/sh\nexec /usr/bin/ssh -F none %s "
                                  '"$@"\n' % " ".join("-o '%s'" % o for o in (
                                      "UserKnownHostsFile=" + lab.known_hosts,
                                      "StrictHostKeyChecking=yes",
                                      "IdentitiesOnly=yes", "BatchMode=yes",
                                      "IdentityAgent=none",
                                      "IdentityFile=%s" % key)))
    (tmp_path / "ssh").chmod(0o755)
    path = "%s:%s" % (tmp_path, lab.env["PATH"])
    return lab.docker("-H", "ssh://%s@127.0.0.1:%s" % (
        full(who), lab.env["LW_LAB_SSH_PORT"]), "ps", "--format",
        "{{.Names}}", env={"PATH": path}, check=False)


def test_docker_with_an_ssh_address_works_for_members_alone(
        lab, authorize, key, tmp_path):
    for who in ("alice", "carol"):
        authorize(who)
    done = over_ssh(lab, tmp_path, key, "alice")
    assert done.rc == 0, done.err
    assert lab.container("photon") in done.lines
    assert over_ssh(lab, tmp_path, key, "carol").rc != 0


def test_docker_by_ssh_with_a_key_and_by_keyboard(lab, authorize, key):
    authorize("alice")
    for done in (lab.ssh(full("alice"), command=PS, how="publickey", key=key),
                 lab.ssh(full("alice"), lab.password("alice"), PS,
                         "keyboard-interactive")):
        assert done.rc == 0 and lab.container("photon") in done.lines


def test_compose_makes_runs_and_removes_a_container(lab):
    project = "lwtest" + secrets.token_hex(3)
    command = "cd $(mktemp -d) && printf %s '{0}' >docker-compose.yml && " \
        "docker-compose -p {1} {2}"
    done = login(lab, "bob", command.format(COMPOSE, project,
                                            "up --no-color 2>&1"))
    try:
        assert done.rc == 0 and "made by compose" in done.out, done.out
    finally:
        down = login(lab, "bob", command.format(COMPOSE, project, "down"))
    assert down.rc == 0, down.out
    done = login(lab, "carol", command.format(COMPOSE, project, "ps"))
    assert done.rc != 0


def test_a_members_cron_job_uses_docker(lab):
    if not lab.active("cron"):
        lab.photon("systemctl", "start", "cron")
    mark = "/tmp/cron-" + secrets.token_hex(4)
    job = "* * * * * { id -un; docker ps --format '{{.Names}}'; } >%s 2>&1; " \
        "touch %s.done\n"
    marks = {who: "%s-%s" % (mark, who) for who in ("bob", "carol")}
    try:
        for who, path in marks.items():
            lab.photon("crontab", "-u", full(who), "-",
                       input=job % (path, path))
        said = {}
        for who, path in marks.items():
            wait_until(lambda: lab.photon("test", "-e", path + ".done",
                                          check=False).rc == 0, 130,
                       who + "'s job")
            said[who] = lab.photon("cat", path).lines
    finally:
        for who in marks:
            lab.photon("crontab", "-u", full(who), "-r", check=False)
        lab.sh('rm -f "$1"-*', mark)
    assert said["bob"][0] == full("bob")
    assert lab.container("photon") in said["bob"]
    assert said["carol"][0] == full("carol")
    assert REFUSED in " ".join(said["carol"]).lower()
