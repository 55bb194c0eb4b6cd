#!/usr/bin/env bash
# many.sh ROUND - 50 users log in over ssh, 10 at a time. In the first round
# (0) they are not known here yet, and have no homes.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
k=many
[[ $1 != 0 ]] || k=many.first

# shellcheck disable=SC2016 # expanded by the shell it is for
one='login "$1" || echo "$1"'
c=$(cpu_us)
t=$(now_us)
failed=$(seq -f 'lu%02.0f' 0 49 | xargs -P 10 -n 1 bash -c "$one" - | wc -l)
t=$(($(now_us) - t))
c=$(($(cpu_us) - c))
if ((failed)); then
	bad "$k" "$failed of 50 failed"
else
	out "$k" "$t" us
	out "$k.cpu" $((c / 50)) us "a login"
fi
