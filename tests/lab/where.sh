#!/bin/bash
# The lab's other two homes, tried inside user-mode-linux's kernel, which has nft's bridge queue: a user namespace and
# root's own namespaces; stopped by a signal, neither leaves anything. And the lab as an ordinary user.
# SPDX-License-Identifier: GPL-2.0-or-later
# runs in: host
. "$(dirname "$0")/lib.sh"

gone() { ! pgrep -f 'sleep 4321' >/dev/null; }
inside()
{
	check "a kernel with the queue needs no other" test "$("$top/scripts/lab" --plain sh -c 'echo $LAB_IN')" = userns
	for where in userns root; do
		check "$where: a phone reaches the publisher" "$top/scripts/lab" --in $where --plain \
			nsenter --net=/run/netns/phone1 ping -q -n -c 1 -W 2 10.10.10.202
		"$top/scripts/lab" --in $where --plain sh -c 'exit 42'
		check "$where: the exit status comes back" test $? = 42
		check "$where: scaled lines say so" test \
			"$("$top/scripts/lab" --in $where --speed 3 --plain sh -c 'echo one; echo [×3] two')" = "[×3] one
[×3] two"
		for signal in TERM INT KILL; do
			timeout -s $signal -k 9 6 "$top/scripts/lab" --in $where --plain sleep 4321
			check "$where: SIG$signal ends it" test $? -ge 124
			check "$where: no process stays" busywait 5 gone
		done
	done
	check "no file stays" test -z "$(ls -d "$TMPDIR"/offhook-* 2>/dev/null)"
	check "no namespace stays" test -z "$(ls /run/netns 2>/dev/null)"
}

if [ "${1-}" = inside ]; then
	mkdir /run/tmp
	export TMPDIR=/run/tmp
	inside
	exit 0
fi

"$top/scripts/uml" "$0" inside || exit 1

[ "$(id -u)" = 0 ] || exit 0
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all env -i PATH=/usr/local/bin:/usr/bin:/bin)
"${nobody[@]}" test -x "$top/scripts/lab" || { echo "as an ordinary user: not tried, $top is closed to others"; exit 0; }
out=$(mktemp -d "${TMPDIR:-/tmp}/offhook-where.XXXXXX")
trap 'rm -rf "$out"' EXIT
chown 65534:65534 "$out"
check "an ordinary user may use the lab" "${nobody[@]}" TMPDIR="$out" "$top/scripts/lab" --plain --out "$out/out" \
	sh -c 'nsenter --net=/run/netns/phone1 ping -q -n -c 1 -W 2 10.10.10.202 && echo brought out >"$LAB_OUT/file"'
check "its file came out, and is the user's" test "$(cat "$out/out/file") $(stat -c %u "$out/out/file")" = "brought out 65534"
check "nothing else stays" test "$(ls "$out")" = out
