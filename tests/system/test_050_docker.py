"""A directory group that stands for the local group docker."""
import pytest

from lab import full

# The engine's own list would show the lab's containers by name.
PS = "docker ps --format '{{.Names}}'"


@pytest.fixture
def gid(lab):
    return lab.sh("sed -n 's/^docker:[^:]*:\\([0-9]*\\):.*/\\1/p' /etc/group") \
        .out


def login(lab, who, command):
    return lab.ssh(full(who), lab.password(who), command)


def test_a_member_talks_to_the_engine(lab, gid):
    assert gid == lab.photon("stat", "-Lc", "%g", "/var/run/docker.sock").out
    done = login(lab, "bob", PS + "; id -G")
    assert done.rc == 0, done.out
    assert lab.container("photon") in done.lines
    assert gid in done.lines[-1].split()


def test_the_local_gid_shows_in_a_lookup_too(lab, gid):
    assert gid in lab.id("-G", full("bob")).out.split()
    assert "docker" in lab.id("-Gn", full("bob")).out.split()
    assert gid not in lab.id("-G", full("carol")).out.split()


def test_nothing_is_written_to_the_group_file(lab):
    before = lab.photon("sha256sum", "/etc/group", "/etc/gshadow").out
    assert login(lab, "bob", PS).rc == 0
    assert lab.photon("sha256sum", "/etc/group", "/etc/gshadow").out == before
    assert "bob" not in lab.photon("cat", "/etc/group").out


def test_who_is_not_a_member_is_refused(lab, gid):
    done = login(lab, "carol", "id -G; " + PS)
    assert done.rc != 0
    assert gid not in done.lines[0].split()
    assert "permission denied" in done.out.lower()


def test_a_new_session_is_refused_once_the_group_is_taken_away(lab, gid,
                                                               config):
    # Or bob would not get in at all.
    config.access("allow = bob")
    assert login(lab, "bob", PS).rc == 0
    with lab.not_member("DockerUsers", "bob"):
        done = login(lab, "bob", "id -G; " + PS)
        assert done.rc not in (0, 255), done.out
        assert gid not in done.lines[0].split()
        assert "permission denied" in done.out.lower()
    assert login(lab, "bob", PS).rc == 0


def test_no_login_at_all_once_the_group_that_allowed_it_is_gone(lab):
    with lab.not_member("DockerUsers", "bob"):
        journal = lab.journal()
        assert login(lab, "bob", "true").rc == 255
        journal.wait_for(r"account: user %s.*refused by \[access\]"
                         % full("bob"), "lightwaved")
    assert login(lab, "bob", "true").rc == 0
