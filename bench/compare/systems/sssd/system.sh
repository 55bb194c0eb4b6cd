# shellcheck shell=bash
# SSSD: ldap identities, krb5 passwords, Debian's defaults otherwise.
# shellcheck disable=SC2034 # read by lib.sh
SYS_NSS=sss SYS_CACHE="/var/lib/sss/db /var/lib/sss/mc"

sys_setup() {
	install -m 0600 /opt/compare/systems/sssd/sssd.conf /etc/sssd/sssd.conf
	sed -i "s|@MACHINEPW@|$(</share/machine.pw)|" /etc/sssd/sssd.conf
	pam-auth-update --package --force --enable unix sss mkhomedir
	grep -q '^passwd:.*sss' /etc/nsswitch.conf ||
		sed -i -E 's/^(passwd|group|shadow):.*/& sss/' /etc/nsswitch.conf
	sys_start
	wait_up
}

sys_start() { /usr/sbin/sssd -D --logger=files; }

sys_stop() {
	local monitor
	monitor=$(cat /run/sssd.pid 2>/dev/null) || return 0
	kill "$monitor"
	until_true 60 no_daemon
	rm -f /run/sssd.pid
}

sys_clear() { rm -f /var/lib/sss/db/*.ldb /var/lib/sss/mc/*; }

no_daemon() { [[ -z $(sys_pids) ]]; }
sys_pids() {
	ps -eo pid=,comm= | awk '$2 ~ /^sssd(_be|_nss|_pam|_sudo)?$/ { print $1 }'
}
