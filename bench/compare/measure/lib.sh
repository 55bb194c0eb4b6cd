# shellcheck shell=bash
# lib.sh - what the scripts share that run on a host of the comparison.
# shellcheck source=/dev/null
. "/opt/compare/systems/$SYSTEM/system.sh"
export PATH=/opt/compare/build/programs:$PATH
export PW=${COMPARE_PW:-LabPassw0rd-1}

now_us() { printf '%s\n' "${EPOCHREALTIME/[.,]/}"; }

# CPU time that this container has used, in microseconds; cgroup v1 or v2.
cpu_us() {
	local ns
	if [[ -r /sys/fs/cgroup/cpuacct/cpuacct.usage ]]; then
		ns=$(</sys/fs/cgroup/cpuacct/cpuacct.usage)
		echo $((ns / 1000))
	else
		awk '/^usage_usec/ { print $2 }' /sys/fs/cgroup/cpu.stat
	fi
}

# out KEY VALUE UNIT [NOTE]: one figure. The table shows the median of a key's.
out() {
	printf '{"sys":"%s","k":"%s","v":%s,"u":"%s","note":"%s"}\n' \
		"$SYSTEM" "$1" "$2" "$3" "${4-}"
}

# bad KEY WHY: there is no figure, because what was measured did not work.
bad() {
	printf '{"sys":"%s","k":"%s","bad":"%s"}\n' "$SYSTEM" "$1" "$2"
}

# bench ARG...: nssbench's lines, for this system.
: "${BUDGET_MS:=400}" "${FILL_S:=60}"
bench() {
	nssbench -d /share -t "$BUDGET_MS" -f "$FILL_S" "$@" |
		sed "s/^{/{\"sys\":\"$SYSTEM\",/"
}

# timed KEY CMD...: how long it took, and what CPU the whole container used.
timed() {
	local k=$1 t c
	shift
	c=$(cpu_us)
	t=$(now_us)
	if ! "$@" >/dev/null 2>&1; then
		bad "$k" failed
		return
	fi
	out "$k" $(($(now_us) - t)) us
	out "$k.cpu" $(($(cpu_us) - c)) us
}

# login USER [PASSWORD [COMMAND]]: over ssh, as a person would.
login() {
	sshpass -p "${2-$PW}" ssh -n -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
		-o PreferredAuthentications=password -o PubkeyAuthentication=no \
		-o NumberOfPasswordPrompts=1 -o GSSAPIAuthentication=no \
		-l "$1" 127.0.0.1 "${3-true}" 2>/dev/null
}
export -f login

# until_true SECONDS CMD...
until_true() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < deadline)) || return 1
		sleep 0.05
	done
}
wait_up() { until_true 60 id alice; }

# An empty cache and a daemon that answers, for carol, whom no figure uses cold.
flush() {
	sys_stop
	sys_clear
	sys_start
	until_true 60 getent passwd carol
}
