#!/bin/sh
# test_symbols.sh - what the modules take from a process that loads them, what
# they show it, and how they and our programs are linked.
#
# Runs in the build directory; READELF and NM may be set. Built with sanitizers
# the modules need those libraries, so that there is nothing to see.
set -u

readelf=${READELF:-readelf}
nm=${NM:-nm}
nss=nss_lightwave/.libs/libnss_lightwave.so
pam=pam_lightwave/.libs/pam_lightwave.so
krb5=krb5_lightwave/.libs/lightwave_localauth.so
sudo=sudoers.d/plugin/.libs/lightwave_sudo.so
programs=$(find lightwaved lightwavectl -type f -perm -u+x \
	! -name '*.sh' ! -path '*/.libs/*' 2>/dev/null)

for tool in "$readelf" "$nm"; do
	command -v "$tool" >/dev/null || {
		echo "no $tool"
		exit 77
	}
done
if $nm -D "$nss" 2>/dev/null | grep -q ' __[a-z]*san_'; then
	echo "built with sanitizers"
	exit 77
fi

count=0
failed=0

# ok WHAT GOT: holds if GOT is empty.
ok() {
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		echo "$2" | sed 's/^/# /'
		failed=1
	fi
}

# What of LIB's needed libraries is not among the patterns given.
needed_beyond() {
	lib=$1
	shift
	$readelf -d "$lib" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
		grep -Ev "^($1)$"
}

# What LIB exports beyond names that match the pattern.
exported_beyond() {
	$nm -D --defined-only "$1" | awk '{ print $NF }' |
		grep -Ev "^($2)(@@?.*)?$"
}

# Which of the names LIB does not export.
missing() {
	lib=$1
	shift
	for name; do
		$nm -D --defined-only "$lib" | grep -q " [TD] $name\$" ||
			echo "$name"
	done
}

# Which of the functions LIB takes from its process.
used() {
	$nm -D --undefined-only "$1" | awk '{ print $NF }' |
		sed 's/@.*//' | grep -E "^($2)$"
}

hardened() {
	$readelf -lW "$1" | grep -q GNU_RELRO || echo "no RELRO"
	$readelf -dW "$1" | grep -Eq 'BIND_NOW|FLAGS_1.*NOW' ||
		echo "no BIND_NOW"
	$readelf -dW "$1" | grep -E 'TEXTREL'
	$readelf -lW "$1" | grep GNU_STACK | grep -E 'RWE'
}

for lib in "$nss" "$pam" "$krb5" "$sudo"; do
	absent=missing
	[ ! -e "$lib" ] || absent=
	ok "$lib is built" "$absent"
done

ok "libnss_lightwave needs libc alone" \
	"$(needed_beyond "$nss" 'libc\.so\.6|ld-linux.*')"
ok "libnss_lightwave shows only its entry points" \
	"$(exported_beyond "$nss" '_nss_lightwave_(get(pwnam|pwuid|grnam|grgid|spnam|pwent|grent)_r|(set|end)(pw|gr)ent|initgroups_dyn)')"
ok "libnss_lightwave has all twelve" \
	"$(missing "$nss" _nss_lightwave_getpwnam_r \
		_nss_lightwave_getpwuid_r _nss_lightwave_getgrnam_r \
		_nss_lightwave_getgrgid_r _nss_lightwave_getspnam_r \
		_nss_lightwave_initgroups_dyn \
		_nss_lightwave_setpwent _nss_lightwave_getpwent_r \
		_nss_lightwave_endpwent _nss_lightwave_setgrent \
		_nss_lightwave_getgrent_r _nss_lightwave_endgrent)"
ok "libnss_lightwave has the soname that glibc looks for" \
	"$($readelf -d "$nss" | grep SONAME | grep -v '\[libnss_lightwave\.so\.2\]')"
ok "libnss_lightwave uses no stdio, environment, log, signal or NSS" \
	"$(used "$nss" 'fopen(64)?|.*printf(_chk)?|getline|(secure_)?getenv|.*syslog.*|signal|sigaction|get(pw|gr).*|exit|abort')"

ok "pam_lightwave needs libpam and libc alone" \
	"$(needed_beyond "$pam" 'libpam\.so\.0|libc\.so\.6|ld-linux.*')"
ok "pam_lightwave shows only its entry points" \
	"$(exported_beyond "$pam" 'pam_sm_(authenticate|setcred|acct_mgmt|open_session|close_session|chauthtok)')"
ok "pam_lightwave has all six" \
	"$(missing "$pam" pam_sm_authenticate pam_sm_setcred \
		pam_sm_acct_mgmt pam_sm_open_session pam_sm_close_session \
		pam_sm_chauthtok)"
ok "pam_lightwave reads no environment" \
	"$(used "$pam" '(secure_)?getenv')"

ok "lightwave_localauth needs libc alone" \
	"$(needed_beyond "$krb5" 'libc\.so\.6|ld-linux.*')"
ok "lightwave_localauth shows only its entry point" \
	"$(exported_beyond "$krb5" 'localauth_lightwave_initvt')"
ok "lightwave_localauth has it" \
	"$(missing "$krb5" localauth_lightwave_initvt)"
ok "lightwave_localauth reads no environment and asks no name service" \
	"$(used "$krb5" '(secure_)?getenv|get(pw|gr).*|exit|abort')"

ok "lightwave_sudo needs libc alone" \
	"$(needed_beyond "$sudo" 'libc\.so\.6|ld-linux.*')"
ok "lightwave_sudo shows only what sudo looks for" \
	"$(exported_beyond "$sudo" 'group_plugin')"
ok "lightwave_sudo has it" \
	"$(missing "$sudo" group_plugin)"
ok "lightwave_sudo reads no environment, asks no name service and prints nothing" \
	"$(used "$sudo" '(secure_)?getenv|get(pw|gr).*|.*printf(_chk)?|signal|sigaction|exit')"

if grep -q '^HARDEN_LDFLAGS = .*relro' Makefile; then
	for file in "$nss" "$pam" "$krb5" "$sudo" $programs; do
		ok "$file is hardened" "$(hardened "$file")"
	done
	for file in $programs; do
		ok "$file is position independent" \
			"$($readelf -h "$file" | grep Type: | grep -v DYN)"
	done
fi

echo "$count checks"
exit $failed
