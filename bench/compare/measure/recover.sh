#!/usr/bin/env bash
# recover.sh MODE START_US - how long after the directory is back until a user
# nobody asked for before is found, and until a login not from a cache works.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
mode=$1 t0=$2 limit_us=150000000 i=100

since() { echo $(($(now_us) - t0)); }
found() { timeout 5 getent passwd "$(printf 'u%06d' "$i")"; }

# try KEY CMD...: until the command succeeds; a new user each time.
try() {
	local k=$1
	shift
	until "$@" >/dev/null 2>&1; do
		if (($(since) > limit_us)); then
			bad "$mode.$k" "not within $((limit_us / 1000000)) s"
			return
		fi
		((++i))
		sleep 0.1
	done
	out "$mode.$k" "$(since)" us
}
try recovery found
try recovery.login login carol
