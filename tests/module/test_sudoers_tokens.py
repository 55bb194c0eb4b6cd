#!/usr/bin/python3
"""Whatever the name or command: cvtsudoers reads back what was meant, or there
is no token for it. Thousands of hostile ones; the seed is printed, and
LW_SEED chooses another.
"""
import os
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from sudo_rig import parsed  # noqa: E402

TOKENS = os.path.abspath("tests/module/sudoers_tokens")
SEED = int(os.environ.get("LW_SEED", "6"))
COUNT = 3000

PIECES = [chr(c) for c in range(0x20, 0x7f)] * 2 + [
    "\t", "\r", "\n", "\x01", "\x1b", "\x7f", "  ", "\\x41", "\\x4", "\\\\",
    "\\ ", "\\n", "ALL", "%", "%:", "#", "#0", "#include", "@include", "+",
    "!", "!!", "\"\"", "'", "<", ">", "=", ":", ",", "(ALL)", "NOPASSWD:",
    "Defaults", "User_Alias", "A", "ADMINS", "sudoedit", "sha256:", "10.0.0.1",
    "::1", "/", "*", "[a]", "^", "$", "^.*$", "@", "lightwave.test", "é", "Ж",
    "漢", "\u202e", "🦊", "a", "b", "linux admins", "dev(ops)", "-"]
KNOWN = [
    "", "ALL", "A", "ROOT", "Defaults", "Defaults:x", "Defaults!x", "#0", "#-1",
    "#", "%", "%x", "%:x", ":x", ":", "+x", "+", "!x", "@x", "@include x",
    "#include x", "@includedir /tmp", "root", "alice@lightwave.test",
    "LIGHTWAVE.LOCAL\\Administrator", "lightwave.local\\x41lice", "\\x41",
    "linux admins", "1.2.3.4", "1.2.3.4/8", "::1", "fe80::1/64", "sudoedit",
    "sha256", "sha224", "list", "/bin/sh", "^x$", "\"x\"", "\"", "\\", "a\\",
    "a" * 256, "\\" * 256, " " * 256, "é" * 128, "x\ny", "x\ry", "x\ty", "-x",
    "--", "TIMEOUT", "NOPASSWD:", "User_Alias X", "a=b", "(x)", "x,y", "x y",
    "NOTBEFORE", "CWD", "ROLE"]


def names(rnd):
    yield from KNOWN
    for _ in range(COUNT):
        n = rnd.choice((1, 2, 3, 5, 9, 30, 100))
        s = "".join(rnd.choice(PIECES) for _ in range(n))
        while len(s.encode()) > 256:
            s = s[:-1]
        yield s


def arguments(rnd):
    for s in names(rnd):
        yield rnd.choice(("/bin/ls", "/usr/bin/a=b,c:d#e", "/opt/é\"'!^$@")) \
            + " " + s
        yield "/" + s
        yield s
        yield "sudoedit /" + s


def tokens(what, texts):
    """(text, token) of those that have one."""
    texts = list(texts)
    p = subprocess.run([TOKENS], check=True, stdout=subprocess.PIPE,
                       input=b"".join(what.encode() + t.encode() + b"\0"
                                      for t in texts))
    got = p.stdout.decode().split("\0")
    assert got.pop() == "" and len(got) == len(texts)
    return [(t, g) for t, g in zip(texts, got) if g], \
        [t for t, g in zip(texts, got) if not g]


def read_back(lines):
    with tempfile.NamedTemporaryFile("w") as f:
        f.write("\n".join(lines) + "\n")
        f.flush()
        specs = parsed(f.name)["User_Specs"]
    assert len(specs) == len(lines), (len(specs), len(lines))
    return specs


def users_read_back(rnd, what, key):
    pairs, none = tokens(what, names(rnd))
    specs = read_back([t + " ALL=(root) /bin/ls" for _, t in pairs])
    for (text, token), spec in zip(pairs, specs):
        assert spec["User_List"] == [{key: text}], (text, token, spec)
        # Nobody takes it for a keyword or an alias, which read alike.
        assert not re.fullmatch("[A-Z][A-Z0-9_]*", token), token
        # At the end of a line it would go on with the next.
        assert token[-1] != " ", token
    for t in none:
        assert (t == "" or "\n" in t or "\r" in t or
                t[0] == "#" or (t[0] == ":" and what == "g")), repr(t)
    assert len(pairs) > COUNT / 2


def runas_read_back(rnd):
    pairs, _ = tokens("r", names(rnd))
    specs = read_back(["root ALL=(%s:%s) /bin/ls" % (t, t) for _, t in pairs])
    for (text, token), spec in zip(pairs, specs):
        c, = spec["Cmnd_Specs"]
        user = {"username": text}
        if re.fullmatch("#[0-9]+", text):
            user = {"userid": int(text[1:])}
        assert c["runasusers"] == [user], (text, token, c)
        assert c["runasgroups"] == [{"usergroup": text}], (text, token, c)


def literal(pattern):
    """What fnmatch(3) takes that pattern for; it has no wildcard in it."""
    out, i = "", 0
    while i < len(pattern):
        if pattern[i] == "\\":
            i += 1
        else:
            assert pattern[i] not in "*?[", pattern
        out += pattern[i]
        i += 1
    return out


def commands_read_back(rnd):
    pairs, none = tokens("c", arguments(rnd))
    specs = read_back(["root ALL=(root) NOPASSWD: " + t for _, t in pairs])
    for (text, token), spec in zip(pairs, specs):
        c, = spec["Cmnd_Specs"]
        assert c["runasusers"] == [{"username": "root"}], (text, token, c)
        command, = c["Commands"]
        assert list(command) == ["command"], (text, token, command)
        path, _, args = command["command"].partition(" ")
        assert "\\" not in path and not args.startswith("^"), (text, token)
        assert text == path + (" " if args else "") + literal(args), \
            (text, token, command)
    for t in none:
        path = t.split(" ")[0]
        assert (re.search(r"[\x00-\x1f\x7f]", t) or t[:1] != "/" or
                re.search(r"[]*?[\\]", path) or path[-1] == "/" or
                path.endswith("/sudoedit") or t[-1] == " "), repr(t)
    assert len(pairs) > COUNT


def hosts_read_back(rnd):
    pairs, _ = tokens("h", [*names(rnd), "host.lightwave.test", "WEB1",
                            "10.0.0.0/8", "2001:db8::/32", "192.168.1.7"])
    specs = read_back(["root %s=(root) /bin/ls" % t for _, t in pairs])
    for (text, token), spec in zip(pairs, specs):
        address = re.fullmatch("[0-9.]+(/[0-9]+)?|.*:.*", text)
        key = "networkaddr" if address else "hostname"
        want = text if text == "ALL" or address else text.lower()
        assert spec["Host_List"] == [{key: want}], (text, token, spec)
    assert {"host.lightwave.test", "WEB1", "10.0.0.0/8", "2001:db8::/32",
            "192.168.1.7"} <= {t for t, _ in pairs}


def digests_are_kept_and_bad_ones_refused():
    h = "0123456789abcdef" * 4
    pairs, none = tokens("c", [
        "sha256:%s /bin/ls -l a=b" % h, "sha256:%s sudoedit /etc/motd" % h,
        "sha224:%s /bin/ls" % h, "sha256:%s" % h, "sha256:%s ALL" % h,
        "sha256: /bin/ls", "sha256:%s /bin/ls" % h.replace("a", "x")])
    assert len(none) == 5 and none[0].startswith("sha224"), none
    spec = read_back(["root ALL=(root) " + t for _, t in pairs])[0]
    command, = spec["Cmnd_Specs"][0]["Commands"]
    assert command == {"command": "/bin/ls -l a=b", "sha256": h}, command


def sudo_takes_the_arguments_for_what_they_are(rnd):
    """sudo itself, which matches them by fnmatch(3): those, and no others."""
    texts = [a for a in names(rnd) if a and a != '""' and
             not a.startswith(" ") and "  " not in a][40:110]
    pairs, _ = tokens("c", ["/bin/echo " + a for a in texts])
    assert len(pairs) > 40
    script = """
        mount --bind "$0" /etc/sudoers || exit 90
        while IFS= read -r -d '' a; do
            sudo -n -l -U nobody -- /bin/echo "$a" >/dev/null 2>&1
            echo $?
        done"""
    for text, token in pairs:
        args = text.partition(" ")[2]
        others = [args + "x", "x" + args, args[1:], args[:-1],
                  args.replace("*", "zz"), args.replace("?", "z"),
                  args.replace("\\", ""), re.sub(r"\[.*\]", "a", args)]
        tried = [args] + [o for o in others if o != args]
        with tempfile.NamedTemporaryFile("w") as f:
            f.write("nobody ALL=(root) %s\n" % token)
            f.flush()
            os.chmod(f.name, 0o440)
            p = subprocess.run(
                ["unshare", "-m", "bash", "-c", script, f.name], check=True,
                stdout=subprocess.PIPE,
                input=b"".join(t.encode() + b"\0" for t in tried))
        got = p.stdout.split()
        assert len(got) == len(tried), (text, p)
        assert got[0] == b"0", (text, token)
        assert b"0" not in got[1:], (text, token, list(zip(tried, got)))


print("seed %d" % SEED)
for kind, member in (("u", "username"), ("g", "usergroup"),
                     ("p", "nonunixgroup")):
    users_read_back(random.Random(SEED), kind, member)
    print("ok - names are read back as " + member)
for case in (runas_read_back, commands_read_back, hosts_read_back):
    case(random.Random(SEED))
    print("ok - " + case.__name__)
if os.geteuid() == 0:
    sudo_takes_the_arguments_for_what_they_are(random.Random(SEED))
    print("ok - sudo_takes_the_arguments_for_what_they_are")
digests_are_kept_and_bad_ones_refused()
print("ok - digests_are_kept_and_bad_ones_refused")
