# shellcheck shell=bash
# lib.sh - what the scripts share that run on a host of the comparison.
. /opt/compare/system.sh
PW=${COMPARE_PW:-LabPassw0rd-1}

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

# Of the numbers on standard input; "null" if there are none.
median() {
	sort -n | awk '{ a[NR] = $1 }
		END { print NR ? (a[int((NR + 1) / 2)] + a[int(NR / 2) + 1]) / 2 : "null" }'
}
maximum() { sort -n | tail -n 1; }
ms() { awk -v x="$1" 'BEGIN { printf "%.2f", x / 1000 }'; }

# out KEY VALUE UNIT [NOTE]: one figure.
out() {
	printf '{"sys":"%s","k":"%s","v":%s,"u":"%s","note":"%s"}\n' \
		"$SYS" "$1" "$2" "$3" "${4-}"
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
export PW

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
