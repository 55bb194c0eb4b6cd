# nslcd with pam_ldap (passwords by LDAP bind), Debian's defaults otherwise.
SYS=nslcd SYS_NSS=ldap SYS_CACHE=/var/cache/nscd
PAM_PROFILES="unix ldap mkhomedir"
sys_setup() {
  sed -i "s|@MACHINEPW@|$(cat /share/machine.pw)|" /etc/nslcd.conf
  chown root:nslcd /etc/nslcd.conf; chmod 640 /etc/nslcd.conf
  pam-auth-update --package --force --enable $PAM_PROFILES >/dev/null 2>&1
  grep -q '^passwd:.*ldap' /etc/nsswitch.conf || sed -i -E 's/^(passwd|group|shadow):.*/& ldap/' /etc/nsswitch.conf
  mkdir -p /run/nslcd; chown nslcd:nslcd /run/nslcd
  sys_start; wait_up
}
sys_start() { nslcd; }
sys_stop() {
  local p; for p in $(sys_pids); do kill $p; done
  local i=0; while [ -n "$(sys_pids)" ]; do sleep 0.02; i=$((i+1)); [ $i = 150 ] && kill -9 $(sys_pids); done
}
sys_clear() { :; }
sys_pids() { ps -eo pid=,comm= | awk '$2 ~ /^(nslcd|nscd)$/ {print $1}'; }
