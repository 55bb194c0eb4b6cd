#!/bin/sh
# First start: make CA, directory of $N users and $G groups, KDC database, and
# what the clients need in /share.  Later starts: only the daemons.
set -eu
N=${N:-10000} G=${G:-500} PW=${COMPARE_PW:-LabPassw0rd-1}
cp /opt/compare/krb5.conf /etc/krb5.conf
mkdir -p /etc/krb5kdc; cp /opt/compare/kdc.conf /etc/krb5kdc/kdc.conf
if [ ! -e /srv/ready ]; then
  rm -rf /share/*
  mkdir -p /srv/tls /srv/ldap /srv/kdc; cd /srv/tls
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=throw-away CA" -keyout ca.key -out ca.crt 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=dc.lightwave.test" -keyout dc.key -out dc.csr 2>/dev/null
  printf 'subjectAltName=DNS:dc.lightwave.test\nbasicConstraints=CA:FALSE\n' > ext
  openssl x509 -req -in dc.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile ext -out dc.crt 2>/dev/null
  mkdir -p /share/files
  cp ca.crt /share/ca.crt; cp /opt/compare/krb5.conf /share/krb5.conf
  printf '%s' "$PW" > /share/machine.pw; chmod 600 /share/machine.pw
  python3 /opt/compare/gen.py --users "$N" --groups "$G" --password "$PW" --out /share > /srv/dir.ldif
  slapadd -q -f /opt/compare/slapd.conf -b dc=lightwave,dc=test -l /srv/dir.ldif
  rm -f /srv/dir.ldif
  kdb5_util create -s -r LIGHTWAVE.TEST -P masterkey >/dev/null
  {
    while read -r u; do echo "addprinc -pw $PW $u"; done < /share/login-users
    echo "addprinc -pw $PW dave"; echo "modprinc -allow_tix dave"
    echo "addprinc -pw $PW client.lightwave.test"
    echo "addprinc -randkey ldap/dc.lightwave.test"; echo "addprinc -randkey host/client.lightwave.test"
    echo "ktadd -k /srv/ldap.keytab ldap/dc.lightwave.test"
    echo "ktadd -k /share/client.keytab host/client.lightwave.test"
    echo "ktadd -norandkey -k /share/machine.keytab client.lightwave.test"
  } | kadmin.local >/srv/kadmin.log 2>&1
  echo "N=$N G=$G" > /srv/ready
fi
krb5kdc
export KRB5_KTNAME=/srv/ldap.keytab
# debug level 0 keeps slapd in the foreground under no fork; -d0 logs nothing
slapd -d 0 -f /opt/compare/slapd.conf -h "ldap:/// ldaps:/// ldapi:///" &
pid=$!
trap 'kill $pid; pkill krb5kdc; wait $pid; exit 0' TERM INT
until ldapsearch -x -H ldap://127.0.0.1 -D "cn=client.lightwave.test,ou=Computers,dc=lightwave,dc=test" -w "$PW" \
   -b dc=lightwave,dc=test -s base dn >/dev/null 2>&1; do sleep 0.1; done
cp /srv/ready /share/ready
wait $pid
