#!/usr/bin/env bash
# run.sh - lightwave-login beside SSSD and nslcd: the same questions to the
# same directory in one run. Prints one table; README.md says how to read it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
top=$(cd ../.. && pwd)

usage() {
	cat <<-'END'
	usage: ./run.sh [--build] [SYSTEM...]    default: files sssd nslcd nslcd-krb5 lightwave
	       ./run.sh --clean                  containers, volume and network go, images stay

	  --build  make the images anew
	  PHASES="check nss login outage"  which, in this order; hang-local is the part
	                                   of outage about users of /etc/passwd
	  N=10000 G=500                    users and groups of the directory
	  TREE=DIR                         the source lightwave is built from (this one)
	  OUT=DIR                          where figures and logs go (results/)
	END
}

N=${N:-10000} G=${G:-500} PHASES=${PHASES:-check nss login hang-local outage}
OUT=${OUT:-results} TREE=${TREE:-$top}
name=lightwave-compare bridge=lwcompare0
measure=/opt/compare/measure
subnet=172.31.213.0/24 dc_ip=172.31.213.10

say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }
die() { say "$*"; exit 1; }

# until_true SECONDS WHAT CMD...: a condition with a deadline.
until_true() {
	local deadline=$((SECONDS + $1)) what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		((SECONDS < deadline)) || die "gave up waiting for $what"
		sleep 0.1
	done
}

# --- engine: the lab's, or the one DOCKER_HOST names -------------------------

# The lab's dockerd leaves the packet filter alone, so that where bridged
# frames pass through it, our containers have to be let through by us.
rule=(FORWARD -i "$bridge" -o "$bridge" -m comment --comment "$name" -j ACCEPT)

own_engine() { [[ $DOCKER_HOST == "unix://$LW_LAB_DIR/docker.sock" ]]; }

engine() {
	"$top/tests/lab/lab" base
	eval "$("$top/tests/lab/lab" env)"
}

clean() {
	eval "$("$top/tests/lab/lab" env)"
	docker ps -aq --filter "label=$name" | xargs -r docker rm -f >/dev/null
	docker volume rm "$name" >/dev/null 2>&1 || :
	docker network rm "$name" >/dev/null 2>&1 || :
	! own_engine || ! iptables -C "${rule[@]}" 2>/dev/null ||
		iptables -D "${rule[@]}"
}

# --- images ------------------------------------------------------------------

image() { # image NAME DOCKERFILE CONTEXT
	if [[ -z $build && $1 != lightwave ]] &&
		docker image inspect "$name-$1" >/dev/null 2>&1; then
		return
	fi
	say "image $name-$1"
	docker build --network host -q -t "$name-$1" -f "$2" "$3" >/dev/null
}

# A system may stand on another, and may have something to make first.
system_image() {
	local base
	base=$(sed -n "s/^FROM $name-//p" "systems/$1/Dockerfile")
	[[ $base == client ]] || system_image "$base"
	[[ ! -x systems/$1/make ]] || "systems/$1/make" "$TREE"
	image "$1" "systems/$1/Dockerfile" "systems/$1"
}

images() {
	local s
	image dc dc/Dockerfile dc
	image client client/Dockerfile .
	for s in "${systems[@]}"; do
		system_image "$s"
	done
}

# --- the directory -----------------------------------------------------------

dc_answers() {
	docker exec "$name-dc" ldapsearch -x -H ldap://127.0.0.1 -b '' -s base &&
		docker exec "$name-dc" test -e /share/ready
}

# One of the wanted size may stand from the run before.
directory() {
	local have
	have=$(docker exec "$name-dc" cat /share/ready 2>/dev/null) || have=
	if [[ -n $build || $have != "N=$N G=$G" ]]; then
		clean
		docker network create --internal --subnet "$subnet" \
			-o "com.docker.network.bridge.name=$bridge" "$name" >/dev/null
		! own_engine || iptables -I "${rule[@]}"
		docker volume create --label "$name" "$name" >/dev/null
		say "directory: $N users, $G groups"
		docker run -d --init --label "$name" --name "$name-dc" \
			--hostname dc.lightwave.test --network "$name" \
			--ip "$dc_ip" -e N="$N" -e G="$G" -v "$name:/share" \
			"$name-dc" >/dev/null
	fi
	until_true 300 "the directory (docker logs $name-dc)" dc_answers
}

# --- the systems -------------------------------------------------------------

inside() { # inside SYSTEM CMD...
	docker exec "$name-$1" "${@:2}"
}

hosts() {
	local s
	for s in "${systems[@]}"; do
		docker rm -f "$name-$s" >/dev/null 2>&1 || :
		: >"$OUT/$s.jsonl"
		docker run -d --init --label "$name" --name "$name-$s" \
			--hostname client.lightwave.test --network "$name" \
			--add-host "dc.lightwave.test:$dc_ip" \
			--cap-add SYS_PTRACE --security-opt seccomp=unconfined \
			-v "$name:/share:ro" -v "$PWD/measure:$measure:ro" \
			"$name-$s" >/dev/null
	done
	for s in "${systems[@]}"; do
		until_true 120 "$s (docker logs $name-$s)" \
			inside "$s" test -e /run/compare-ready
	done
}

# One system after the other: they share the processors.
phase() {
	local s
	for s in "${systems[@]}"; do
		say "$s: $1"
		inside "$s" bash "$measure/$1.sh" >>"$OUT/$s.jsonl" \
			2>"$OUT/$s.$1.err" || say "$s: $1 failed: $OUT/$s.$1.err"
	done
}

# All at once: they mostly wait.
each() {
	local s pids=()
	for s in "${systems[@]}"; do
		inside "$s" bash "$@" >>"$OUT/$s.jsonl" 2>>"$OUT/$s.outage.err" &
		pids+=($!)
	done
	wait "${pids[@]}" || :
}

away() {
	case $1 in
	stop) docker stop -t 2 "$name-dc" ;;
	*) docker pause "$name-dc" ;;
	esac >/dev/null
}

back() {
	case $1 in
	stop) docker start "$name-dc" >/dev/null
		until_true 60 "the directory" dc_answers ;;
	*) docker unpause "$name-dc" >/dev/null ;;
	esac
}

# Here each has the machine to itself: the figure is beside one without us.
hang_local() {
	local s
	for s in "${systems[@]}"; do
		say "$s: hang-local"
		inside "$s" bash "$measure/outage.sh" prepare
		away hang
		inside "$s" bash "$measure/outage.sh" hang-local \
			>>"$OUT/$s.jsonl" 2>>"$OUT/$s.outage.err" || :
		back hang
	done
}

outage() {
	local mode t
	for mode in hang hang-login stop; do
		say "outage: $mode"
		each "$measure/outage.sh" prepare
		away "$mode"
		each "$measure/outage.sh" "$mode"
		back "$mode"
		t=${EPOCHREALTIME/./}
		[[ $mode == hang-login ]] || each "$measure/recover.sh" "$mode" "$t"
	done
}

table() {
	printf 'N=%s G=%s, %s, Linux %s, %s CPUs (%s); load %s before, %s after\n\n' \
		"$N" "$G" "$(date -u +%F)" "$(uname -r)" "$(nproc)" \
		"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
		"$load" "$(cut -d' ' -f1 /proc/loadavg)"
	python3 table.py "$OUT" "${systems[@]}"
}

build=
case ${1-} in
--clean) clean; exit ;;
--build) build=1; shift ;;
-h | --help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac
systems=("$@")
((${#systems[@]})) || systems=(files sssd nslcd nslcd-krb5 lightwave)
for s in "${systems[@]}"; do
	[[ -e systems/$s/Dockerfile ]] || die "no system '$s' in systems/"
done

engine
mkdir -p "$OUT"
load=$(cut -d' ' -f1 /proc/loadavg)
images
directory
hosts
for p in $PHASES; do
	case $p in
	hang-local) hang_local ;;
	outage) outage ;;
	*) phase "$p" ;;
	esac
done
table | tee "$OUT/table.md"
