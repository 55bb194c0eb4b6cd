#!/usr/bin/env bash
# ssh.sh - whole logins over ssh, of a user of the directory and of one of
# /etc/passwd by turns, so that what else the machine does hits both.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh

login alice
login localadm
for _ in 1 2 3 4 5; do
	timed ssh login alice
	timed ssh.local login localadm
done
