#!/usr/bin/env bash
# outage.sh prepare | hang | hang-login | stop - what still works, and how fast,
# while the directory is gone (stop) or takes connections and says nothing (the
# others).
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

# m KEY WANT CMD...: how long, if it did what it should (ok, fail, any).
m() {
	local k=$mode.$1 want=$2 rc t
	shift 2
	t=$(now_us)
	timeout "$LIMIT" "$@" >/dev/null 2>&1
	rc=$?
	t=$(($(now_us) - t))
	late=
	if ((rc == 124)); then
		bad "$k" "no answer in $LIMIT s"
		late=1
	elif [[ $want == any || ($want == ok && $rc -eq 0) ||
		($want == fail && $rc -ne 0) ]]; then
		out "$k" "$t" us
	else
		bad "$k" "failed after $((t / 1000)) ms"
	fi
}

# The same again, unless it was not answered at all the first time.
again() { [[ -n $late ]] || m "$@"; }

# over_ssh USER [PASSWORD]: as the arguments of m.
over_ssh=(bash -c 'login "$@"' -)

# A hang goes on: does a login stall again later?
keep_trying() {
	local t worst=0
	while (($(now_us) - $1 < 100000000)); do
		t=$(now_us)
		if timeout "$LIMIT" "${over_ssh[@]}" alice; then
			out hang.login.alice.works 1 yes
		else
			out hang.login.alice.works 0 yes
		fi
		t=$(($(now_us) - t))
		((t <= worst)) || worst=$t
		sleep 3
	done
	out hang.login.alice.worst "$worst" us "over 100 s, one every 3 s"
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
hang | stop) everything ;;
esac
exit 0
