"""photon's lightwave.conf, changed for a while."""
import contextlib
import re

from lab import CONF


class Config:
    def __init__(self, lab):
        self.lab = lab
        self.original = lab.photon("cat", CONF).out + "\n"

    def write(self, text):
        self.lab.sh('cat >"$1"', CONF, input=text)

    def reload(self, said="configuration read again"):
        """The line in which lightwaved says what became of it."""
        journal = self.lab.journal()
        self.lab.photon("systemctl", "reload", "lightwaved")
        return journal.wait_for(said, "lightwaved")

    def access(self, *lines, more=""):
        """Another [access] section, and more after the rest of the file, in
        force when this returns."""
        section = "[access]\n" + "".join(line + "\n" for line in lines)
        text, n = re.subn(r"\[access\]\n[^\[]*", lambda _: section,
                          self.original)
        assert n == 1
        self.write(text + more)
        self.reload()

    def add(self, text):
        """These lines after what the file has, in force when this returns."""
        self.write(self.original + text)
        self.reload()


@contextlib.contextmanager
def configured(lab):
    """A Config whose changes end with the block."""
    c = Config(lab)
    try:
        yield c
    finally:
        c.write(c.original)
        c.reload()
