#!/usr/bin/env bash
# sudo.sh - sudo without a password, by one rule at a time: what a rule by a
# group of the directory costs beside the same rule by a local group.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
rules=/etc/sudoers.d/compare
plugin=/usr/lib/sudo/lightwave_sudo.so
each=5
work=$(mktemp -d)
chmod 755 "$work"
cp -p "$rules" "$work/rules"
trap 'cp -p "$work/rules" "$rules"; rm -rf "$work"' EXIT

getent -s files group locals >/dev/null || {
	groupadd locals
	sed -i 's/^locals:.*/&alice,localadm/' /etc/group
}

# A session that runs sudo once for each line it is given.
cat >"$work/session" <<'END'
while read -r _; do
	a=${EPOCHREALTIME/[.,]/}
	if sudo -n true >/dev/null 2>&1; then
		echo $((${EPOCHREALTIME/[.,]/} - a))
	else
		echo failed
	fi
done
END
declare -A asks=() answers=()
session() { # session USER: opens it
	local in out
	mkfifo "$work/$1.in" "$work/$1.out"
	setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups \
		bash "$work/session" <"$work/$1.in" >"$work/$1.out" &
	exec {in}>"$work/$1.in" {out}<"$work/$1.out"
	asks[$1]=$in answers[$1]=$out
}

# by KEY USER RULE...: he is allowed by these lines and by no other.
by() {
	local k=$1 user=$2 c t
	shift 2
	printf '%s\n' 'Defaults !lecture, !fqdn' "$@" >"$work/new"
	install -m 0440 "$work/new" "$rules"
	c=$(cpu_us)
	echo >&"${asks[$user]}"
	read -r t <&"${answers[$user]}"
	c=$(($(cpu_us) - c))
	if [[ -n ${warm-} ]]; then
		return
	elif [[ $t == failed ]]; then
		bad "$k" failed
	else
		out "$k" "$t" us
		out "$k.cpu" "$c" us
	fi
}

directory() { by sudo.directory alice '%wheelers ALL=(ALL) NOPASSWD: ALL'; }
with_plugin() {
	[[ ! -e $plugin ]] || by sudo.plugin alice \
		"Defaults group_plugin=\"$plugin\"" '%:wheelers ALL=(ALL) NOPASSWD: ALL'
}
mixed() { by sudo.mixed alice '%locals ALL=(ALL) NOPASSWD: ALL'; }
here() { by sudo.local localadm '%locals ALL=(ALL) NOPASSWD: ALL'; }

# One of each in turn, so that other work on the machine comes to all of them;
# beginning with another one each time.
ways=(directory with_plugin mixed here)
session alice
session localadm
for ((i = 0; i <= each; i++)); do
	warm=
	((i > 0)) || warm=yes
	for ((w = 0; w < ${#ways[@]}; w++)); do
		"${ways[(w + i + 3 + $1) % ${#ways[@]}]}"
	done
done
