# shellcheck shell=bash
# lightwave-login from its package, started as its units say but without their
# sandboxes.
# shellcheck disable=SC2034 # read by lib.sh
SYS_NSS=lightwave SYS_CACHE=/var/cache/lightwave
sources="files lightwave"

# The package's own lines, where Photon's files would have them.
pam_lines() { # pam_lines FROM TO: put FROM's lightwave lines before TO's first rule
	local lines
	lines=$(sed -n '/^# lightwave-login begin/,/^# lightwave-login end/p' \
		"/usr/share/lightwave-login/pam/$1")
	[[ -n $lines ]] || return 1
	awk -v lines="$lines" '/^[a-z]/ && !n++ { print lines } { print }' \
		"/etc/pam.d/$2" >/tmp/pam && cat /tmp/pam >"/etc/pam.d/$2"
}

sys_setup() {
	local here=/opt/compare/systems/lightwave f
	rpm -i --nodeps /opt/compare/build/lightwave-login.rpm
	ldconfig
	install -m 0644 "$here/lightwave.conf" /etc/lightwave/lightwave.conf
	install -m 0644 /share/ca.crt /etc/lightwave/ca.pem
	for f in password:machine.pw keytab:machine.keytab; do
		install -o root -g lightwave-worker -m 0640 "/share/${f#*:}" \
			"/etc/lightwave/machine.${f%:*}"
	done
	pam-auth-update --package --force --enable unix
	pam_lines system-auth common-auth
	pam_lines system-account common-account
	pam_lines system-password common-password
	pam_lines system-session common-session
	sed -i -E "s/^(passwd|group):.*/\1: $sources/" /etc/nsswitch.conf
	# As lightwave-enable(8) does: sudo asks for the groups of now.
	echo 'Set group_source dynamic' >>/etc/sudo.conf
	sys_start
	wait_up
}

# unit NAME KEY: the value that NAME's unit has for it.
unit() { sed -n "s/^$2=//p" "/usr/lib/systemd/system/$1.service"; }

# start NAME: as systemd would, by its unit.
start() {
	local user group command
	user=$(unit "$1" User)
	group=$(unit "$1" Group)
	read -ra command <<<"$(unit "$1" ExecStart)"
	install -d -o "$user" -g "$group" \
		-m "$(unit "$1" RuntimeDirectoryMode)" \
		"/run/$(unit "$1" RuntimeDirectory)"
	prlimit --pid "$BASHPID" --core="$(unit "$1" LimitCORE)"
	# systemd does not mind either where that is not allowed.
	prlimit --pid "$BASHPID" --memlock="$(limit "$(unit "$1" LimitMEMLOCK)")" \
		2>/dev/null || :
	env -i PATH="$PATH" "$(unit "$1" Environment)" setsid --fork setpriv --reuid "$user" \
		--regid "$group" --groups "$(unit "$1" SupplementaryGroups)" \
		--no-new-privs --bounding-set=-all "${command[@]}" \
		</dev/null >>"/var/log/$1.log" 2>&1
}

limit() { [[ $1 == infinity ]] && echo unlimited || echo "$1"; }

sys_start() {
	(start lightwaved-worker)
	(start lightwaved)
}

sys_stop() {
	local pids
	mapfile -t pids < <(sys_pids)
	((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null
	until_true 10 no_daemon
}

# The map is kept too, or it would go on answering.
sys_clear() { rm -rf /run/lightwave/map /var/cache/lightwave/*; }

no_daemon() { [[ -z $(sys_pids) ]]; }
sys_pids() { ps -eo pid=,args= | awk '$2 ~ /\/lightwaved/ { print $1 }'; }
