#!/usr/bin/env bash
# login.sh - logins and sudo on this host, as lines of JSON.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
work=$(mktemp -d)

# timed CMD...: T is how long it took, C what CPU the whole container used.
timed() {
	local a c rc
	c=$(cpu_us)
	a=$(now_us)
	"$@" >/dev/null 2>&1
	rc=$?
	T=$(($(now_us) - a))
	C=$(($(cpu_us) - c))
	return $rc
}

# note FILE CMD...: one more measurement of what FILE stands for.
note() {
	local f=$work/$1
	shift
	timed "$@" || echo >>"$f.bad"
	echo "$T" >>"$f"
	echo "$C" >>"$f.cpu"
}

# report KEY NOTE: medians of what was noted as KEY.
report() {
	local f=$work/$1 bad=0
	[[ ! -e $f.bad ]] || bad=$(wc -l <"$f.bad")
	out "$1" "$(ms "$(median <"$f")")" ms \
		"$2; $bad of $(wc -l <"$f") failed; max $(ms "$(maximum <"$f")")"
	out "$1.cpu" "$(ms "$(median <"$f.cpu")")" ms "of the whole container"
}

series() { # series KEY COUNT NOTE CMD...
	local k=$1 n=$2 what=$3
	shift 3
	while ((n-- > 0)); do
		note "$k" "$@"
	done
	report "$k" "$what"
}

# --- from nothing ------------------------------------------------------------

for _ in 1 2 3; do
	sys_stop
	sys_clear
	a=$(now_us)
	sys_start
	until id alice >/dev/null 2>&1; do sleep 0.01; done
	echo $(($(now_us) - a)) >>"$work/start"
done
out start.id "$(ms "$(median <"$work/start")")" ms "daemon start to first id alice"
for _ in 1 2 3; do
	flush
	note login.cold login alice
done
report login.cold "caches empty"

# --- PAM alone, without sshd's and ssh's cryptography ------------------------

# The same figures as pamtester's, but by phase, and in a process that is
# already there, as sshd's is.
pam_login() { # pam_login KEY USER COUNT
	local tickets
	pamlogin sshd "$2" 3 <<<"$PW" >/dev/null 2>&1
	pamlogin sshd "$2" "$3" <<<"$PW" >"$work/pam" 2>/dev/null
	tickets=$(awk '{ n += $5 } END { print n + 0 }' "$work/pam")
	col() { ms "$(awk "{ print $1 }" "$work/pam" | median)"; }
	# shellcheck disable=SC2016 # awk's fields
	{
		out "$1" "$(col '$1 + $2 + $3')" ms \
			"$(wc -l <"$work/pam") of $3 logins, $tickets tickets"
		out "$1.cpu" "$(col '$4')" ms "of the whole container"
		out "$1.auth" "$(col '$1')" ms
		out "$1.acct" "$(col '$2')" ms
		out "$1.setcred" "$(col '$3')" ms
		out "$1.tickets" "$tickets" "of $(wc -l <"$work/pam")"
	}
}
login alice
pam_login pam alice "${PAM_LOGINS:-60}"
pam_login pam.local localadm 20
pamtest() { pamtester sshd "$1" authenticate acct_mgmt <<<"$PW"; }
series pamtester 30 "authenticate and account, a new process" pamtest alice

# --- over ssh ----------------------------------------------------------------

# In turn, so that what else the machine does hits both.
for _ in $(seq "${SSH_LOGINS:-25}"); do
	note login.warm login alice
	note login.local login localadm
done
report login.warm "ssh with a password"
report login.local "a user of /etc/passwd, in turn with the one above"
login_refused() { ! login alice wrong; }
series login.wrongpw 3 "PAM delays it" login_refused

cat >"$work/one" <<'END'
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
login "$1" || echo "$1"
END
for p in 1 2; do
	c=$(cpu_us)
	a=$(now_us)
	seq -f 'lu%02.0f' 0 49 | xargs -P 10 -n 1 bash "$work/one" >"$work/bad"
	t=$(($(now_us) - a))
	c=$(($(cpu_us) - c))
	out "login.par50.pass$p" "$(ms "$t")" ms \
		"50 users, 10 at a time, all of it; $(wc -l <"$work/bad") of 50 failed"
	out "login.par50.pass$p.cpu" "$(ms $((c / 50)))" ms "a login"
done

# --- sudo, id ----------------------------------------------------------------

id alice >/dev/null
id bob >/dev/null
cat >"$work/times" <<'END'
for _ in $(seq "$1"); do
	a=${EPOCHREALTIME/[.,]/}
	"${@:2}" >/dev/null 2>&1 || echo >&2
	echo $((${EPOCHREALTIME/[.,]/} - a))
done
END
# session KEY USER COUNT CMD...: in one session of his, as a person asks.
session() {
	local k=$1 user=$2 n=$3 c
	shift 3
	c=$(cpu_us)
	setpriv --reuid "$user" --regid 545 --init-groups \
		bash "$work/times" "$n" "$@" >"$work/t" 2>"$work/bad"
	c=$(($(cpu_us) - c))
	out "$k" "$(ms "$(median <"$work/t")")" ms \
		"$(wc -l <"$work/bad") of $n failed"
	out "$k.cpu" "$(ms $((c / n)))" ms "of the whole container"
}
chmod 755 "$work"
session sudo.nopasswd alice 50 sudo -n true
session sudo.password bob 20 sh -c "echo $PW | sudo -S -k -p '' true"
series id.alice 20 "warm" id alice
series id.manygroups 3 "warm" id manygroups
rm -rf "$work"
