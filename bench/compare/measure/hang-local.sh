#!/usr/bin/env bash
# hang-local.sh prepare | hang - how long whoever is in /etc/passwd needs to log
# in while the directory takes connections and says nothing: the first since
# then, and those after.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
LIMIT=${LIMIT:-12}

# What is known and connected on a host in use; but no local user came just now,
# so that nobody still remembers having asked for him.
prepare() {
	flush
	login alice
	id alice
}

# within KEY CMD...
within() {
	local k=$1 t rc
	shift
	t=$(now_us)
	timeout "$LIMIT" "$@" >/dev/null 2>&1
	rc=$?
	case $rc in
	0) out "$k" $(($(now_us) - t)) us ;;
	124) bad "$k" "no answer in $LIMIT s" ;;
	*) bad "$k" failed ;;
	esac
	return $rc
}

hang() {
	local over_ssh=(bash -c 'login localadm')
	within hang-local.first "${over_ssh[@]}"
	# Who was silent that long is not waited for again.
	(($? != 124)) || return
	for _ in 1 2 3; do
		within hang-local.later "${over_ssh[@]}"
	done
	within hang-local.id id localadm
}

case $1 in
prepare) prepare >/dev/null 2>&1 ;;
hang) hang ;;
esac
exit 0
