"""A Docker engine of photon's own, started by systemd when somebody connects:
docker.socket and docker.service as docker's package has them, on a socket
beside the one through which photon reaches the lab's engine. That one is a
dockerd started by hand.
"""
import contextlib

from lab import wait_until

UNIT = "lw-engine"
PATH = "/run/lw-engine.sock"
HOST = "unix://" + PATH

# As docker.socket of docker's package, but for its name.
SOCKET = """[Socket]
ListenStream=%s
SocketMode=0660
SocketUser=root
SocketGroup=docker
""" % PATH

# The container has no network of its own to give, nor layers.
SERVICE = """[Unit]
Requires=lw-engine.socket
[Service]
Type=notify
ExecStart=/usr/sbin/dockerd -H fd:// --data-root /var/tmp/lw-engine \
--exec-root /run/lw-engine --pidfile /run/lw-engine.pid \
--storage-driver vfs --bridge none --iptables=false --ip6tables=false \
--ip-forward=false --ip-masq=false
KillMode=mixed
"""


def gid(lab):
    """docker's, by the file."""
    return lab.sh("sed -n 's/^docker:[^:]*:\\([0-9]*\\):.*/\\1/p' "
                  "/etc/group").out


def socket_gid(lab):
    return lab.photon("stat", "-Lc", "%g", PATH).out


def stop(lab):
    lab.photon("systemctl", "stop", UNIT + ".socket", UNIT + ".service",
               check=False)


@contextlib.contextmanager
def by_systemd(lab):
    """Listening; the engine itself comes with the first who asks."""
    units = "/run/systemd/system/" + UNIT
    for kind, text in ((".socket", SOCKET), (".service", SERVICE)):
        lab.sh('cat >"$1"', units + kind, input=text)
    lab.photon("systemctl", "daemon-reload")
    try:
        lab.photon("systemctl", "start", UNIT + ".socket")
        yield
    finally:
        stop(lab)
        lab.sh('rm -rf "$1.socket" "$1.service" /var/tmp/lw-engine '
               '/run/lw-engine*', units)
        lab.photon("systemctl", "daemon-reload")


def restart_socket(lab):
    """What an upgrade of docker does: the group's number is looked up anew."""
    stop(lab)
    lab.photon("systemctl", "start", UNIT + ".socket")
    wait_until(lambda: lab.photon("test", "-S", PATH, check=False).rc == 0, 10,
               "the engine's socket")
