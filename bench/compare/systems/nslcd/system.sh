# shellcheck shell=bash
# nslcd with pam_ldap (passwords by LDAP bind), Debian's defaults otherwise.
# shellcheck disable=SC2034 # read by lib.sh
SYS_NSS=ldap SYS_CACHE=/var/cache/nscd
profiles=(unix ldap mkhomedir)

sys_setup() {
	install -o root -g nslcd -m 0640 /opt/compare/systems/nslcd/nslcd.conf \
		/etc/nslcd.conf
	sed -i "s|@MACHINEPW@|$(</share/machine.pw)|" /etc/nslcd.conf
	pam-auth-update --package --force --enable "${profiles[@]}"
	grep -q '^passwd:.*ldap' /etc/nsswitch.conf ||
		sed -i -E 's/^(passwd|group|shadow):.*/& ldap/' /etc/nsswitch.conf
	install -d -o nslcd -g nslcd /run/nslcd
	sys_start
	wait_up
}

sys_start() { nslcd; }

sys_stop() {
	local pids
	mapfile -t pids < <(sys_pids)
	((${#pids[@]} == 0)) || kill "${pids[@]}"
	# With a directory that hangs it does not end by itself.
	if ! until_true 3 no_daemon; then
		mapfile -t pids < <(sys_pids)
		kill -9 "${pids[@]}"
		until_true 3 no_daemon
	fi
}

sys_clear() { :; }

no_daemon() { [[ -z $(sys_pids) ]]; }
sys_pids() { ps -eo pid=,comm= | awk '$2 ~ /^(nslcd|nscd)$/ { print $1 }'; }
