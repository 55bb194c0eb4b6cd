#!/usr/bin/env bash
# run.sh - lightwave-login beside SSSD and nslcd: the same questions to the same
# directory, in turn, in one run. Prints one table; README.md says how to read
# it.
set -euo pipefail
# What was named is named from where we were called.
[[ -z ${TREE-} ]] || TREE=$(realpath "$TREE")
[[ -z ${OUT-} ]] || OUT=$(realpath -m "$OUT")
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=/dev/null
. ./hosts.sh

all=(files sssd nslcd nslcd-krb5 lightwave)
# Some look up otherwise and log in as others do.
lookups=(files sssd nslcd nslcd-nscd lightwave lightwave-first)
phases="check cold pam ssh many session sudo hang-local nss hot outage"

usage() {
	cat <<-END
	usage: ./run.sh [SYSTEM...]    default: ${all[*]}
	                               with nss and hot alone: ${lookups[*]}
	       ./run.sh --clean        containers, volume and network go, images stay

	  PHASES="$phases"
	               which, in this order; many:3 has 3 rounds
	  ROUNDS=5     of the phases that do not say how many
	  N=10000 G=500
	               users and groups of the directory
	  TREE=DIR     the clone lightwave is built from (this one)
	  BUDGET_MS=400 FILL_S=60
	               for each figure of nss; to ask for everybody once
	  OUT=DIR      where figures and what went wrong are put (results/)
	END
}

N=${N:-10000} G=${G:-500} PHASES=${PHASES:-$phases} ROUNDS=${ROUNDS:-5}
BUDGET_MS=${BUDGET_MS:-400} FILL_S=${FILL_S:-60}
OUT=${OUT:-results} TREE=${TREE:-$top}
errors=0

# ask SYSTEM SCRIPT ARG...: its figures into the system's file.
ask() {
	local s=$1 script=$2
	shift 2
	inside "$s" bash "/opt/compare/measure/$script.sh" "$@" \
		>>"$OUT/$s.jsonl" 2>>"$OUT/$s.err"
}

# must SYSTEM SCRIPT ARG...: a script that fails is one of ours that is wrong;
# what a system cannot do is a figure.
must() {
	ask "$@" || {
		say "$1: $2 failed: $OUT/$1.err"
		errors=1
	}
}

# A hang of its own for each: that nobody met it before is part of the figure.
hang_local() { # hang_local SYSTEM
	must "$1" hang-local prepare
	away hang
	must "$1" hang-local hang
	back hang
}

# turn ROUND: the systems, beginning with another one each time.
turn() {
	local i n=${#systems[@]}
	for ((i = 0; i < n; i++)); do
		echo "${systems[(i + $1) % n]}"
	done
}

# Other work on the machine comes and goes. With the systems in turn and the
# medians over all rounds it comes to every one of them.
rotate() { # rotate PHASE ROUNDS
	local round s
	for ((round = 0; round < $2; round++)); do
		say "$1, round $((round + 1)) of $2"
		for s in $(turn "$round"); do
			case $1 in
			hang-local) hang_local "$s" ;;
			*) must "$s" "$1" "$round" ;;
			esac
		done
	done
}

# All systems at once: they mostly wait.
each() { # each SCRIPT ARG...
	local s pid pids=()
	for s in "${systems[@]}"; do
		ask "$s" "$@" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || {
			say "$* failed: $OUT/*.err"
			errors=1
		}
	done
}

outage() {
	local mode t
	for mode in hang hang-login stop; do
		say "outage: $mode"
		each outage prepare
		away "$mode"
		each outage "$mode"
		back "$mode"
		t=${EPOCHREALTIME/[.,]/}
		[[ $mode == hang-login ]] || each recover "$mode" "$t"
	done
}

load() { cut -d' ' -f1 /proc/loadavg; }

table() {
	printf '%s, %s users, %s groups; Linux %s, %s CPUs (%s); load %s before, %s after\n\n' \
		"$(date -u '+%F %R UTC')" "$N" "$G" "$(uname -r)" "$(nproc)" \
		"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
		"$before" "$(load)"
	python3 table.py "$OUT" "${systems[@]}"
}

case ${1-} in
--clean) clean; exit ;;
-h | --help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac
systems=("$@")
[[ ! $PHASES =~ ^((nss|hot)(:[0-9]+)?\ ?)+$ ]] || all=("${lookups[@]}")
((${#systems[@]})) || systems=("${all[@]}")
for s in "${systems[@]}"; do
	[[ -e systems/$s/Dockerfile ]] || die "no system '$s' in systems/"
done
for p in $PHASES; do
	[[ " $phases " == *" ${p%:*} "* ]] || die "no phase '$p'"
done

engine
mkdir -p "$OUT"
images "${systems[@]}"
directory
hosts "${systems[@]}"
for s in "${systems[@]}"; do
	: >"$OUT/$s.jsonl"
	: >"$OUT/$s.err"
done
before=$(load)
for p in $PHASES; do
	case $p in
	check | nss) rotate "$p" 1 ;;
	outage) outage ;;
	*:*) rotate "${p%:*}" "${p#*:}" ;;
	*) rotate "$p" "$ROUNDS" ;;
	esac
done
table | tee "$OUT/table.md"
exit "$errors"
