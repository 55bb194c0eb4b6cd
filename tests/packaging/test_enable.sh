#!/bin/sh
# test_enable.sh - lightwave-enable on copies of a Photon host's files: what it
# writes, that a second run changes nothing, that --undo gives back every byte,
# and that it refuses what it does not understand without touching anything.
#
# Needs no root. SRCDIR is the top of the source tree.

set -u
top=${SRCDIR:-${srcdir:-$(dirname "$0")/../..}}
enable=$top/packaging/lightwave-enable
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
count=0 bad=0

ok() # DESCRIPTION: tells the status of the command before it
{
	if [ $? -eq 0 ]; then r=ok; else r='not ok' bad=1; fi
	count=$((count + 1))
	echo "$r $count - $1"
}

# A host as Photon 5 installs it, with our module present.
photon() # DIR
{
	rm -rf "$1"
	mkdir -p "$1/etc/pam.d" "$1/usr/lib/security"
	: >"$1/usr/lib/security/pam_lightwave.so"
	cat >"$1/etc/pam.d/system-auth" <<'X'
# Begin /etc/pam.d/system-auth

auth      required    pam_unix.so

# End /etc/pam.d/system-auth
X
	cat >"$1/etc/pam.d/system-account" <<'X'
# Begin /etc/pam.d/system-account

account   required    pam_unix.so

# End /etc/pam.d/system-account
X
	cat >"$1/etc/pam.d/system-password" <<'X'
# Begin /etc/pam.d/system-password

password  required    pam_pwquality.so  retry=3
password  required    pam_unix.so       sha512 shadow use_authtok

# End /etc/pam.d/system-password
X
	cat >"$1/etc/pam.d/system-session" <<'X'
# Begin /etc/pam.d/system-session

session   required    pam_unix.so
session   required    pam_limits.so
session   optional    pam_systemd.so
session   optional    pam_loginuid.so
session   optional    pam_umask.so silent

# End /etc/pam.d/system-session
X
	cat >"$1/etc/nsswitch.conf" <<'X'
# Begin /etc/nsswitch.conf

passwd: files
group: files
shadow: files

hosts: files dns
networks: files

# End /etc/nsswitch.conf
X
	printf '#\n# sudo.conf\n#\n' >"$1/etc/sudo.conf"
}

run() { sh "$enable" --root "$@" >"$work/out" 2>"$work/err"; }
same() { diff -r "$1" "$2" >"$work/diff" 2>&1 || { cat "$work/diff"; return 1; }; }
one_line() { [ "$(wc -l <"$work/err")" -eq 1 ]; }

# there_and_back NAME: $work/h is ready; enable twice, undo twice
there_and_back()
{
	rm -rf "$work/before" "$work/once"
	cp -a "$work/h" "$work/before"
	run "$work/h"; ok "$1: enable"
	cat "$work/err"
	cp -a "$work/h" "$work/once"
	run "$work/h" && same "$work/once" "$work/h"; ok "$1: enabling again changes nothing"
	run "$work/h" --undo && same "$work/before" "$work/h"; ok "$1: undo gives back every byte"
	run "$work/h" --undo && same "$work/before" "$work/h"; ok "$1: undo again changes nothing"
}

# refused NAME TEXT: $work/h is ready; one line that holds TEXT, nothing touched
refused()
{
	rm -rf "$work/before"
	cp -a "$work/h" "$work/before"
	run "$work/h"
	[ $? -eq 1 ] && one_line && grep -Fq "$2" "$work/err"; ok "$1: refused ($2)"
	same "$work/before" "$work/h"; ok "$1: nothing touched"
}

edit() { printf '%b' "$2" >"$work/h/etc/$1"; }

# --- what it writes
photon "$work/h"
there_and_back photon
for f in system-auth system-account system-session system-password; do
	cmp "$work/once/etc/pam.d/$f" "$top/packaging/pam/$f"; ok "$f is the shipped one"
done
grep -qx 'passwd: files lightwave' "$work/once/etc/nsswitch.conf" &&
	grep -qx 'group: files lightwave' "$work/once/etc/nsswitch.conf" &&
	grep -qx 'shadow: files lightwave' "$work/once/etc/nsswitch.conf" &&
	grep -qx 'hosts: files dns' "$work/once/etc/nsswitch.conf"
ok "nsswitch.conf: passwd, group and shadow, nothing else"
grep -qx 'Set group_source dynamic' "$work/once/etc/sudo.conf"; ok "sudo.conf"

# --- what an administrator changes in our lines is his
photon "$work/h"; run "$work/h"
sed -i 's/^account .*pam_lightwave.so/& debug/' "$work/h/etc/pam.d/system-account"
rm -rf "$work/before"; cp -a "$work/h" "$work/before"
run "$work/h" && same "$work/before" "$work/h" && grep -q 'system-account: .*they stay as they are' "$work/err"
ok "an option added between our marks stays"
run "$work/h" --undo && ! grep -rq lightwave "$work/h/etc"
ok "and undo takes the line out"
photon "$work/h"; run "$work/h"
sed -i 's/^session .*pam_lightwave.so/session   optional    pam_lightwave.so/' "$work/h/etc/pam.d/system-session"
run "$work/h" && cmp -s "$work/h/etc/pam.d/system-session" "$top/packaging/pam/system-session"
ok "an earlier version's session line is brought up to date"
photon "$work/h"; run "$work/h"
sed -i 's/^passwd: files lightwave/passwd: files systemd lightwave/' "$work/h/etc/nsswitch.conf"
run "$work/h" --undo && grep -qx 'passwd: files systemd' "$work/h/etc/nsswitch.conf"
ok "undo finds our word where it was moved to"

photon "$work/h"
sed -i 's/^shadow: files/shadow: files [NOTFOUND=return] db/' "$work/h/etc/nsswitch.conf"
run "$work/h" && grep -qx 'passwd: files lightwave' "$work/h/etc/nsswitch.conf" &&
	grep -qx 'shadow: files \[NOTFOUND=return\] db' "$work/h/etc/nsswitch.conf"
ok "a shadow line with an action stays, and the rest is enabled"

# --- mode and owner stay
photon "$work/h"
chmod 640 "$work/h/etc/pam.d/system-auth"
run "$work/h" && [ "$(stat -c %a "$work/h/etc/pam.d/system-auth")" = 640 ] &&
	[ "$(stat -c %a "$work/h/etc/nsswitch.conf")" = "$(stat -c %a "$work/h/etc/sudo.conf")" ]
ok "modes are kept"
[ "$(find "$work/h" -name '.lightwave*' | wc -l)" -eq 0 ]; ok "no temporary file is left"

# --- dry run
photon "$work/h"
rm -rf "$work/before"; cp -a "$work/h" "$work/before"
run "$work/h" --dry-run && same "$work/before" "$work/h" && grep -q '^+.*pam_lightwave' "$work/out"
ok "--dry-run prints the diff and touches nothing"
run "$work/h"; rm -rf "$work/before"; cp -a "$work/h" "$work/before"
run "$work/h" --undo --dry-run && same "$work/before" "$work/h" && grep -q '^-.*pam_lightwave' "$work/out"
ok "--undo --dry-run likewise"

# --- files that differ from the shipped ones and are understood
photon "$work/h"
edit pam.d/system-auth 'auth required pam_faillock.so preauth\nauth sufficient pam_unix.so\nauth required pam_faillock.so authfail\nauth optional pam_faildelay.so delay=4000000\nauth required pam_deny.so\n'
edit pam.d/system-account 'account required pam_faillock.so\n-account\trequired\t/usr/lib/security/pam_unix.so\n'
edit pam.d/system-password 'auth required pam_permit.so\npassword [success=1 default=ignore] pam_succeed_if.so uid < 1000\npassword requisite pam_pwquality.so\npassword required pam_pwhistory.so use_authtok\npassword sufficient pam_unix.so use_authtok\npassword required pam_deny.so\n'
there_and_back hardened
awk '/pam_lightwave/ { l = NR } /sufficient pam_unix/ { u = NR } /preauth/ { p = NR } END { exit !(p < l && l < u) }' "$work/once/etc/pam.d/system-auth"
ok "hardened: ours stands after faillock and before pam_unix"
awk '/^password/ { n++; if (/pam_lightwave/) l = n } END { exit l != 1 }' "$work/once/etc/pam.d/system-password"
ok "hardened: ours stands before what asks for a new password"

photon "$work/h"
edit pam.d/system-auth '#auth required pam_unix.so\nauth required pam_unix.so'
edit pam.d/system-session 'session [success=1 default=ignore] pam_unix.so\nsession required pam_deny.so\r\n\n\n'
edit nsswitch.conf '\n\n  passwd :\tfiles\t # all\ngroup:files systemd\nshadow: files lightwave\n\n\n#passwd: db\nhosts: files dns'
edit sudo.conf 'Debug sudo /x all@warn'
there_and_back "no last newline, carriage returns, blanks"
photon "$work/h"
edit pam.d/system-auth '# \0377\0376 \0033[1m\nauth required pam_unix.so likeauth nullok\n'
edit sudo.conf ''
there_and_back "bytes that are no text, an empty sudo.conf"
photon "$work/h"
rm "$work/h/etc/sudo.conf"
there_and_back "no sudo.conf"
photon "$work/h"
edit sudo.conf 'set Group_Source dynamic # ours\n'
edit nsswitch.conf 'passwd: files lightwave\ngroup: files systemd\n'
there_and_back "partly done by hand"

# --- what somebody changed after us stays
photon "$work/h"
rm "$work/h/etc/sudo.conf"
run "$work/h"
echo 'Path noexec /x' >>"$work/h/etc/sudo.conf"
echo 'auth required pam_deny.so' >>"$work/h/etc/pam.d/system-auth"
sed -i 's/^passwd: files lightwave/& db/; s/^group: files lightwave/group: files/' "$work/h/etc/nsswitch.conf"
run "$work/h" --undo; ok "undo after edits by others"
[ "$(cat "$work/h/etc/sudo.conf")" = 'Path noexec /x' ] &&
	[ "$(tail -n 1 "$work/h/etc/pam.d/system-auth")" = 'auth required pam_deny.so' ] &&
	grep -qx 'passwd: files db' "$work/h/etc/nsswitch.conf" &&
	grep -qx 'group: files' "$work/h/etc/nsswitch.conf" &&
	! grep -rq lightwave "$work/h/etc"
ok "their lines are kept, ours are gone"

# --- an older version's block is brought up to date, in its place
photon "$work/h"
run "$work/h"
rm -rf "$work/once"; cp -a "$work/h" "$work/once"
sed -i 's/ default=die\]/ default=bad]/' "$work/h/etc/pam.d/system-auth"
run "$work/h" && same "$work/once" "$work/h"; ok "an older block is replaced"

# A block of a version that changed no passwords and ended no sessions.
photon "$work/h"
run "$work/h"
rm -rf "$work/once"; cp -a "$work/h" "$work/once"
sed -i '/pam_lightwave/d; s/success=2/success=1/' "$work/h/etc/pam.d/system-session"
sed -i '/lightwave/d' "$work/h/etc/pam.d/system-password"
run "$work/h" && same "$work/once" "$work/h"; ok "a host that an older version enabled is brought up to date"

# --- a host whose PAM files are pam-auth-update's
debian() # DIR
{
	photon "$1"
	rm "$1/etc/pam.d"/*
	for f in auth account; do
		echo "$f [success=2 user_unknown=ignore ignore=ignore default=die] pam_lightwave.so" >"$1/etc/pam.d/common-$f"
	done
}
debian "$work/h"
rm -rf "$work/before"; cp -a "$work/h/etc/pam.d" "$work/before"
run "$work/h" && same "$work/before" "$work/h/etc/pam.d" &&
	grep -qx 'passwd: files lightwave' "$work/h/etc/nsswitch.conf" &&
	grep -qx 'Set group_source dynamic' "$work/h/etc/sudo.conf"
ok "profiles: nsswitch.conf and sudo.conf alone are edited"
run "$work/h" --undo
[ $? -eq 1 ] && [ "$(wc -l <"$work/err")" -eq 2 ] && same "$work/before" "$work/h/etc/pam.d" &&
	grep -q '/etc/pam.d/common-auth: .*pam-auth-update --disable lightwave lightwave-password' "$work/err" &&
	! grep -q lightwave "$work/h/etc/nsswitch.conf" "$work/h/etc/sudo.conf"
ok "profiles: undo says who has the PAM lines"
echo 'account required pam_unix.so' >"$work/h/etc/pam.d/common-account"
rm -rf "$work/before"; cp -a "$work/h" "$work/before"
run "$work/h"
[ $? -eq 1 ] && one_line && grep -q 'pam-auth-update --enable lightwave lightwave-password' "$work/err" && same "$work/before" "$work/h"
ok "profiles: NSS is not enabled before the account phase is"

# --- refused
photon "$work/h"; rm "$work/h/usr/lib/security/pam_lightwave.so"
refused "no module" 'pam_lightwave.so is not installed'
photon "$work/h"; rm "$work/h/etc/pam.d/system-account"
refused "no system-account" '/etc/pam.d/system-account: does not exist'
photon "$work/h"; edit pam.d/system-auth 'auth required pam_deny.so\naccount required pam_unix.so\n# auth required pam_unix.so\nauth required pam_unix_auth.so\n'
refused "no pam_unix" 'pam_unix.so'
photon "$work/h"; : >"$work/h/etc/pam.d/system-session"
refused "an empty file" 'pam_unix.so'
photon "$work/h"; edit pam.d/system-password 'password required pam_pwquality.so\npassword include other\n'
refused "passwords changed elsewhere" '/etc/pam.d/system-password: has no'
photon "$work/h"; edit pam.d/system-password 'password required pam_pwquality.so \\\\\n  retry=3\npassword required pam_unix.so use_authtok\n'
refused "a continued password line" 'backslash'
photon "$work/h"; edit pam.d/system-auth 'auth [default=1 success=ignore] pam_succeed_if.so uid < 1000\nauth required pam_unix.so\n'
refused "a jump" 'jumps by number'
photon "$work/h"; edit pam.d/system-auth 'auth required \\\\\n  pam_unix.so\n'
refused "a continued line" 'backslash'
photon "$work/h"; edit pam.d/system-auth 'auth sufficient pam_lightwave.so\nauth required pam_unix.so\n'
refused "a line by hand" 'outside our marks'
photon "$work/h"; edit pam.d/system-auth 'auth required pam_unix.so\n\0000\n'
refused "a NUL" 'NUL'
photon "$work/h"; mv "$work/h/etc/nsswitch.conf" "$work/h/etc/n"; ln -s n "$work/h/etc/nsswitch.conf"
refused "a symbolic link" 'symbolic link'
photon "$work/h"; rm "$work/h/etc/sudo.conf"; mkdir "$work/h/etc/sudo.conf"
refused "a directory" 'not a regular file'
photon "$work/h"; edit nsswitch.conf 'passwd: compat\ngroup: files\n'
refused "no files" 'does not name files'
photon "$work/h"; edit nsswitch.conf 'passwd: nofiles files2\ngroup: files\n'
refused "nearly files" 'does not name files'
photon "$work/h"; edit nsswitch.conf 'passwd: files [SUCCESS=merge] db\ngroup: files\n'
refused "an action" 'action'
photon "$work/h"; edit nsswitch.conf 'passwd: lightwave files\ngroup: files\n'
refused "the directory first" 'before files'
photon "$work/h"; edit nsswitch.conf 'group: files\n'
refused "no passwd line" 'no passwd line'
photon "$work/h"; edit nsswitch.conf 'passwd: files\npasswd: files\ngroup: files\n'
refused "two passwd lines" 'two passwd lines'
photon "$work/h"; edit nsswitch.conf 'passwd: files\ngroup: files\ninitgroups: files\n'
refused "initgroups" 'initgroups'
photon "$work/h"; edit sudo.conf 'Set group_source static\n'
refused "another group_source" 'group_source'
photon "$work/h"; run "$work/h"; sed -i '/^# lightwave-login end/d' "$work/h/etc/pam.d/system-auth"
refused "a lost end mark" 'between our marks'
photon "$work/h"; run "$work/h"; sed -i '/^# lightwave-login end/i auth required pam_deny.so' "$work/h/etc/pam.d/system-auth"
refused "a stranger in our block" 'not ours'

# --- undo does what it can, and says when a module line is left
photon "$work/h"; run "$work/h"
sed -i '/^# lightwave-login end/d' "$work/h/etc/pam.d/system-auth"
run "$work/h" --undo
[ $? -eq 1 ] && one_line && ! grep -q lightwave "$work/h/etc/nsswitch.conf" "$work/h/etc/pam.d/system-account"
ok "a damaged file does not keep the others enabled, and fails the undo"
photon "$work/h"; run "$work/h"
echo 'auth sufficient pam_lightwave.so' >"$work/h/etc/pam.d/vsftpd"
run "$work/h" --undo
[ $? -eq 1 ] && grep -q '/etc/pam.d/vsftpd' "$work/err"
ok "a service that names the module by itself fails the undo"
photon "$work/h"; run "$work/h"
echo 'auth sufficient pam_lightwave.so' >"$work/h/etc/pam.d/vsftpd"
rm -rf "$work/before"; cp -a "$work/h" "$work/before"
run "$work/h" --undo --dry-run
[ $? -eq 1 ] && one_line && grep -q '/etc/pam.d/vsftpd' "$work/err" && same "$work/before" "$work/h"
ok "--dry-run says so beforehand"

# --- stopped after any number of files, nobody is let in unjudged
photon "$work/off"; cp -a "$work/off" "$work/on"; run "$work/on"
# It asks sync(1) once before it replaces a file.
mkdir "$work/bin"
cat >"$work/bin/sync" <<'X'
#!/bin/sh
echo >>"$STOP"
[ "$(wc -l <"$STOP")" -le "$STOP_AFTER" ] || kill -TERM "$PPID"
X
chmod 755 "$work/bin/sync"
export STOP="$work/stop" STOP_AFTER

stopped() # NAME FROM TO FILES [--undo]
{
	for STOP_AFTER in 0 1 2 3 4 5; do
		rm -rf "$work/h" "$work/half" "$STOP"
		cp -a "$work/$2" "$work/h"
		(PATH=$work/bin:$PATH && run "$work/h" ${5+"$5"})
		i=0 r=0
		for f in $4; do
			now=$2
			[ $i -ge "$STOP_AFTER" ] || now=$3
			cmp -s "$work/h/etc/$f" "$work/$now/etc/$f" || r=1
			i=$((i + 1))
		done
		[ $r -eq 0 ] && [ "$(find "$work/h" -name '.lightwave*' | wc -l)" -eq 0 ]
		ok "$1 stopped after $STOP_AFTER files: those are done, the others untouched"
		cp -a "$work/h" "$work/half"
		run "$work/h" && same "$work/on" "$work/h"; ok "... and can be enabled"
		run "$work/half" --undo && same "$work/off" "$work/half"; ok "... or undone"
	done
}
stopped "enabling" off on 'sudo.conf pam.d/system-account pam.d/system-session
	pam.d/system-password pam.d/system-auth nsswitch.conf'
stopped "undoing" on off 'nsswitch.conf pam.d/system-auth pam.d/system-password
	pam.d/system-session pam.d/system-account sudo.conf' --undo

photon "$work/h"; run "$work/h"
rm "$work/h/usr/lib/security/pam_lightwave.so" "$work/h/etc/sudo.conf"
run "$work/h" --undo && ! grep -rq lightwave "$work/h/etc"
ok "undo needs neither the module nor every file"

photon "$work/h"; touch "$work/h/etc/krb5.keytab"
sh "$enable" --root "$work/h" 2>&1 | grep -q 'warning: /etc/krb5.keytab'
ok "a keytab that libkrb5's own rules would serve is warned about"
printf 'includedir /etc/krb5.conf.d/\n' >"$work/h/etc/krb5.conf"
[ -z "$(sh "$enable" --root "$work/h" 2>&1)" ]
ok "... and one that asks us is not"

photon "$work/h"; run "$work/h"; mkdir -p "$work/h/etc/sudoers.d"
printf '#Defaults group_plugin="/x/lightwave_sudo.so"\n' >"$work/h/etc/sudoers"
[ -z "$(sh "$enable" --undo --root "$work/h" 2>&1)" ]
ok "undo says nothing of sudoers without the group plug-in"
run "$work/h"
for f in rules.before-migrate rules~; do
	printf 'Defaults group_plugin="/x/lightwave_sudo.so"\n' >"$work/h/etc/sudoers.d/$f"
done
[ -z "$(sh "$enable" --undo --root "$work/h" 2>&1)" ]
ok "... nor of files that sudo does not read"
run "$work/h"
printf 'Defaults group_plugin="/x/lightwave_sudo.so"\n' >"$work/h/etc/sudoers.d/rules"
said=$(sh "$enable" --undo --root "$work/h" 2>&1) && case $said in
*'/etc/sudoers.d/rules: names lightwave_sudo.so'*) ;; *) false ;; esac
ok "... and names a file that still has it, but goes through"

sh "$enable" --no-such-option >/dev/null 2>&1
[ $? -eq 2 ]; ok "a wrong option is a usage error"

echo "1..$count"
exit $bad
