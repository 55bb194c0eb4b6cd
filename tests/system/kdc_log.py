"""What the KDC has been asked."""
KDC_LOG = "/run/lab/krb5kdc.log"


class KdcLog:
    """What dc1's KDC has been asked from now on."""

    def __init__(self, lab):
        self.lab = lab
        self.seen = len(self.all())

    def all(self):
        return self.lab.dc1("cat", KDC_LOG).lines

    def lines(self, kind, name):
        """kind: "AS_REQ" or "TGS_REQ"; name: a client or a service."""
        return [line for line in self.all()[self.seen:]
                if " %s (" % kind in line and name in line]
