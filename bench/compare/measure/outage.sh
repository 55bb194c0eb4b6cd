#!/usr/bin/env bash
# outage.sh prepare | hang | hang-login | hang-local | stop - what still works,
# and how fast, while the directory is gone (stop) or takes connections and says
# nothing (the others).
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
LIMIT=${LIMIT:-12}
mode=$1

prepare() {
	flush
	login alice
	login alice
	id alice
	id bob
	login bob
	id u000001
	getent group 'Lab Admins'
}

# m KEY WANT CMD...: how long, and whether it did what it should (ok, fail, any).
m() {
	local k=$1 want=$2 a rc t n=FAILED
	shift 2
	a=$(now_us)
	timeout "$LIMIT" "$@" >/dev/null 2>&1
	rc=$?
	t=$((($(now_us) - a) / 1000))
	late=
	if ((rc == 124)); then
		n="no answer in $LIMIT s" late=1
	elif [[ $want == any || ($want == ok && $rc -eq 0) ||
		($want == fail && $rc -ne 0) ]]; then
		n=ok
	fi
	out "$mode.$k" "$t" ms "$n"
}

# The same again, unless it was not answered at all the first time.
again() { [[ -n $late ]] || m "$@"; }

# over_ssh USER [PASSWORD]: as the arguments of m.
over_ssh=(bash -c 'login "$@"' -)

# A hang goes on: does a login stall again later?
keep_trying() {
	local begin=$1 a n=0 w k=ok times
	times=$(mktemp)
	while (($(now_us) - begin < 100000000)); do
		a=$(now_us)
		timeout "$LIMIT" "${over_ssh[@]}" alice || n=$((n + 1))
		echo $((($(now_us) - a) / 1000)) >>"$times"
		sleep 3
	done
	w=$(maximum <"$times")
	((w < LIMIT * 1000)) || k="no answer in $LIMIT s"
	out hang.login.alice.worst "$w" ms "$k"
	out hang.login.alice.failed "$n" "of $(wc -l <"$times")" \
		"over 100 s, one every 3 s"
	rm -f "$times"
}

# Whoever is in /etc/passwd: the first time, then as a rule.
hang_local() {
	local i
	m login.local ok "${over_ssh[@]}" localadm
	for i in 2 3 4 5 6 7; do
		again "login.local.$i" ok "${over_ssh[@]}" localadm
	done
	m login.root ok "${over_ssh[@]}" root
	m id.local ok id localadm
}

everything() {
	local begin
	begin=$(now_us)
	m login.local ok "${over_ssh[@]}" localadm
	again login.local.again ok "${over_ssh[@]}" localadm
	m login.root ok "${over_ssh[@]}" root
	m id.alice ok id alice
	again id.alice.again ok id alice
	m id.cached ok id u000001
	m id.uncached any id u000077
	m id.nosuchuser fail id nosuchuser
	again id.nosuchuser.again fail id nosuchuser
	m login.alice ok "${over_ssh[@]}" alice
	again login.alice.again ok "${over_ssh[@]}" alice
	m login.alice.wrongpw fail "${over_ssh[@]}" alice wrong
	m sudo ok setpriv --reuid 16778217 --regid 545 --clear-groups sudo -n true
	[[ $mode != hang || -n $late ]] || keep_trying "$begin"
}

case $mode in
prepare) prepare >/dev/null 2>&1 ;;
# What the first login of a directory user meets.
hang-login) m login.alice.first ok "${over_ssh[@]}" alice ;;
hang-local) hang_local ;;
hang | stop) everything ;;
esac
