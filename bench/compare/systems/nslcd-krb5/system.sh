# shellcheck shell=bash
# nslcd as in systems/nslcd, passwords by pam_krb5 instead of an LDAP bind.
# shellcheck source=/dev/null
. /opt/compare/systems/nslcd/system.sh
# shellcheck disable=SC2034 # read there
profiles=(unix krb5 mkhomedir)
