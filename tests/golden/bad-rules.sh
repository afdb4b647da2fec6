#!/bin/bash
# Wrong rule files, and what `offhook check` says of each: place, message and hint as bad-rules.list has them, the
# exit status, the line itself under each message, and the caret under the column that the message names.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: tests/golden/bad-rules.sh           compare
#        tests/golden/bad-rules.sh --print   print what the list would have to hold now
# A file's first line "# check: ARGUMENTS" gives the command more arguments.
set -u
cd "$(dirname "$0")/bad-rules" || exit 3
offhook=${OFFHOOK:-../../../build/offhook}
out=$(mktemp -d "${TMPDIR:-/tmp}/offhook-golden.XXXXXX")
trap 'rm -rf "$out"' EXIT
wrong=0

complain() { echo "$*"; wrong=$((wrong + 1)); }

# One line a message: PLACE: [warning: ]MESSAGE [(HINT)]. A place on the command line tells no file.
condense()
{
	awk -v file="$1" '
	/^    hint: / { sub(/^    hint: /, ""); line = line " (" $0 ")"; next }
	/^    / { next }
	{ if (line != "") print line; line = $0; sub(/: error: /, ": ", line)
	  if (line ~ /^command line:/) line = file ", " line }
	END { if (line != "") print line }'
}

# Under each message with a place stands its line, and under its column the caret.
carets()
{
	local file=$1 place message line column shown caret
	while IFS= read -r message; do
		case $message in "    "*) continue ;; esac
		IFS=: read -r place line column _ <<<"$message"
		IFS= read -r shown && IFS= read -r caret || { complain "$file: no line under: $message"; return; }
		[ "$place" = "command line" ] ||
			[ "$shown" = "    $(sed -n "${line}p" "$place" | tr '\000\001' '??')" ] ||
			complain "$file: not line $line: $shown"
		caret=${caret%%^*}
		[ "${#caret}" = $((column + 3)) ] || complain "$file: the caret is not under column $column: $message"
	done
}

for file in *.rules; do
	arguments=$(sed -n '1s/^# check: //p' "$file")
	# shellcheck disable=SC2086 # several words
	"$offhook" check $arguments "$file" >"$out/stdout" 2>"$out/stderr"
	status=$?
	[ $status = 2 ] || complain "$file: exit status $status, not 2"
	[ ! -s "$out/stdout" ] || complain "$file: standard output is not empty"
	condense "$file" <"$out/stderr" >>"$out/list"
	carets "$file" <"$out/stderr"
done
if [ "${1:-}" = --print ]; then
	cat "$out/list"
	exit 0
fi
diff -u ../bad-rules.list "$out/list" || wrong=$((wrong + 1))
[ $wrong = 0 ] && echo "$(ls ./*.rules | wc -l) wrong files, $(wc -l <../bad-rules.list) messages"
[ $wrong = 0 ]
