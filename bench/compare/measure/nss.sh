#!/usr/bin/env bash
# nss.sh - name service on this host, as lines of JSON.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
: "${BUDGET_MS:=400}" "${FILL_S:=60}"
work=$(mktemp -d)

bench() { nssbench -d /share "$@"; }
conv() { sed "s/^{/{\"sys\":\"$SYS\",/"; }

# first BENCH: nanoseconds of a process's first call, of its second, answers
# that were found, members or groups in the last; in an array.
first() { read -ra F < <(timeout 300 nssbench -d /share first "$1"); }

# mem KEY WHEN: memory of the daemons.
mem() {
	local p x m=0 r=0 each=
	for p in $(sys_pids); do
		x=$(awk '/^Pss:/ { print $2 }' "/proc/$p/smaps_rollup" 2>/dev/null)
		m=$((m + ${x:-0}))
		each+=" $(<"/proc/$p/comm"):${x}k"
		x=$(awk '/^VmRSS:/ { print $2 }' "/proc/$p/status" 2>/dev/null)
		r=$((r + ${x:-0}))
	done
	out "mem.pss.$1" "$m" kB "$2: PSS$each"
	out "mem.rss.$1" "$r" kB "$2"
}

# --- cold: caches emptied, the daemon started anew and answering -------------

for _ in 1 2 3; do
	flush
	first hot.getpwnam
	echo "${F[0]}" >>"$work/first"
done
out cold.getpwnam.process "$(median <"$work/first")" ns \
	"first call of a process, user not cached"
mem start "just started, two users looked up"
for k in initgroups.alice:hot.initgroups initgroups.many:many.initgroups \
	getgrnam.big:big.getgrnam; do
	flush
	first "${k#*:}"
	out "cold.${k%%:*}" "${F[0]:-null}" ns "hits=${F[2]-} in it=${F[3]-}"
done
flush
for _ in 1 2 3 4 5; do
	first miss.same
	echo "${F[0]}" >>"$work/start"
done
out start.getpwnam.process "$(median <"$work/start")" ns \
	"first call of a process: loads NSS"

# --- every user once from cold, then at random over all, then smaller sets ---

flush
bench -t "$BUDGET_MS" -f "$FILL_S" run all.fill all.getpwnam all.getpwuid | conv
bench -t "$BUDGET_MS" -f "$FILL_S" run hot.getpwnam hot.getpwuid hot.getgrnam \
	hot.getgrgid hot.initgroups hot.getpwnam.2threads hot.getpwnam.2procs \
	miss.same miss.sameuid miss.new many.initgroups big.getgrnam \
	big.getgrgid set1000.getpwnam set1000.getpwuid \
	set1000.getpwnam.2threads | conv
timeout 60 nssbench -d /share -t 50 run enum.getpwent | conv
if [[ -n $SYS_NSS ]]; then
	bench -m "$SYS_NSS" -t "$BUDGET_MS" run hot.getpwnam hot.getpwuid \
		hot.getgrnam hot.initgroups hot.getpwnam.2threads miss.same \
		many.initgroups big.getgrnam set1000.getpwnam | conv
fi

# --- system calls and instructions a call: the difference of two counts ------

calls() { awk '$2 ~ /^[0-9]+$/ && $1 != "total" { n += $2 } END { print n + 0 }' "$1"; }

syscalls() { # syscalls MODULE BENCH LABEL
	local n which
	bench -m "$1" ops "$2" 1 >/dev/null
	for n in 200 600; do
		strace -f -c -U name,calls -o "$work/$n" \
			nssbench -d /share -m "$1" ops "$2" "$n" >/dev/null
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
	[[ -z ${got[0]} || -z ${got[1]} ]] ||
		out "instr.$3.$2" $(((got[1] - got[0]) / 200)) instr "client side only"
}

for m in glibc $SYS_NSS; do
	label=module
	[[ $m != glibc ]] || label=glibc
	for b in hot.getpwnam hot.getpwuid hot.initgroups miss.same; do
		syscalls "$m" "$b" "$label"
	done
	for b in hot.getpwnam hot.initgroups; do
		instructions "$m" "$b" "$label"
	done
done
mem full "every user looked up"
d=0
# shellcheck disable=SC2086 # a list of directories
[[ -z $SYS_CACHE ]] || d=$(du -skc $SYS_CACHE 2>/dev/null | tail -n 1 | cut -f 1)
out disk.cache "${d:-0}" kB "with what the daemon maps"
rm -rf "$work"
