#!/usr/bin/env bash
# host.sh - start of every host: what they share, the system's own, sshd.
set -u
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh

printf 'root:%s\nlocaladm:%s\n' "$PW" "$PW" | chpasswd -c YESCRYPT
install -m 644 /share/krb5.conf /etc/krb5.conf
install -m 600 /share/client.keytab /etc/krb5.keytab
cat >/etc/sudoers.d/compare <<'END'
Defaults !lecture, timestamp_timeout=0, !fqdn
%Lab\ Admins ALL=(ALL) ALL
%wheelers ALL=(ALL) NOPASSWD: ALL
END
chmod 440 /etc/sudoers.d/compare
sys_setup
cp /opt/compare/measure/sshd.conf /etc/ssh/sshd_config.d/compare.conf
/usr/sbin/sshd
touch /run/compare-ready
exec sleep infinity
