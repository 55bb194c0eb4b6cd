# nslcd as in systems/nslcd, with glibc's nscd (Debian's defaults) in front.
# nscd sits in glibc, so there is no module to call directly.
. /opt/compare/system-nslcd.sh
SYS=nslcd-nscd SYS_NSS=
sys_start() { nslcd; mkdir -p /run/nscd; nscd; }
sys_clear() { rm -f /var/cache/nscd/*; }
