#!/usr/bin/env bash
# check.sh - is the system right? A line a property: 1 yes, 0 no.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
export LC_ALL=C.UTF-8

t() { # t NAME CMD...: 1 if the command succeeds
	local k=$1 yes=0
	shift
	! "$@" >/dev/null 2>&1 || yes=1
	out "check.$k" "$yes" yes
}
fails() { ! "$@"; }
has_group() {
	timeout 60 id -Gn -z "$1" | tr '\0' '\n' | grep -qixF -- "$2"
}
uid_is() { [[ $(id -u "$1") == "$2" ]]; }
says() { "${@:2}" | grep -q -- "$1"; }
groups_of_many() { (($(id -G manygroups | wc -w) >= 1000)); }
members_of_big() {
	local users want=5000
	users=$(wc -l </share/users.txt)
	((users >= want)) || want=$users
	(($(getent group bigteam | tr ',' '\n' | wc -l) >= want))
}
as() { setpriv --reuid "$1" --regid 545 --init-groups "${@:2}"; }
sudo_with() { as "$1" sh -c "echo $2 | sudo -S -k -p '' true"; }
ticket() { login "$1" "$PW" klist; }

t uid uid_is alice 16778217
t byuid says '^alice:' getent passwd 16778217
t missing fails id nosuchuser
t utf8user getent passwd 'jürgen'
t cjkuser getent passwd '李雷'
t spaceuser getent passwd 'Ann Marie'
t mixedcase getent passwd MixedCase
t spacegroup has_group alice 'Lab Admins'
t utf8group has_group alice 'Größe Gruppe'
t nested5 has_group alice nest1
t nestedmembers says alice getent group nest1
t manygroups groups_of_many
t bigteam members_of_big
t login login alice
t login_upn login alice@lightwave.test
t wrongpw_refused fails login alice wrong
t emptypw_refused fails login alice ''
t locked_refused fails login dave
t ticket ticket alice
t sudo_group as alice sudo -n true
t sudo_group_pw sudo_with bob "$PW"
t sudo_wrongpw_refused fails sudo_with bob wrong
t sudo_other_refused fails as carol sudo -n true
t ci_lookup getent passwd ALICE
t fq_lookup getent passwd alice@lightwave.test
