# shellcheck shell=bash
# hosts.sh - the engine, the directory, and a host for each system. run.sh reads
# it; what fails ends the run.
top=$(cd ../.. && pwd)
name=lightwave-compare bridge=lwcompare0
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
	docker ps -aq --filter "label=$name" | xargs -r docker rm -fv >/dev/null
	docker volume rm "$name" >/dev/null 2>&1 || :
	docker network rm "$name" >/dev/null 2>&1 || :
	! own_engine || ! iptables -C "${rule[@]}" 2>/dev/null ||
		iptables -D "${rule[@]}"
}

# --- images ------------------------------------------------------------------

# image NAME CONTEXT: the engine knows what is still as it was.
image() {
	docker build --network host -t "$name-$1" "$2" >"$OUT/build.log" 2>&1 ||
		die "no image $name-$1: $OUT/build.log"
}

# A system may stand on another, and may have something to make first.
system_image() {
	local base
	base=$(sed -n "s/^FROM $name-//p" "systems/$1/Dockerfile")
	[[ $base == client ]] || system_image "$base"
	[[ ! -x systems/$1/make ]] || "systems/$1/make" "$TREE"
	image "$1" "systems/$1"
}

images() { # images SYSTEM...
	local s
	image programs programs
	mkdir -p build
	docker run --rm --label "$name" -v "$PWD/build:/build" "$name-programs" \
		cp -r /programs /build/
	image dc dc
	image client client
	for s in "$@"; do
		system_image "$s"
	done
}

# --- the directory -----------------------------------------------------------

dc_answers() {
	docker exec "$name-dc" ldapsearch -x -H ldap://127.0.0.1 -b '' -s base &&
		docker exec "$name-dc" test -e /share/ready
}

# What stands from the run before will do if it is of this image and size.
have_directory() {
	[[ $(docker exec "$name-dc" cat /share/ready) == "N=$N G=$G" &&
		$(docker inspect -f '{{.Image}}' "$name-dc") == \
		$(docker image inspect -f '{{.Id}}' "$name-dc") ]]
}

directory() {
	if ! have_directory 2>/dev/null; then
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

# away HOW: stop ends it, anything else leaves its connections open.
away() {
	case $1 in
	stop) docker stop -t 2 "$name-dc" ;;
	*) docker pause "$name-dc" ;;
	esac >/dev/null
}

back() {
	case $1 in
	stop)
		docker start "$name-dc" >/dev/null
		until_true 60 "the directory" dc_answers
		;;
	*) docker unpause "$name-dc" >/dev/null ;;
	esac
}

# --- the systems -------------------------------------------------------------

inside() { docker exec "$name-$1" "${@:2}"; } # inside SYSTEM CMD...

# Memory may be locked, as it may under systemd, unless the engine itself may
# not raise the limit.
may_lock() {
	docker run --rm --ulimit memlock=-1 "$name-client" true 2>/dev/null
}

# All are up all the time; measuring takes them in turn.
hosts() { # hosts SYSTEM...
	local s lock=(--ulimit memlock=-1)
	may_lock || {
		say "the engine may not raise memlock: no memory will be locked"
		lock=()
	}
	for s in "$@"; do
		docker rm -fv "$name-$s" >/dev/null 2>&1 || :
		docker run -d --init --label "$name" --name "$name-$s" \
			--hostname client.lightwave.test --network "$name" \
			--add-host "dc.lightwave.test:$dc_ip" \
			--cap-add SYS_PTRACE --security-opt seccomp=unconfined \
			"${lock[@]}" -e SYSTEM="$s" \
			-e BUDGET_MS="$BUDGET_MS" -e FILL_S="$FILL_S" \
			-v "$name:/share:ro" \
			-v "$PWD/measure:/opt/compare/measure:ro" \
			-v "$PWD/systems:/opt/compare/systems:ro" \
			-v "$PWD/build:/opt/compare/build:ro" \
			"$name-$s" bash /opt/compare/measure/host.sh >/dev/null
	done
	for s in "$@"; do
		until_true 120 "$s (docker logs $name-$s)" \
			inside "$s" test -e /run/compare-ready
	done
}
