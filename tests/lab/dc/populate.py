"""The lab's domain: small, and each entry is there for one reason."""
import ldap
import secrets
import sys

from kdc import REALM, Refused
from names import BASE, BUILTIN, LIFETIME, POLICIES, rdn, upn
from replica import NAMES

MANY = 300


def populate(d):
    passwords = dict(line.rstrip("\n").split("=", 1) for line in sys.stdin)
    try:
        d.read(BASE)
    except ldap.NO_SUCH_OBJECT:
        pass
    else:
        raise Refused("the domain is there already")

    def secret(name):
        return passwords[name + "_PASSWORD"]

    make_domain(d)
    make_policies(d)
    make_well_known(d, secret)
    make_users(d, secret)
    make_groups(d)
    # Last, or passwords that are set would clear it.
    d.user_disable(d.find_user("dora"))
    d.user_lock(d.find_user("luke"))
    d.user_expire(d.find_user("erin"))
    d.user_expire(d.find_user("soon"), 5)
    d.user_reset(d.find_user("reset"))
    d.computer_join("photon.lightwave.test")


def make_domain(d):
    d.sid = "S-1-7-21-" + "-".join(
        str(secrets.randbelow(2**31 - 2**29) + 2**29) for _ in range(4))
    d.start_counting()
    d.add(BASE, ["top", "dcObject", "domainDNS"], dc="lightwave",
          objectSid=d.sid, vmwMaxServerId=len(NAMES),
          vmwDomainFunctionalLevel=4, **d.counters())
    for name in ("Users", "Builtin", "Managed Service Accounts",
                 "Deleted Objects"):
        d.add("cn=%s,%s" % (name, BASE), ["top", "container"], cn=name)
    for name in ("Computers", "Domain Controllers"):
        d.add("ou=%s,%s" % (name, BASE), ["top", "organizationalUnit"], ou=name)


def make_policies(d):
    """vmdir's own entry, which clients read, and slapd's, which do the same
    and which nobody sees."""
    d.add("cn=password and lockout policy," + BASE,
          ["top", "vmwPolicy", "vmwPasswordPolicy", "vmwLockoutPolicy"],
          cn="password and lockout policy", Enabled="TRUE",
          vmwPasswordChangeMaxFailedAttempts=5,
          vmwPasswordChangeFailedAttemptIntervalSec=180,
          vmwPasswordChangeAutoUnlockIntervalSec=300,
          vmwPasswordLifetimeDays=90,
          vmwPasswordMinLength=8, vmwPasswordMaxLength=20,
          vmwPasswordMinAlphabeticCount=2, vmwPasswordMinUpperCaseCount=1,
          vmwPasswordMinLowerCaseCount=1, vmwPasswordMinNumericCount=1,
          vmwPasswordMinSpecialCharCount=1,
          vmwPasswordMaxIdenticalAdjacentChars=3,
          vmwPasswordProhibitedPreviousCount=5)
    d.add(POLICIES, ["top", "container"], cn="lab")
    rules = dict(pwdAttribute="userPassword", pwdMinLength=8, pwdMaxLength=20,
                 pwdCheckQuality=1, pwdInHistory=5, pwdSafeModify="FALSE")
    aging = dict(pwdMaxAge=LIFETIME, pwdExpireWarning=15 * 86400,
                 pwdLockout="TRUE", pwdMaxFailure=5,
                 pwdFailureCountInterval=180, pwdLockoutDuration=300)
    # default is everybody's; the others are given by `lwadmin user`.
    for name, own in (("default", aging),
                      ("exempt", dict(pwdLockout="FALSE")),
                      ("changing", dict(aging, pwdMustChange="TRUE")),
                      ("patient", dict(aging, pwdMinAge=86400)),
                      ("fixed", dict(aging, pwdAllowUserChange="FALSE"))):
        d.add("cn=%s,%s" % (name, POLICIES), ["top", "container", "pwdPolicy"],
              cn=name, **{**rules, **own})


def make_well_known(d, secret):
    admin = d.user_add("Administrator", secret("ADMIN"), sid=d.sid + "-500",
                       givenName="Administrator", sn="lightwave.test",
                       vmwPasswordNeverExpires="TRUE",
                       pwdPolicySubentry="cn=exempt," + POLICIES)
    # The KDC's own two show up among vmdir's users, and can never log in.
    for name, sid in (("krbtgt/" + REALM, d.sid + "-502"), ("K/M", None)):
        d.user_add(name, None, sid=sid)
    dcs = [d.add("%s,ou=Domain Controllers,%s" % (rdn("cn", dc), BASE),
                 ["top", "person", "organizationalPerson", "user", "computer"],
                 cn=dc, sAMAccountName=dc, userPrincipalName=upn(dc),
                 objectSid=d.new_sid())
           for dc in ("%s.lightwave.test" % name for name in NAMES)]
    for name, rid, members in (("Administrators", 544, [admin]),
                               ("Users", 545, [admin]),
                               ("DCAdmins", 512, dcs),
                               ("DCClients", 515, [])):
        d.group_add(name, BUILTIN, sid="%s-%d" % (d.sid, rid), members=members)
    for name in ("CAAdmins", "DNSAdmins"):
        d.group_add(name, BUILTIN, members=[admin])


def make_users(d, secret):
    d.user_add("alice", secret("ALICE"), cn="Alice Adams", givenName="Alice",
               sn="Adams", mail="alice@lightwave.test")
    # What a client must not believe: bob may write all of it himself.
    d.user_add("bob", secret("BOB"), givenName="Bob", sn="Brown", uid="bob",
               uidNumber=10001, gidNumber=10000, loginShell="/bin/bash",
               unixHomeDirectory="/home/bob")
    d.user_add("carol", secret("CAROL"), cn="Carol Clark", givenName="Carol",
               sn="Clark")
    for name, given, sn in (("nina", "Nina", "Nobody"),
                            ("dora", "Dora", "Disabled"),
                            ("luke", "Luke", "Locked"),
                            ("erin", "Erin", "Expired"),
                            ("reset", "Rita", "Reset"),
                            ("soon", "Sonja", "Soon"),
                            ("localuser", "Local", "User"),
                            ("clash", "Clash", "Clark"),
                            ("many", "Many", "Groups")):
        d.user_add(name, secret(name.upper()), givenName=given, sn=sn)
    d.user_add("jürgen", secret("JUERGEN"), cn="Jürgen Groß",
               givenName="Jürgen", sn="Groß")
    d.user_add("nopw", None, givenName="Norman", sn="Nopassword")
    for name in ("twin1", "twin2"):
        d.user_add("twin", secret(name.upper()), cn=name, principal=name,
                   givenName="Twin", sn=name)


def make_groups(d):
    platform = d.group_add("platform", members=[d.find_user("alice")])
    admins = d.group_add("Linux Admins", members=[platform])
    d.group_add("DockerUsers", members=[d.find_user("bob"), admins])
    d.group_add("Dev.Ops", members=[d.find_user("jürgen")])
    many = d.find_user("many")
    for i in range(MANY):
        d.group_add("mg%03d" % i, members=[many])
