"""Photon's PAM stack and Debian's, each with us and without, side by side on
one host: mounted where only what is started there sees them. What logs in
through them, and the ways in which our daemons can fail.
"""
import contextlib
import dataclasses
import re
import threading

from lab import REPO, full, wait_until

TREES = "/run/stacks"
NAMES = ("photon", "debian")
DRIVE = (REPO / "tests/system/drive.pl").read_text()
PROFILES = ["lightwave", "lightwave-password"]
FRONT, WORKER = "lightwaved", "lightwaved-worker"

# "off" is a host's /etc without us, "on" the same with us, and "bare" is
# Debian's with us and without pam_pwquality.
MAKE = r"""set -e
rm -rf "$1"; mkdir -p "$1/photon/off" "$1/debian"
cd /
cp -a --parents etc/pam.d etc/nsswitch.conf etc/sudo.conf \
    usr/lib/security/pam_lightwave.so "$1/photon/off"
cd "$1/photon"
lightwave-enable --undo --root off
! grep -rq lightwave off/etc
cp -a off on
lightwave-enable --root on

cd "$1/debian"
cp -a ../photon/off off
rm -rf off/etc/pam.d
cp -a /opt/lab/etc /opt/lab/var /opt/lab/usr off
cp -a off on
"""
ENABLE_PROFILES = """set -e
export DEBIAN_FRONTEND=noninteractive
cd "$1"
pam-auth-update --root on --enable lightwave lightwave-password
lightwave-enable --root on
cp -a on bare
pam-auth-update --root bare --disable pwquality
! grep -rq '^[^#]*pam_pwquality' bare/etc/pam.d
"""
PORTS = {("photon", "off"): "2065", ("photon", "on"): "2066",
         ("debian", "off"): "2067", ("debian", "on"): "2068",
         ("debian", "bare"): "2069"}

# The sshd is what holds the mounts, and lets root in.
HOLD = """set -e
for f in pam.d nsswitch.conf sudo.conf; do mount --bind "$1/$f" "/etc/$f"; done
exec /usr/sbin/sshd -D -p "$2" -o PermitRootLogin=yes -o PidFile=none
"""

# A cron of our own: it runs at its start what a host runs when it boots.
CRON = r"""set -e
count=$1 patience=$2 dir=/run/stacks-cron; shift 2
trap 'rm -f /etc/cron.d/stacks-*' EXIT
for u; do
    printf '%s\n' SHELL=/bin/bash \
        "@reboot $u echo \$EPOCHREALTIME \$(id -un) >$dir/\$LOGNAME" \
        >/etc/cron.d/stacks-${u%%@*}
done
while [ $((count--)) -gt 0 ]; do
    rm -rf "$dir" /run/crond.reboot; mkdir -m 1777 "$dir"
    SECONDS=0 start=$EPOCHREALTIME
    cron -f & cron=$!
    for u; do
        until [ -s "$dir/$u" ] || [ $SECONDS -ge "$patience" ]; do
            sleep 0.005
        done
        end=$start who=; [ ! -s "$dir/$u" ] || read -r end who <"$dir/$u"
        ms=$(( (${end/./} - ${start/./}) / 100 ))e-1
        echo "= $ms $([ "$who" = "$u" ]; echo $?)"
    done
    kill $cron; wait $cron || :
done
"""
one_cron = threading.Lock()

# Whoever got past us would be in.
PERMIT = r"""cat /etc/pam.d/*-auth /etc/pam.d/*-account |
    sed 's/pam_unix\.so.*/pam_permit.so/' >/etc/pam.d/stacks-permit
grep -q '^auth.*pam_permit' /etc/pam.d/stacks-permit
"""


@dataclasses.dataclass
class Run:
    """One run of a program: what it took, how it ended, what it showed."""
    ms: float
    rc: int
    text: str


def runs(out):
    parts = re.split(r"^= (\S+) (\d+)\n?", out, flags=re.M)[1:]
    return [Run(float(ms), int(rc), text.strip())
            for ms, rc, text in zip(parts[::3], parts[1::3], parts[2::3])]


class People:
    """Who logs in: ids, passwords, and one password more for each."""

    def __init__(self, lab):
        self.lab, self.ids, self.secret, self.spare = lab, {}, {}, {}
        self.hashed_by = None

    def add(self, user, secret, spare):
        self.ids[user] = (self.lab.id("-u", user).out,
                          self.lab.id("-G", user).out.replace(" ", ","))
        self.secret[user] = self.lab.secret(secret)
        self.spare[user] = self.lab.secret(spare)


class Stack:
    """One stack, and the programs that log somebody in through it."""

    def __init__(self, lab, people, key):
        self.lab, self.people, self.port = lab, people, PORTS[key]
        self.tree = "%s/%s/%s" % (TREES, *key)
        self.unit = "stacks-%s-%s" % key

    def start(self):
        self.lab.photon("systemd-run", "-q", "--unit", self.unit, "-p",
                        "PrivateMounts=yes", "bash", "-c", HOLD, "bash",
                        self.tree + "/etc", self.port)
        self.pid = self.lab.unit(self.unit, "MainPID")
        self.sh('until ssh-keyscan -p "$1" 127.0.0.1; do :; done', self.port)
        self.sh(PERMIT)

    def stop(self):
        self.lab.photon("systemctl", "stop", self.unit, check=False)

    def hash_passwords(self):
        """The local users', as this stack does it: how long a hash takes is
        none of our business."""
        if self.people.hashed_by == self.unit:
            return
        self.people.hashed_by = self.unit
        self.sh("""chpasswd -c "$(grep -rhoE 'sha512|yescrypt' /etc/pam.d |
            head -n 1 | tr a-z A-Z)" """, input="".join(
                "%s:%s\n" % (u, self.people.secret[u])
                for u in ("root", "localuser")))

    def here(self, *cmd, **kw):
        return self.lab.photon("nsenter", "-t", self.pid, "-m", *cmd, **kw)

    def sh(self, script, *args, **kw):
        return self.here("bash", "-c", script, "bash", *args, **kw)

    # --- what to run, by count, as whom: a job -------------------------------

    def job(self, count, caller, answers, *cmd):
        return "\n".join(["\t".join(("job", str(count),
                                     *self.people.ids[caller], *cmd)),
                          "\n\n".join("\n".join(one) for one in answers)])

    def password(self, user):
        return "p " + self.people.secret[user]

    def sshd(self, count, user):
        return self.job(
            count, "root", [[self.password(user)]], "ssh", "-F", "none", "-p",
            self.port, "-l", user, "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=/dev/null", "-o",
            "PreferredAuthentications=keyboard-interactive", "-o",
            "NumberOfPasswordPrompts=1", "127.0.0.1", "echo in: $LOGNAME")

    def login(self, count, user):
        return self.job(
            count, "root",
            [[self.password(user), "s echo in: $LOGNAME", "s exit"]],
            "login", user)

    def su(self, count, user):
        return self.job(count, "localuser", [[self.password(user)]],
                        "su", "-", user, "-c", "echo in: $LOGNAME")

    def sudo(self, count, user):
        return self.job(count, user, [[self.password(user)]], "sudo", "-k",
                        "sh", "-c", "echo in: $SUDO_USER")

    def passwd(self, count, user):
        """There and back: an even count leaves what was."""
        a, b = self.password(user), "p " + self.people.spare[user]
        both = [[a, b, b], [b, a, a]]
        if user == "root":
            both = [one[1:] for one in both]
        return self.job(count, user, both, "passwd")

    # --- running it ----------------------------------------------------------

    def drive(self, *jobs):
        """The runs of each job."""
        out = self.here("perl", "-", timeout=300, input="\n".join(
            (DRIVE, "__END__", *jobs, ""))).out
        return [runs(part) for part in re.split("^job$", out, flags=re.M)[1:]]

    def pam(self, service, user, *calls, secret=None, caller="root"):
        """pamtester(1): calls are authenticate, acct_mgmt..."""
        answers = [["p " + secret]] if secret else [[]]
        return self.drive(self.job(1, caller, answers, "pamtester", service,
                                   user, *calls))[0][0]

    def service(self, name, *lines):
        self.sh('cat >"/etc/pam.d/$1"', name, input="\n".join(lines) + "\n")

    def cron(self, count, *users, patience=10):
        """The runs of each user's job."""
        with one_cron:
            found = runs(self.sh(CRON, str(count), str(patience), *users).out)
        return [found[i::len(users)] for i in range(len(users))]


class Stacks:
    """All of them, for as long as the block lasts: host["photon", "on"]."""

    def __init__(self, lab, people):
        self.lab, self.people = lab, people
        self.all = {key: Stack(lab, people, key) for key in PORTS}

    def __getitem__(self, key):
        return self.all[key]

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        self.lab.sh(MAKE, TREES)
        for name in PROFILES:
            text = (REPO / "packaging/debian/pam-configs" / name).read_text()
            self.lab.sh('cat >"$1/usr/share/pam-configs/$2"',
                        TREES + "/debian/on", name, input=text)
        self.lab.sh(ENABLE_PROFILES, TREES + "/debian")
        self.lab.photon("systemctl", "stop", "cron")
        # What pam_systemd does at a user's first login is not ours to measure.
        self.lab.photon("systemctl", "start", "user@0", "user@1000")
        for stack in self.all.values():
            stack.start()

    def __exit__(self, *_):
        for stack in self.all.values():
            stack.stop()
        self.lab.sh('rm -rf "$1" /run/stacks-cron /etc/cron.d/stacks-*; '
                    "touch /run/crond.reboot; systemctl start cron; "
                    "systemctl stop user@0 user@1000", TREES)
        # Whoever was stopped between there and back.
        self.lab.sh("chpasswd -c YESCRYPT", input="".join(
            "%s:%s\n" % (u, self.people.secret[u])
            for u in ("root", "localuser")))


# --- the daemons -------------------------------------------------------------

def well(lab):
    lab.start_all()
    wait_until(lambda: lab.ssh(full("alice"), lab.password("alice")).rc == 0,
               60, "alice's login to work again")


@contextlib.contextmanager
def dead(lab, unit):
    """Killed, and not started again."""
    drop = "/run/systemd/system/%s.service.d" % unit
    try:
        lab.sh('mkdir -p "$1"; printf "[Service]\\nRestart=no\\n" '
               '>"$1/stacks.conf"; systemctl daemon-reload; '
               'systemctl kill -s KILL "$2"', drop, unit)
        wait_until(lambda: not lab.active(unit), 10, unit + " to end")
        yield
    finally:
        lab.sh('rm -rf "$1"; systemctl daemon-reload; '
               'systemctl reset-failed "$2" || :', drop, unit)
        well(lab)


@contextlib.contextmanager
def hung(lab, unit):
    """All its processes stopped."""
    try:
        lab.photon("systemctl", "kill", "-s", "STOP", unit)
        yield
    finally:
        lab.photon("systemctl", "kill", "-s", "CONT", unit)
        well(lab)


STATES = {
    "alive": lambda lab: contextlib.nullcontext(),
    "worker dead": lambda lab: dead(lab, WORKER),
    "worker hung": lambda lab: hung(lab, WORKER),
    "front dead": lambda lab: dead(lab, FRONT),
    "front hung": lambda lab: hung(lab, FRONT),
}
