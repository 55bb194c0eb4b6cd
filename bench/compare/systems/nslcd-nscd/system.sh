# shellcheck shell=bash
# nslcd as in systems/nslcd, with glibc's nscd (Debian's defaults) in front.
# nscd sits in glibc, so there is no module to call directly.
# shellcheck source=/dev/null
. /opt/compare/systems/nslcd/system.sh
# shellcheck disable=SC2034 # read by lib.sh
SYS_NSS=

sys_start() {
	nslcd
	mkdir -p /run/nscd
	nscd
}
sys_clear() { rm -f /var/cache/nscd/*; }
