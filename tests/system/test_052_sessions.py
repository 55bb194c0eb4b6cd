"""Who still holds a group that was taken away, and in which processes."""
import json

import engine
from lab import full, wait_until

PS = "docker ps --format '{{.Names}}'"
REFUSED = "permission denied"


def held(lab, *options):
    return lab.photon("lightwavectl", "sessions", *options, check=False)


def test_sessions_names_who_still_holds_docker_and_in_which_process(
        lab, user, config):
    # Or he would not get in at all.
    config.access("allow = *")
    with lab.shell(user.full, user.password) as shell:
        assert shell.run(PS).rc == 0
        pid = shell.run("echo $$").out
        assert pid not in held(lab, "--pids").lines
        lab.admin("group", "delmember", "DockerUsers", user.name)
        wait_until(lambda: engine.gid(lab) not in
                   lab.id("-G", user.full).out.split(), 15, "docker to go")
        done = lab.ssh(user.full, user.password, "id -G; " + PS)
        assert done.rc not in (0, 255) and REFUSED in done.out.lower()
        assert engine.gid(lab) not in done.lines[0].split()
        # The one that began before goes on, and is named.
        assert shell.run(PS).rc == 0
        listed = held(lab)
        assert listed.rc == 1
        assert user.full in listed.out and "docker" in listed.out
        assert pid in listed.out and pid in held(lab, "--pids").lines
        assert user.full in json.dumps(json.loads(held(lab, "--json").out),
                                       ensure_ascii=False)
    wait_until(lambda: user.full not in held(lab).out, 15,
               "the session to be gone")


def test_sessions_names_nobody_whose_groups_are_as_they_were(lab):
    with lab.shell(full("alice"), lab.password("alice")) as shell:
        pid = shell.run("echo $$").out
        assert pid not in held(lab, "--pids").lines
