"""What a host needs that has joined the domain."""
import os
import subprocess

from kdc import KEYS
from names import DATA, SHARE, upn


def write_join_material(fqdn, dn, password):
    place = os.path.join(SHARE, fqdn)
    os.makedirs(place, mode=0o700, exist_ok=True)
    with open(os.path.join(DATA, "tls", "ca.pem"), "rb") as f:
        ca = f.read()
    keytab = os.path.join(place, "machine.keytab")
    if os.path.exists(keytab):
        os.unlink(keytab)
    # kvno 0, which stands for any: the KDC's tickets for it match.
    script = "addent -password -p %s -k 0 -e %s\n%s\nwkt %s\n" % (
        upn(fqdn), KEYS, password, keytab)
    subprocess.run(["ktutil"], input=script.encode(), check=True,
                   stdout=subprocess.DEVNULL)
    os.chmod(keytab, 0o600)
    for name, content, mode in (("ca.pem", ca, 0o644),
                                ("machine.dn", dn.encode(), 0o644),
                                ("machine.password", password.encode(), 0o600)):
        path = os.path.join(place, name)
        fd = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(fd, "wb") as f:
            f.write(content)
        os.rename(path + ".new", path)
