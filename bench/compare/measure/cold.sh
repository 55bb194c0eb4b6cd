#!/usr/bin/env bash
# cold.sh - what comes first after a start with empty caches.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh

start_to_id() {
	sys_start
	until id alice; do sleep 0.01; done
}

sys_stop
sys_clear
timed cold.start start_to_id
flush
timed cold.login login alice
