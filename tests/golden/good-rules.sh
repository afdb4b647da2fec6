#!/bin/bash
# What `offhook check` says of rule files that are right: all that it prints, as good-rules/NAME.out has it, and the
# exit status. good-rules.list holds one case a line: NAME: ARGUMENTS.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: tests/golden/good-rules.sh             compare
#        tests/golden/good-rules.sh --print NAME  print what its file would have to hold now
set -u
cd "$(dirname "$0")/../.." || exit 3
offhook=${OFFHOOK:-build/offhook}
here=tests/golden/good-rules
wrong=0 cases=0

while IFS=: read -r name arguments; do
	[ "${1:-}" = --print ] && [ "${2:-}" != "$name" ] && continue
	# shellcheck disable=SC2086 # several words
	got=$("$offhook" check $arguments 2>&1)
	status=$?
	if [ "${1:-}" = --print ]; then
		printf '%s\n' "$got"
		exit 0
	fi
	cases=$((cases + 1))
	[ $status = 0 ] || { echo "$name: exit status $status, not 0"; wrong=$((wrong + 1)); }
	diff -u "$here/$name.out" - <<<"$got" || wrong=$((wrong + 1))
done <tests/golden/good-rules.list
[ $cases -gt 0 ] && [ $wrong = 0 ] && echo "$cases cases"
