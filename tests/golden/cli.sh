#!/bin/bash
# The command line, used rightly and wrongly: exit status and what is said, as cli.list has them. Nothing here needs
# rights, or gets as far as touching the network.
# SPDX-License-Identifier: GPL-2.0-or-later
set -u
cd "$(dirname "$0")/../.." || exit 3
offhook=${OFFHOOK:-build/offhook}
out=$(mktemp -d "${TMPDIR:-/tmp}/offhook-golden.XXXXXX")
trap 'rm -rf "$out"' EXIT
wrong=0 cases=0

while IFS='|' read -r status arguments expected; do
	case $status in '#'*) continue ;; esac
	status=${status// /}
	expected=${expected# }
	# shellcheck disable=SC2086 # several words
	timeout 10 "$offhook" $arguments >"$out/1" 2>"$out/2" </dev/null
	got=$?
	cases=$((cases + 1))
	[ "$status" = 0 ] && said=$out/1 || said=$out/2
	if [ $got != "$status" ] || [ -z "$expected" ] || ! grep -qF -- "$expected" "$said"; then
		echo "offhook $arguments: exit status $got, not $status, or not “$expected”:"
		sed 's/^/    /' "$out/1" "$out/2"
		wrong=$((wrong + 1))
	fi
	# A mistake is told on standard error alone.
	[ "$status" = 0 ] || [ ! -s "$out/1" ] || { echo "offhook $arguments: standard output is not empty"; wrong=$((wrong + 1)); }
done <tests/golden/cli.list
[ $cases -gt 0 ] && [ $wrong = 0 ] && echo "$cases cases"
