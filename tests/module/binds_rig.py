"""What test_worker_binds.py stands on: slapd, krb5kdc, servers that speak TLS
badly, and lightwaved-worker, all on the loopback of a network namespace of our
own. Everything lives in one directory and ends with us.
"""
import contextlib
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import textwrap
import threading
import time

DOMAIN = "lightwave.test"
REALM = "LIGHTWAVE.TEST"
BASE = "dc=lightwave,dc=test"
SID = "S-1-7-21-1-2-3-4"
FQDN = "client1.lightwave.test"
MACHINE = "cn=%s,ou=Computers,%s" % (FQDN, BASE)
PASSWORD = "mach1ne-Secret"
WORKER = os.path.abspath("lightwaved/lightwaved-worker")
NEEDED = {"slapd": "slapd", "slapadd": "slapd", "krb5kdc": "krb5-kdc",
          "kdb5_util": "krb5-kdc", "kadmin.local": "krb5-admin-server",
          "openssl": "openssl", "unshare": "util-linux"}
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

SCHEMA = """
attributetype ( 1.1.2.1.1 NAME 'objectSid' EQUALITY caseIgnoreMatch
 SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.1.2.1.2 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
 SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.1.2.1.3 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch
 SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.1.2.1.4 NAME 'currentTime' EQUALITY generalizedTimeMatch
 SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )
objectclass ( 1.1.2.2.1 NAME 'user' SUP organizationalPerson STRUCTURAL
 MAY ( objectSid $ sAMAccountName $ userPrincipalName ) )
objectclass ( 1.1.2.2.2 NAME 'computer' SUP user STRUCTURAL )
objectclass ( 1.1.2.2.3 NAME 'lwDomain' SUP top STRUCTURAL MUST dc
 MAY objectSid )
"""

# As vmdir: computers see everything, a user himself, everybody the domain.
SLAPD = """
include /etc/ldap/schema/core.schema
include {dir}/schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {dir}/pid
rootDSE {dir}/rootdse
TLSCACertificateFile {tls}/ca.pem
TLSCertificateFile {tls}/{host}.pem
TLSCertificateKeyFile {tls}/{host}.key
security simple_bind=128
password-hash {{CLEARTEXT}}
sasl-realm {realm}
sasl-host {host}
sasl-auxprops slapd
sasl-secprops noanonymous,{secprops}
authz-regexp "uid=([^,@]+)(@[^,]*)?,(cn=[^,]*,)?cn=[^,]+,cn=auth"
  "ldap:///{base}??sub?(userPrincipalName=$1@{realm})"
database mdb
suffix "{base}"
directory {dir}/db
maxsize 10485760
dbnosync
access to attrs=userPassword by anonymous auth by * none
access to dn.base="{base}" by users read by * search
access to *
  by dn.onelevel="ou=Computers,{base}" read by self read by * search
"""

ENTRIES = """
dn: {base}
objectClass: lwDomain
dc: lightwave
objectSid: {sid}

dn: cn=Users,{base}
objectClass: applicationProcess
cn: Users

dn: ou=Computers,{base}
objectClass: organizationalUnit
ou: Computers

dn: {machine}
objectClass: computer
cn: {fqdn}
sn: {fqdn}
sAMAccountName: {fqdn}
userPrincipalName: {fqdn}@{realm}
objectSid: {sid}-1-1001
userPassword: {password}

dn: cn=alice,cn=Users,{base}
objectClass: user
cn: alice
sn: alice
sAMAccountName: alice
userPrincipalName: alice@{realm}
objectSid: {sid}-1-1002
userPassword: {password}
"""

KRB5 = """[libdefaults]
 default_realm = {realm}
 dns_lookup_kdc = false
 rdns = false
 dns_canonicalize_hostname = false
[realms]
 {realm} = {{
  kdc = dc1.lightwave.test
  database_name = {dir}/principal
  key_stash_file = {dir}/stash
  acl_file = {dir}/acl
  kdc_listen = 127.0.0.1:88,127.0.0.2:88
  kdc_tcp_listen = 127.0.0.1:88,127.0.0.2:88
  max_life = 8h
  default_principal_flags = +preauth
 }}
"""
LOGGING = "[logging]\n kdc = FILE:%s/log\n"


def enter_namespace():
    """Run again with a network and mounts of our own."""
    if os.environ.get("LW_WITHOUT_SERVERS"):
        print("SKIP: told to do without slapd and krb5kdc")
        sys.exit(77)
    if os.geteuid() != 0:
        print("SKIP: a network namespace needs root")
        sys.exit(77)
    missing = sorted({p for c, p in NEEDED.items()
                      if not shutil.which(c, path=PATH)})
    if missing:
        sys.exit("missing: apt-get install " + " ".join(missing))
    if os.environ.get("LW_BINDS_INSIDE"):
        return
    os.environ.update(LW_BINDS_INSIDE="1", PATH=PATH)
    os.execvp("unshare", ["unshare", "-n", "-m", "--propagation", "private",
                          sys.executable] + sys.argv)


def run(*command, env=None, stdin=None):
    r = subprocess.run(command, capture_output=True, text=True, input=stdin,
                       env=env)
    if r.returncode:
        sys.exit("%s: %s%s" % (" ".join(command), r.stdout, r.stderr))
    return r.stdout


def wait_for(what, condition, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.01)
    raise AssertionError("waited in vain for " + what)


def listens(host, port):
    with contextlib.suppress(OSError):
        socket.create_connection((host, port), 1).close()
        return True
    return False


def write(path, text, mode=0o644):
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


class Rig:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="lightwave-binds.", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.tls = self.path("tls")
        os.mkdir(self.tls)
        self.children = []
        self.serial = 0
        run("ip", "link", "set", "lo", "up")
        self.cover("/etc/hosts", "127.0.0.1 localhost dc1.lightwave.test "
                   "fake.lightwave.test\n127.0.0.2 dc2.lightwave.test\n")

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def cover(self, path, text):
        """Put text over a file of this machine, for us alone."""
        mine = write(self.path("cover" + path.replace("/", "-")), text)
        run("mount", "--bind", mine, path)

    def uncover(self, path):
        run("umount", path)

    def start(self, command, env=None, cwd=None, log=None):
        out = open(log, "wb") if log else subprocess.DEVNULL
        p = subprocess.Popen(command, env=env, cwd=cwd, stdout=out,
                             stderr=subprocess.STDOUT)
        self.children.append(p)
        return p

    def stop(self, p):
        p.send_signal(signal.SIGTERM)
        p.wait(10)
        self.children.remove(p)

    def close(self):
        for p in self.children:
            p.kill()
            p.wait()
        shutil.rmtree(self.dir)

    # --- certificates -------------------------------------------------------
    def authority(self, name):
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=" + name, "-keyout", self.tls + "/%s.key" % name,
            "-out", self.tls + "/%s.pem" % name)

    def certificate(self, name, host, ca="ca", days="2"):
        base = "%s/%s" % (self.tls, name)
        run("openssl", "req", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + host,
            "-addext", "subjectAltName=DNS:" + host,
            "-keyout", base + ".key", "-out", base + ".csr")
        self.serial += 1
        run("openssl", "x509", "-req", "-in", base + ".csr", "-CA",
            "%s/%s.pem" % (self.tls, ca), "-CAkey",
            "%s/%s.key" % (self.tls, ca), "-set_serial", str(self.serial),
            "-days", days, "-copy_extensions", "copy", "-out", base + ".pem")

    # --- the directory ------------------------------------------------------
    def slapd(self, host, address, rootdse="", secprops="minssf=0"):
        d = self.path(host)
        os.makedirs(d + "/db")
        write(d + "/schema", SCHEMA)
        write(d + "/rootdse", "dn:\nobjectClass: top\n" + rootdse)
        write(d + "/conf", SLAPD.format(
            dir=d, tls=self.tls, host=host, realm=REALM, base=BASE,
            secprops=secprops))
        run("slapadd", "-q", "-f", d + "/conf", stdin=ENTRIES.format(
            base=BASE, sid=SID, machine=MACHINE, fqdn=FQDN, realm=REALM,
            password=PASSWORD))
        env = {"PATH": PATH, "KRB5_CONFIG": self.path("kdc", "krb5.conf"),
               "KRB5_KTNAME": self.path("kdc", "ldap.keytab")}
        self.start(["slapd", "-d", "stats", "-f", d + "/conf", "-h",
                    "ldap://%s ldaps://%s" % (address, address)], env=env,
                   log=d + "/log")
        wait_for(host, lambda: listens(address, 389) and listens(address, 636))

    def log_of(self, host):
        with open(self.path(host, "log")) as f:
            return f.read()

    # --- the KDC ------------------------------------------------------------
    def kdc(self):
        d = self.path("kdc")
        os.mkdir(d)
        conf = write(d + "/krb5.conf", KRB5.format(dir=d, realm=REALM))
        # In one of the two only, or each line is written twice.
        profile = write(d + "/kdc.conf", LOGGING % d)
        write(d + "/acl", "")
        self.kdc_env = {"PATH": PATH, "KRB5_CONFIG": conf,
                        "KRB5_KDC_PROFILE": profile}
        run("kdb5_util", "create", "-s", "-W", "-r", REALM, "-P", "master",
            env=self.kdc_env)
        machine = "%s@%s" % (FQDN, REALM)
        self.kadmin("addprinc -randkey ldap/dc1.lightwave.test\n"
                    "addprinc -randkey ldap/dc2.lightwave.test\n"
                    "addprinc -randkey %s\n"
                    "ktadd -k %s/ldap.keytab ldap/dc1.lightwave.test\n"
                    "ktadd -k %s/ldap.keytab ldap/dc2.lightwave.test\n"
                    "ktadd -k %s %s" % (machine, d, d,
                                        self.path("machine.keytab"), machine))
        os.chmod(self.path("machine.keytab"), 0o600)
        self.krb5kdc = self.start(["krb5kdc", "-n"], env=self.kdc_env)
        wait_for("krb5kdc", lambda: listens("127.0.0.1", 88))

    def kadmin(self, text):
        run("kadmin.local", "-r", REALM, env=self.kdc_env, stdin=text + "\n")

    # --- the worker ---------------------------------------------------------
    def config(self, server="dc1.lightwave.test",
               trust="ca_file = {tls}/ca.pem", machine=MACHINE, **keys):
        keys.setdefault("password_file", self.path("password"))
        keys.setdefault("keytab", self.path("machine.keytab"))
        self.serial += 1
        return write(self.path("conf%d" % self.serial), textwrap.dedent("""\
            [domain]
            name = %s
            server = %s
            %s
            [machine]
            dn = %s
            %s
            [workers]
            timeout = 2
            lookup = 1
            """) % (DOMAIN, server, trust.format(tls=self.tls), machine,
                    "\n".join("%s = %s" % kv for kv in keys.items() if kv[1])))

    @contextlib.contextmanager
    def worker(self, config, env=None, cwd=None):
        self.serial += 1
        d = self.path("run%d" % self.serial)
        os.mkdir(d, 0o700)
        w = Worker(d)
        p = self.start([WORKER, "--config", config, "--jobs", w.jobs],
                       env=env or {}, cwd=cwd, log=w.log)
        try:
            wait_for("the worker", w.listening)
            yield w
        finally:
            self.stop(p)


class Worker:
    def __init__(self, d):
        self.dir, self.jobs, self.log = d, d + "/jobs", d + "/log"

    def listening(self):
        with contextlib.suppress(OSError), socket.socket(
                socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.connect(self.jobs)
            return True
        return False

    def said(self):
        with open(self.log) as f:
            return f.read()

    def ask(self, op, body=b""):
        """Status and what follows it."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.settimeout(15)
            s.connect(self.jobs)
            s.sendall(struct.pack(">IHHI", len(body), 2, op, 7) + body)
            f = s.makefile("rb")
            n, version, op_back, id_back = struct.unpack(">IHHI", f.read(12))
            assert (version, op_back, id_back) == (2, op, 7)
            answer = f.read(n)
        return struct.unpack(">I", answer[:4])[0], answer[4:]

    def selftest(self):
        """{fact: value}; the values of what fails begin with FAILS."""
        status, body = self.ask(73)
        assert status == 0, "status %d\n%s" % (status, self.said())
        strings, at = [], 4
        while at < len(body):
            n, = struct.unpack_from(">I", body, at)
            strings.append(body[at + 4:at + 4 + n].decode())
            at += 4 + n
        assert len(strings) == 2 * struct.unpack(">I", body[:4])[0]
        return dict(zip(strings[::2], strings[1::2]))

    def probe(self):
        return self.ask(64, b"\1\1\0\0\0\6nobody")[0]


class BadServer(threading.Thread):
    """Speaks TLS as told, and keeps what it was sent inside it."""

    def __init__(self, rig, name, tls10=False):
        super().__init__(daemon=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_ciphers("ALL:@SECLEVEL=0")
        if tls10:
            self.context.minimum_version = ssl.TLSVersion.TLSv1
            self.context.maximum_version = ssl.TLSVersion.TLSv1
        self.context.load_cert_chain("%s/%s.pem" % (rig.tls, name),
                                     "%s/%s.key" % (rig.tls, name))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.calls, self.shaken, self.ended, self.heard = 0, 0, 0, b""
        self.start()

    def run(self):
        while True:
            s, _ = self.listener.accept()
            self.calls += 1
            s.settimeout(3)
            threading.Thread(target=self.talk, args=(s,), daemon=True).start()

    def talk(self, s):
        with contextlib.suppress(OSError):
            with self.context.wrap_socket(s, server_side=True) as t:
                self.shaken += 1
                self.heard += t.recv(4096)
        self.ended += 1
