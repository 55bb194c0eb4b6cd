#!/usr/bin/env bash
# pam.sh - the PAM part of a login, without sshd's and ssh's cryptography: of a
# user of the directory, and of one of /etc/passwd.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh

# pam KEY USER COUNT: after two that only warm up what another system cooled.
pam() {
	local auth acct setcred cpu ticket n=0
	pamlogin sshd "$2" 2 <<<"$PW" >/dev/null
	while read -r auth acct setcred cpu ticket; do
		out "$1" $((auth + acct + setcred)) us
		out "$1.cpu" "$cpu" us
		out "$1.auth" "$auth" us
		out "$1.acct" "$acct" us
		out "$1.setcred" "$setcred" us
		out "$1.ticket" "$ticket" yes
		((++n))
	done < <(pamlogin sshd "$2" "$3" <<<"$PW")
	while ((n++ < $3)); do
		bad "$1" failed
	done
}

pam pam alice 12
pam pam.local localadm 4
