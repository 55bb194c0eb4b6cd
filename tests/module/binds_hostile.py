"""Cases of test_worker_binds.py: what steers nothing."""
import os

from binds_facts import fails, is_good, selftest
from binds_rig import REALM, BadServer, write


def hostile_environment(rig):
    d = rig.path("hostile")
    os.makedirs(d + "/home", exist_ok=True)
    rc = ("URI ldap://127.0.0.9\nBASE dc=evil\nTLS_CACERT /nonexistent\n"
          "TLS_REQCERT never\nTLS_CIPHER_SUITE NONE\nSASL_MECH PLAIN\n"
          "SASL_SECPROPS maxssf=0\nSASL_NOCANON off\nSIZELIMIT 1\n")
    write(d + "/ldap.conf", rc)
    write(d + "/home/.ldaprc", rc)
    write(d + "/home/ldaprc", rc)
    write(d + "/krb5.conf", "[libdefaults]\n default_realm = EVIL\n"
          "[realms]\n %s = {\n kdc = 127.0.0.9\n }\n" % REALM)
    each = {
        "LDAPCONF": d + "/ldap.conf", "LDAPRC": "ldaprc",
        "LDAPURI": "ldap://127.0.0.9", "LDAPBASE": "dc=evil",
        "LDAPTLS_CACERT": "/nonexistent", "LDAPTLS_CACERTDIR": "/nonexistent",
        "LDAPTLS_REQCERT": "never", "LDAPTLS_CIPHER_SUITE": "NONE",
        "LDAPTLS_CERT": "/nonexistent", "LDAPTLS_KEY": "/nonexistent",
        "LDAPSASL_MECH": "PLAIN", "LDAPSASL_SECPROPS": "maxssf=0",
        "KRB5_CONFIG": d + "/krb5.conf", "KRB5_KTNAME": "/nonexistent",
        "KRB5_CLIENT_KTNAME": "/nonexistent",
        "KRB5CCNAME": "FILE:" + d + "/ccache", "KRB5_TRACE": d + "/trace",
        "KRB5RCACHENAME": "dfl:" + d + "/rcache",
        "SASL_PATH": "/nonexistent", "SASL_CONF_PATH": d,
        "HOME": d + "/home", "RES_OPTIONS": "timeout:30",
        "HOSTALIASES": d + "/ldap.conf", "GSS_MECH_CONFIG": "/nonexistent",
    }
    return d, each


def steered_by_nothing(rig, env, ways=("TLS", "GSSAPI")):
    d = rig.path("hostile")
    files = sorted(os.listdir(d))
    cwd = d + "/home"
    if "TLS" in ways:
        is_good(selftest(rig, env, cwd), "simple", "TLSv?1.3")
    if "GSSAPI" in ways:
        is_good(selftest(rig, env, cwd, sasl_mech="GSSAPI",
                         password_file=None), "GSSAPI", "signed and sealed")
    # No trace, no cache: whatever it names was not made.
    assert sorted(os.listdir(d)) == files


def no_variable_of_the_caller_steers_anything(rig):
    _, each = hostile_environment(rig)
    for name, value in each.items():
        try:
            steered_by_nothing(rig, {name: value},
                               "TLS" if "TLS" in name else "GSSAPI")
        except AssertionError as e:
            raise AssertionError("%s: %s" % (name, e)) from e
    steered_by_nothing(rig, each)
    # None of them makes us trust anybody either.
    server = BadServer(rig, "foreign")
    facts = selftest(rig, each, server="fake.lightwave.test:%d" % server.port)
    fails(facts, "server", "no TLS")
    assert server.heard == b""


def no_file_of_the_system_steers_anything(rig):
    d, _ = hostile_environment(rig)
    covered = []
    for path, mine in (("/etc/ldap/ldap.conf", "ldap.conf"),
                       ("/etc/krb5.conf", "krb5.conf")):
        if os.path.exists(path):
            with open(d + "/" + mine) as f:
                rig.cover(path, f.read())
            covered.append(path)
    assert "/etc/ldap/ldap.conf" in covered, "libldap-common is missing"
    steered_by_nothing(rig, {})
    for path in covered:
        rig.uncover(path)
