#!/usr/bin/env bash
# session.sh - sudo and id in a session, and a login with a wrong password.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
work=$(mktemp -d)
chmod 755 "$work"
cat >"$work/times" <<'END'
for _ in $(seq "$1"); do
	a=${EPOCHREALTIME/[.,]/}
	if "${@:2}" >/dev/null 2>&1; then
		echo $((${EPOCHREALTIME/[.,]/} - a))
	else
		echo failed
	fi
done
END

# session KEY USER COUNT CMD...: in one session of his, as a person asks; once
# before, unmeasured.
session() {
	local k=$1 user=$2 n=$3 c t
	shift 3
	local as=(setpriv --reuid "$user" --regid 545 --init-groups
		bash "$work/times")
	"${as[@]}" 1 "$@" >/dev/null
	c=$(cpu_us)
	"${as[@]}" "$n" "$@" >"$work/t"
	c=$(($(cpu_us) - c))
	out "$k.cpu" $((c / n)) us
	while read -r t; do
		if [[ $t == failed ]]; then
			bad "$k" failed
		else
			out "$k" "$t" us
		fi
	done <"$work/t"
}

session sudo.nopasswd alice 15 sudo -n true
session sudo.password bob 7 sh -c "echo $PW | sudo -S -k -p '' true"
session id.alice alice 7 id alice
session id.manygroups alice 2 id manygroups
login_refused() { ! login alice wrong; }
timed ssh.wrong login_refused
rm -rf "$work"
