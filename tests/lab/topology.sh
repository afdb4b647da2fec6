#!/bin/bash
# The lab itself: the plain path, the ASA's real proxy ARP and its fix, the oracle, and that nothing stays behind.
# SPDX-License-Identifier: GPL-2.0-or-later
# runs in: host
. "$(dirname "$0")/lib.sh"

inside()
{
	check "a phone reaches the publisher" on phone1 ping -q -n -c 2 -i 0.2 -W 2 10.10.10.202
	check "a phone reaches the subscriber" on phone2 ping -q -n -c 2 -i 0.2 -W 2 10.10.10.203
	# Who answers for the publisher's address, as arping prints it.
	asked() { on phone1 arping -c 2 -w 3 -I eth0 10.10.10.202 | grep -io '\[[0-9a-f:]*\]' | sort -u | tr -d '\n'; }
	check "CUCM alone answers for its address" test "$(asked)" = '[00:50:56:0A:02:02]'
	"$topology" proxy-arp on
	check "with proxy ARP the ASA answers too" test "$(asked)" = '[00:50:56:0A:02:02][F4:0F:1B:1E:26:A9]'
	"$topology" proxy-arp off
	check "proxy ARP off again: CUCM alone" test "$(asked)" = '[00:50:56:0A:02:02]'

	# An ARP probe between the two would take the drop.
	on phone1 ip neigh replace 10.10.10.202 lladdr 00:50:56:0a:02:02 dev eth0 nud permanent
	on pub ip neigh replace 10.10.10.11 lladdr 00:1b:54:00:00:11 dev eth0 nud permanent
	on phone1 ping -q -n -c 1 10.10.10.202 >/dev/null
	"$topology" oracle 2s
	check "frames within the age pass" on phone1 ping -q -n -c 3 -i 0.3 -W 1 10.10.10.202
	sleep 2.5
	refute "the first after it is lost" on phone1 ping -q -n -c 1 -W 1 10.10.10.202
	check "the second passes" on phone1 ping -q -n -c 1 -W 1 10.10.10.202
	check "the oracle counted one" test "$("$topology" oracle count)" = 1
	"$topology" oracle off
	echo brought out >"$LAB_OUT/file"
}

if [ "${1-}" = inside ]; then
	inside
	exit 0
fi

out=$(mktemp -d "${TMPDIR:-/tmp}/offhook-topology.XXXXXX")
trap 'rm -rf "$out"' EXIT
mkdir "$out/out" "$out/tmp"
before=$(ip -br link; ls /run/netns 2>/dev/null)
export TMPDIR=$out/tmp
"$top/scripts/lab" --plain --out "$out/out" "$0" inside || exit 1
check "its file came out" grep -q '^brought out$' "$out/out/file"
"$top/scripts/lab" --plain sh -c 'exit 42'
check "its exit status too" test $? = 42
check "IPv6 and hosts without offloads" "$top/scripts/lab" --plain --ipv6 --no-offload bash -c '
	on phone1 ping -q -n -c 1 -W 2 2001:db8::202 && on pub ethtool -k eth0 | grep -q "^tcp-segmentation-offload: off"'
said=$("$top/scripts/lab" --speed 10 --plain sh -c 'echo one; echo two; echo speed $LAB_SPEED' 2>/dev/null)
check "every line of a scaled run says so" test "$said" = "[×10] one
[×10] two
[×10] speed 10"
said=$("$top/scripts/lab" --in uml --speed 12 true 2>&1)
check "a speed that the clock cannot carry is refused" test $? = 2
check "and the message names the most" grep -q '11 at most' <<<"$said"

timeout 4 "$top/scripts/lab" --plain sleep 60
refute "a lab that is stopped leaves no process" pgrep -f "$out/tmp"
check "no file" test -z "$(ls "$out/tmp")"
check "and the host's network as it was" test "$before" = "$(ip -br link; ls /run/netns 2>/dev/null)"
