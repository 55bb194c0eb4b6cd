#!/bin/sh
# First start: make CA, directory of $N users and $G groups, KDC database, and
# what the clients need in /share. Later starts: only the daemons.
set -eu
N=${N:-10000} G=${G:-500} PW=${COMPARE_PW:-LabPassw0rd-1}

certificates() {
	mkdir -p /srv/tls
	cd /srv/tls
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 \
		-subj "/CN=throw-away CA" -keyout ca.key -out ca.crt
	openssl req -newkey rsa:2048 -nodes -subj "/CN=dc.lightwave.test" \
		-keyout dc.key -out dc.csr
	printf 'subjectAltName=DNS:dc.lightwave.test\nbasicConstraints=CA:FALSE\n' >ext
	openssl x509 -req -in dc.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
		-days 3650 -extfile ext -out dc.crt
}

directory() {
	mkdir -p /srv/ldap
	python3 /opt/compare/gen.py --users "$N" --groups "$G" --password "$PW" \
		--out /share >/srv/dir.ldif
	slapadd -q -f /opt/compare/slapd.conf -b dc=lightwave,dc=test \
		-l /srv/dir.ldif
	rm /srv/dir.ldif
}

# kadmin's commands. dave is locked: the KDC refuses him.
principals() {
	while read -r u; do
		echo "addprinc -pw $PW $u"
	done </share/login-users
	cat <<-END
	addprinc -pw $PW dave
	modprinc -allow_tix dave
	addprinc -pw $PW client.lightwave.test
	addprinc -randkey ldap/dc.lightwave.test
	addprinc -randkey host/client.lightwave.test
	ktadd -k /srv/ldap.keytab ldap/dc.lightwave.test
	ktadd -k /share/client.keytab host/client.lightwave.test
	ktadd -norandkey -k /share/machine.keytab client.lightwave.test
	END
}

first_start() {
	rm -rf /share/*
	certificates 2>/dev/null
	cp ca.crt /opt/compare/krb5.conf /share/
	(umask 077 && printf '%s' "$PW" >/share/machine.pw)
	directory
	mkdir -p /srv/kdc
	kdb5_util create -s -r LIGHTWAVE.TEST -P masterkey >/dev/null
	principals | kadmin.local >/srv/kadmin.log 2>&1
	echo "N=$N G=$G" >/srv/ready
}

machine_search() {
	ldapsearch -x -H ldap://127.0.0.1 -w "$PW" -s base \
		-D "cn=client.lightwave.test,ou=Computers,dc=lightwave,dc=test" \
		-b dc=lightwave,dc=test dn
}

cp /opt/compare/krb5.conf /etc/krb5.conf
mkdir -p /etc/krb5kdc
cp /opt/compare/kdc.conf /etc/krb5kdc/kdc.conf
[ -e /srv/ready ] || first_start
krb5kdc
# A debug level, even 0, keeps slapd in the foreground.
KRB5_KTNAME=/srv/ldap.keytab slapd -d 0 -f /opt/compare/slapd.conf \
	-h "ldap:/// ldaps:/// ldapi:///" &
pid=$!
trap 'kill $pid; pkill krb5kdc; wait $pid; exit 0' TERM INT
until machine_search >/dev/null 2>&1; do sleep 0.1; done
cp /srv/ready /share/ready
wait $pid
