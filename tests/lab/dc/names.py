"""What things are called in the domain, and where they are."""
import ldap.dn
import secrets

from kdc import REALM

BASE = "dc=lightwave,dc=test"
USERS = "cn=Users," + BASE
BUILTIN = "cn=Builtin," + BASE
COMPUTERS = "ou=Computers," + BASE
POLICIES = "cn=lab," + BASE
CHANGING = "cn=changing," + POLICIES
DATA = "/var/lib/lab"
SHARE = "/share"
FIRST_RID = 1000
# Far apart, as the numbers of two controllers are: a client that takes the
# ones for the others misses what is new.
FIRST_USN = {1: 1000, 2: 100}
OWN_COUNTERS = ("highestCommittedUSN", "vmwRidSequenceNumber")
NUMBERS = ("uSNCreated", "uSNChanged") + OWN_COUNTERS

UAC_DISABLED = 0x2
UAC_LOCKED = 0x10
UAC_EXPIRED = 0x800000

LIFETIME = 90 * 86400  # of a password

# What slapd makes of a password, and how it stands with it.
PASSWORD = ("userPassword", "pwdChangedTime", "pwdAccountLockedTime",
            "pwdFailureTime", "pwdHistory", "pwdPolicySubentry", "pwdReset")


def rdn(attr, value):
    return "%s=%s" % (attr, ldap.dn.escape_dn_chars(value))


def upn(name):
    return name if "@" in name else "%s@%s" % (name, REALM)


def new_password():
    """20 characters, vmdir's most, with one of each class it asks for."""
    some = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "aZ7%" + "".join(secrets.choice(some) for _ in range(16))


def encode(values):
    if not isinstance(values, (list, tuple)):
        values = [values]
    return [v if isinstance(v, bytes) else str(v).encode() for v in values]
