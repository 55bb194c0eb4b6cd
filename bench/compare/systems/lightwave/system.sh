# shellcheck shell=bash
# lightwave-login from its package, started as its units start it but without
# their sandboxes.
# shellcheck disable=SC2034 # read by lib.sh
SYS=lightwave SYS_NSS=lightwave SYS_CACHE=

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
	local f
	install -m 0644 /share/ca.crt /etc/lightwave/ca.pem
	for f in password:machine.pw keytab:machine.keytab; do
		install -o root -g lightwave-worker -m 0640 "/share/${f#*:}" \
			"/etc/lightwave/machine.${f%:*}"
	done
	pam-auth-update --package --force --enable unix
	pam_lines system-auth common-auth
	pam_lines system-account common-account
	pam_lines system-session common-session
	sed -i -E 's/^(passwd|group):.*/& lightwave/' /etc/nsswitch.conf
	install -d -o lightwave -g lightwave -m 0755 /run/lightwave
	install -d -o lightwave-worker -g lightwave-jobs -m 0750 \
		/run/lightwave-worker
	sys_start
	wait_up
}

# run_as USER GROUP MORE PROGRAM: what User=, Group=, SupplementaryGroups= do.
run_as() {
	setsid --fork setpriv --reuid "$1" --regid "$2" --groups "$3" \
		--no-new-privs --bounding-set=-all "$4" \
		</dev/null >>"/var/log/${4##*/}.log" 2>&1
}

sys_start() {
	run_as lightwave-worker lightwave-jobs lightwave-worker /usr/sbin/lightwaved-worker
	run_as lightwave lightwave lightwave-jobs /usr/sbin/lightwaved
}

sys_stop() {
	local pids
	mapfile -t pids < <(sys_pids)
	((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null
	until_true 10 no_daemon
}

sys_clear() { :; } # it keeps nothing on disk

no_daemon() { [[ -z $(sys_pids) ]]; }
sys_pids() { ps -eo pid=,args= | awk '$2 ~ /\/lightwaved/ { print $1 }'; }
