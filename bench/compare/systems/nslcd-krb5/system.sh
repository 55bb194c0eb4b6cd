# nslcd as in systems/nslcd, passwords by pam_krb5 instead of an LDAP bind.
. /opt/compare/system-nslcd.sh
SYS=nslcd-krb5 PAM_PROFILES="unix krb5 mkhomedir"
