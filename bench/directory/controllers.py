"""Two controllers on loopback addresses: slapd with the lab's schema and the
same entries, and a KDC each. What they were asked, and what it cost them.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys

import entries
import rig

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parents[1] / "tests/lab/dc/vmdir.schema"
MODULES = "/usr/lib/ldap"
BENCH = "bench.lightwave.test"
entries.MACHINE = "cn=%s,ou=Computers,%s" % (BENCH, entries.BASE)

# dynlist as in the lab: memberOf is computed when it is named, and nested.
SLAPD = """include {schema}
modulepath {modules}
moduleload back_mdb
moduleload dynlist
pidfile {folder}/slapd.pid
rootDSE {folder}/rootdse.ldif
loglevel none
sizelimit unlimited
timelimit unlimited
threads 8
sortvals member
TLSCACertificateFile {ca}.pem
TLSCertificateFile {ca}.crt
TLSCertificateKeyFile {ca}.key
TLSVerifyClient never
security simple_bind=128
database mdb
suffix "{base}"
directory {folder}/ldap
maxsize 1073741824
dbnosync
index objectClass,cn eq
index sAMAccountName,userPrincipalName eq
index objectSid,objectGUID,uSNChanged,member eq
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
overlay dynlist
dynlist-attrset dynamicGroup memberURL member+memberOf@group*
database monitor
access to * by dn.exact="gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth" read
"""

ROOTDSE = """dn:
rootDomainNamingContext: {base}
defaultNamingContext: {base}
highestCommittedUSN: {usn}
serverName: cn={host},cn=Servers,cn=Default-first-site,cn=Sites,cn=Configuration,{base}
"""

KDC = """[libdefaults]
default_realm = LIGHTWAVE.TEST
dns_lookup_kdc = false
[kdcdefaults]
kdc_listen = {address}:88
kdc_tcp_listen = {address}:88
[realms]
LIGHTWAVE.TEST = {{
database_module = ours
key_stash_file = {folder}/stash
default_principal_flags = +preauth
}}
[dbmodules]
ours = {{
db_library = db2
database_name = {folder}/principal
disable_last_success = true
disable_lockout = true
}}
[logging]
kdc = FILE:{folder}/kdc.log
"""


class Controller:
    """dc1 or dc2; its days are those of the lab's tests/system."""

    def __init__(self, folder, ca, number, ldif, usn):
        self.number, self.host = number, rig.HOSTS[number - 1]
        self.address = "127.0.0.%d" % number
        self.folder = folder / self.host
        (self.folder / "ldap").mkdir(parents=True)
        names = {"schema": SCHEMA, "modules": MODULES, "folder": self.folder,
                 "ca": ca, "base": entries.BASE, "host": self.host,
                 "usn": usn, "address": self.address}
        self.write("slapd.conf", SLAPD, names)
        self.write("rootdse.ldif", ROOTDSE, names)
        self.write("kdc.conf", KDC, names)
        rig.run("slapadd", "-q", "-f", str(self.folder / "slapd.conf"),
                "-b", entries.BASE, "-l", str(ldif))
        self.krb5 = dict(os.environ, KRB5_CONFIG=str(self.folder / "kdc.conf"),
                         KRB5_KDC_PROFILE=str(self.folder / "kdc.conf"))
        self.slapd = self.kdc = None

    def write(self, name, text, names):
        (self.folder / name).write_text(text.format(**names))

    # --- the KDC --------------------------------------------------------------

    def log(self):
        return self.folder / "kdc.log"

    def make_realm(self, passwords, keytab):
        """dc1's; dc2 has a copy of it, keys and all."""
        rig.run("kdb5_util", "create", "-s", "-P", "not-kept", env=self.krb5)
        kadmin = "".join("addprinc -pw %s %s\n" % (password, user)
                         for user, password in passwords.items())
        rig.run("kadmin.local", env=self.krb5, input=kadmin +
                "addprinc -randkey %s\nktadd -k %s %s\n" % (
                    BENCH, keytab, BENCH))

    def copy_realm(self, other):
        for name in ("principal", "principal.ok", "principal.kadm5",
                     "principal.kadm5.lock", "stash"):
            rig.run("cp", "-p", str(other.folder / name), str(self.folder))

    # --- running ---------------------------------------------------------------

    def start(self):
        self.start_slapd()
        self.start_kdc()

    def start_kdc(self):
        self.log().write_text("")
        self.kdc = subprocess.Popen(["krb5kdc", "-n"], env=self.krb5,
                                    stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        rig.wait_until(lambda: "commencing operation" in
                       self.log().read_text(), "a KDC")

    def start_slapd(self):
        self.ldapi = "ldapi://" + str(self.folder / "ldapi").replace("/", "%2F")
        self.slapd = subprocess.Popen(
            ["slapd", "-d", "0", "-f", str(self.folder / "slapd.conf"), "-h",
             "ldaps://%s %s" % (self.address, self.ldapi)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rig.wait_until(lambda: self.monitored() is not None, self.host)

    def stop(self):
        for p in (self.slapd, self.kdc):
            if p:
                p.send_signal(signal.SIGCONT)
                p.kill()
                p.wait()

    # --- bad days ----------------------------------------------------------------

    def bad_day(self, day):
        if day == "killed":
            self.slapd.kill()
            self.slapd.wait()
        elif day == "hung":
            self.slapd.send_signal(signal.SIGSTOP)
        else:
            rig.run("nft", "-f", "-", input="table inet day%d {\nchain out {\n"
                    "type filter hook output priority 0;\n"
                    "ip daddr %s tcp dport 636 drop\n}\n}\n" % (
                        self.number, self.address))

    def good_day(self, day):
        if day == "killed":
            self.start_slapd()
        elif day == "hung":
            self.slapd.send_signal(signal.SIGCONT)
        else:
            rig.run("nft", "delete", "table", "inet", "day%d" % self.number)

    def kdc_bad_day(self, day):
        if day == "hung":
            self.kdc.send_signal(signal.SIGSTOP)
        else:
            self.kdc.kill()
            self.kdc.wait()

    def kdc_good_day(self, day):
        if day == "hung":
            self.kdc.send_signal(signal.SIGCONT)
        else:
            self.start_kdc()

    # --- what it was asked -------------------------------------------------------

    def monitored(self):
        done = subprocess.run(
            ["ldapsearch", "-Q", "-Y", "EXTERNAL", "-H", self.ldapi, "-LLL",
             "-o", "nettimeout=5", "-s", "base", "-b",
             "cn=Search,cn=Operations,cn=Monitor", "monitorOpInitiated"],
            capture_output=True, text=True)
        found = re.search(r"monitorOpInitiated: (\d+)", done.stdout)
        return int(found.group(1)) if found else None

    def cpu(self):
        """Seconds of all its slapd's threads."""
        tasks = pathlib.Path("/proc/%d/task" % self.slapd.pid)
        return sum(int((t / "schedstat").read_text().split()[0])
                   for t in tasks.iterdir()) / 1e9


def make(folder, users, groups):
    """(dc1, dc2, the machine's keytab, who can log in), not yet running."""
    ldif = folder / "domain.ldif"
    with open(ldif, "w") as out:
        subprocess.run([sys.executable, str(HERE / "domain.py"), "--users",
                        str(users), "--groups", str(groups), "--logins", "20",
                        "--password", entries.MACHINE_PASSWORD], stdout=out,
                       check=True)
    usn = ldif.read_text().count("\nuSNChanged: ") + 1000
    ca, _ = rig.make_ca(folder)
    dcs = [Controller(folder, str(ca)[:-len(".pem")], n, ldif, usn)
           for n in (1, 2)]
    logins = {"login%03d" % i: entries.PASSWORD for i in range(20)}
    keytab = folder / "machine.keytab"
    dcs[0].make_realm(logins, keytab)
    dcs[1].copy_realm(dcs[0])
    keytab.chmod(0o600)
    return dcs, ca, keytab, logins
