"""A user of the directory who rewrites his own names, as vmdir lets everybody,
and a front that has to judge them again.
"""

# The password goes by the environment, and to ldapmodify by a pipe.
REWRITE = '''LDAPTLS_CACERT=/share/photon.lightwave.test/ca.pem ldapmodify -x \\
    -H ldaps://dc1.lightwave.test -D "$1" \\
    -y <(printf %s "$LW_TEST_PASSWORD")'''


class Mallory:
    def __init__(self, lab, user):
        self.lab, self.user = lab, user
        self.name, self.full = user.name, user.full
        self.dn = "cn=%s,cn=Users,dc=lightwave,dc=test" % user.name
        self.uid = lab.uid(user.name)

    def write(self, **attributes):
        """As himself, over LDAPS, as vmdir lets everybody."""
        ldif = "dn: %s\nchangetype: modify\n" % self.dn
        for attr, value in attributes.items():
            ldif += "replace: %s\n%s: %s\n-\n" % (attr, attr, value)
        self.lab.dc1("bash", "-c", REWRITE, "bash", self.dn, input=ldif,
                     env={"LW_TEST_PASSWORD": self.user.password})


def forget(lab, how):
    """reload keeps whose name is whose, restart starts from nothing."""
    journal = lab.journal()
    lab.photon("systemctl", how, "lightwaved")
    journal.wait_for({"reload": "configuration read again",
                      "restart": "ready: domain"}[how], "lightwaved")
