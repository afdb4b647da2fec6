# Helpers of the lab cases; to be sourced.
# SPDX-License-Identifier: GPL-2.0-or-later
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
topology=$top/examples/lab/topology.sh

fail() { echo "FAIL: $*"; exit 1; }
skip() { echo "$*"; exit 77; }

# check WHAT COMMAND…: the command must succeed.
check()
{
	local what=$1
	shift
	"$@" || fail "$what"
	echo "ok: $what"
}

# refute WHAT COMMAND…: the command must fail.
refute()
{
	local what=$1
	shift
	! "$@" || fail "$what"
	echo "ok: $what"
}

# on NAMESPACE COMMAND… (the mounts stay the caller's, unlike `ip netns exec`)
on() { nsenter "--net=/run/netns/$1" "${@:2}"; }

# busywait SECONDS COMMAND…: until the command succeeds; fails after so long.
busywait()
{
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt "$end" ] || return 1
		sleep 0.1
	done
}

# within VALUE WANTED TOLERANCE: |VALUE - WANTED| <= TOLERANCE
within() { awk -v v="$1" -v w="$2" -v t="$3" 'BEGIN { d = v - w; exit !((d < 0 ? -d : d) <= t) }'; }

# stop PID…: SIGTERM and its end.
stop() { kill "$@" 2>/dev/null; wait "$@" 2>/dev/null; return 0; }
