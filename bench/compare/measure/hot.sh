#!/usr/bin/env bash
# hot.sh - lookups of what is known, briefly: for rounds in which every system
# has its turn.
# shellcheck source=/dev/null
. /opt/compare/measure/lib.sh
benches=(hot.getpwnam hot.getpwuid hot.initgroups miss.same set1000.getpwnam)

BUDGET_MS=60 bench run "${benches[@]}"
[[ -z $SYS_NSS ]] || BUDGET_MS=60 bench -m "$SYS_NSS" run "${benches[@]}"
