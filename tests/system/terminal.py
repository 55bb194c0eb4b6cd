"""Programs that ask at a terminal: login, su, sudo, passwd, ssh with one. What
they showed, what was typed at which prompt, and how they ended.
"""
import dataclasses
import os
import re
import shlex

import pexpect

PASSWORD = r"[Pp]assword: ?$"
OLD, NEW = r"Current [Pp]assword: ?$", r"(?<!Retype )[Nn]ew [Pp]assword: ?$"
AGAIN = r"Retype new [Pp]assword: ?$"
LOGIN, SHELL = r"login: ?$", r"[$#] $"
CTRL_C, CTRL_D = "\x03", "\x04"


@dataclasses.dataclass
class Talk:
    rc: int
    out: str    # with the echo of what was typed, where there was any
    asked: int  # how many of the expected prompts came


def in_ascii(word):
    """A word of bytes, as bash reads it."""
    return "$'%s'" % "".join("\\x%02x" % c for c in word)


def in_text(argv):
    """pexpect takes no bytes: bash makes them again."""
    if not any(isinstance(a, bytes) for a in argv):
        return argv
    return ["bash", "-c", "exec " + " ".join(
        in_ascii(a) if isinstance(a, bytes) else shlex.quote(a)
        for a in argv)]


def start(lab, argv, timeout=30):
    """A program on a terminal, for who wants to do the rest himself."""
    argv = in_text(argv)
    return pexpect.spawn(argv[0], argv[1:], env=lab.env, echo=False,
                         encoding="utf-8", codec_errors="replace",
                         timeout=timeout, dimensions=(50, 500))


def end(child):
    """With an empty line, which it waits for: a program in a container does
    not end with its terminal."""
    child.sendline("")
    child.expect(pexpect.EOF)
    child.close()


def talk(lab, argv, *script, until=None, timeout=30):
    """Runs a program; script: (prompt, what to type) in this order, nothing
    typed for None. A program that ends early has asked less; so has one that
    comes with the prompt until instead, and is left there. One that goes on
    asking fails the test."""
    child = start(lab, argv, timeout)
    ends = [pexpect.EOF] + ([until] if until else [])
    out, asked = "", 0
    try:
        for prompt, text in script:
            came = child.expect(ends + [prompt])
            out += child.before
            if came < len(ends):
                break
            out += child.after
            asked += 1
            if text in (CTRL_C, CTRL_D):
                child.send(text)
            elif text is not None:
                child.sendline(lab.secret(text) if "assword" in prompt
                               else text)
        else:
            child.expect(ends)
            out += child.before
    except pexpect.TIMEOUT:
        raise AssertionError("%s, prompt %d: %s" % (
            argv, asked, out + str(child.before))) from None
    finally:
        child.close(force=True)
    rc = child.exitstatus
    return Talk(128 + (child.signalstatus or 0) if rc is None else rc,
                out.replace("\r", "").strip("\n"), asked)


def on_photon(*cmd, user=None):
    """The argument vector of a program with a terminal on photon."""
    return ["docker", "exec", "-it", "-e", "TERM=dumb",
            *(["-u", user] if user else []),
            os.environ.get("LW_LAB_NAME", "lightwave-lab") + "-photon", *cmd]


def login(lab, user, password, command="true"):
    """One try at login(1)'s prompt; asked is 3 if a shell came of it."""
    done = talk(lab, on_photon("bash", "-c", 'echo "pid $$"; exec login "$1"',
                               "-", user),
                (PASSWORD, password), (SHELL, command), (SHELL, CTRL_D),
                until=LOGIN)
    if done.asked < 3:
        # It might ask for other names for a minute.
        lab.photon("kill", "-HUP", re.match(r"pid (\d+)", done.out).group(1),
                   check=False)
    return done


def su(lab, user, password, command="true", by="localuser"):
    """asked is 1 if a password was wanted."""
    return talk(lab, on_photon("su", "-", user, "-c", command, user=by),
                (PASSWORD, password))


def ssh(lab, user, *script, how="keyboard-interactive", command=()):
    """sshd with a terminal; no command is an interactive shell."""
    return talk(lab, lab.ssh_command(user, how, tty=True) + list(command),
                *script)
