#!/usr/bin/env bash
# nss.sh - name service on this host, as lines of JSON.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
work=$(mktemp -d)

# first KEY BENCH [NOTE]: a process's first call.
first() {
	local ns _ found members
	if read -r ns _ found members < <(timeout 300 nssbench -d /share first "$2"); then
		out "$1" "$ns" ns "${3-}; found $found, in the last $members"
	else
		bad "$1" failed
	fi
}

# memory KEY: of the daemons.
memory() {
	local p pss=0 rss=0 x each=
	for p in $(sys_pids); do
		x=$(awk '/^Pss:/ { print $2 }' "/proc/$p/smaps_rollup" 2>/dev/null)
		pss=$((pss + ${x:-0}))
		each+=" $(<"/proc/$p/comm"):${x}k"
		x=$(awk '/^VmRSS:/ { print $2 }' "/proc/$p/status" 2>/dev/null)
		rss=$((rss + ${x:-0}))
	done
	out "memory.pss.$1" "$pss" kB "$each"
	out "memory.rss.$1" "$rss" kB
}

# --- cold: caches emptied, the daemon started anew and answering -------------

cold() {
	local k
	for _ in 1 2 3; do
		flush
		first cold.getpwnam hot.getpwnam "nobody was asked before"
	done
	memory start
	for k in cold.initgroups:hot.initgroups \
		cold.initgroups.many:many.initgroups \
		cold.getgrnam.big:big.getgrnam; do
		flush
		first "${k%:*}" "${k#*:}"
	done
	flush
	for _ in 1 2 3 4 5; do
		first start.getpwnam miss.same "loads NSS"
	done
}

# --- every user once from cold, then at random over all, then smaller sets ---

lookups() {
	flush
	bench run all.fill all.getpwnam all.getpwuid
	bench run hot.getpwnam hot.getpwuid hot.getgrnam hot.getgrgid \
		hot.initgroups hot.getpwnam.2threads hot.getpwnam.2procs \
		miss.same miss.sameuid miss.new many.initgroups big.getgrnam \
		big.getgrgid set1000.getpwnam set1000.getpwuid \
		set1000.getpwnam.2threads
	BUDGET_MS=50 bench run enum.getpwent
	[[ -z $SYS_NSS ]] ||
		bench -m "$SYS_NSS" run hot.getpwnam hot.getpwuid hot.getgrnam \
			hot.initgroups hot.getpwnam.2threads miss.same \
			many.initgroups big.getgrnam set1000.getpwnam
}

# --- system calls and instructions a call: the difference of two counts ------

calls() { awk '$2 ~ /^[0-9]+$/ && $1 != "total" { n += $2 } END { print n + 0 }' "$1"; }

syscalls() { # syscalls MODULE BENCH LABEL
	local n which
	nssbench -d /share -m "$1" ops "$2" 1
	for n in 200 600; do
		strace -f -c -U name,calls -o "$work/$n" \
			nssbench -d /share -m "$1" ops "$2" "$n"
	done
	# shellcheck disable=SC2016 # awk's fields
	which=$(awk '$2 ~ /^[0-9]+$/ && $1 != "total" {
		if (FNR == NR) x[$1] = $2
		else if ($2 - x[$1] >= 200) printf "%s:%.1f ", $1, ($2 - x[$1]) / 400
	}' "$work/200" "$work/600")
	out "syscalls.$3.$2" "$(awk -v a="$(calls "$work/200")" \
		-v b="$(calls "$work/600")" 'BEGIN { printf "%.2f", (b - a) / 400 }')" \
		calls "$which"
}

instructions() { # instructions MODULE BENCH LABEL
	local n got=()
	for n in 100 300; do
		got+=("$(valgrind --tool=callgrind --callgrind-out-file=/dev/null \
			nssbench -d /share -m "$1" ops "$2" "$n" 2>&1 |
			awk '/Collected/ { print $NF }')")
	done
	if [[ -n ${got[0]} && -n ${got[1]} ]]; then
		out "instr.$3.$2" $(((got[1] - got[0]) / 200)) instr "client side only"
	else
		bad "instr.$3.$2" failed
	fi
}

counts() { # counts MODULE LABEL
	local b
	for b in hot.getpwnam hot.getpwuid hot.initgroups miss.same; do
		syscalls "$1" "$b" "$2"
	done
	for b in hot.getpwnam hot.initgroups; do
		instructions "$1" "$b" "$2"
	done
}

cold
lookups
counts glibc glibc
[[ -z $SYS_NSS ]] || counts "$SYS_NSS" module
memory full
disk=0
# shellcheck disable=SC2086 # a list of directories
[[ -z $SYS_CACHE ]] || disk=$(du -skc $SYS_CACHE 2>/dev/null | tail -n 1 | cut -f 1)
out disk "${disk:-0}" kB "with what the daemon maps"
rm -rf "$work"
