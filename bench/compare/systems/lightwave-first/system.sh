# shellcheck shell=bash
# lightwave as in systems/lightwave, asked before /etc/passwd.
# shellcheck source=/dev/null
. /opt/compare/systems/lightwave/system.sh
# shellcheck disable=SC2034 # read there
sources="lightwave files"
