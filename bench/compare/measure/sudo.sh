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
cat >"$work/times" <<'END'
for _ in $(seq "$1"); do
	a=${EPOCHREALTIME/[.,]/}
	if sudo -n true >/dev/null 2>&1; then
		echo $((${EPOCHREALTIME/[.,]/} - a))
	else
		echo failed
	fi
done
END

# by KEY USER RULE...: he is allowed by these lines and by no other, in a session
# of his; twice before, unmeasured.
by() {
	local k=$1 user=$2 c t
	shift 2
	printf '%s\n' 'Defaults !lecture, !fqdn' "$@" >"$work/new"
	install -m 0440 "$work/new" "$rules"
	local as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups
		bash "$work/times")
	"${as[@]}" 2 >/dev/null
	c=$(cpu_us)
	"${as[@]}" "$each" >"$work/t"
	c=$(($(cpu_us) - c))
	while read -r t; do
		if [[ $t == failed ]]; then
			bad "$k" failed
		else
			out "$k" "$t" us
		fi
	done <"$work/t"
	out "$k.cpu" $((c / each)) us
}

getent -s files group locals >/dev/null || {
	groupadd locals
	sed -i 's/^locals:.*/&alice,localadm/' /etc/group
}

# The other way round every other time: what comes first pays for what has
# grown cold.
directory() { by sudo.directory alice '%wheelers ALL=(ALL) NOPASSWD: ALL'; }
with_plugin() {
	[[ ! -e $plugin ]] || by sudo.plugin alice \
		"Defaults group_plugin=\"$plugin\"" '%:wheelers ALL=(ALL) NOPASSWD: ALL'
}
mixed() { by sudo.mixed alice '%locals ALL=(ALL) NOPASSWD: ALL'; }
here() { by sudo.local localadm '%locals ALL=(ALL) NOPASSWD: ALL'; }
ways=(directory with_plugin mixed here)
(($1 % 2 == 0)) || ways=(here mixed with_plugin directory)
for way in "${ways[@]}"; do
	"$way"
done
