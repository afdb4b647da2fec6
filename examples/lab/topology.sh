#!/bin/bash
# The lab's network, in namespaces: two phones, access switch, the box, core switch, CUCM's two servers, the ASA.
# SPDX-License-Identifier: GPL-2.0-or-later
#
#   phone1 .11 ─┐                                        ┌─ pub .202 (CUCM publisher)
#               access ── p0 [box] c0 ── core ───────────┼─ sub .203 (CUCM subscriber)
#   phone2 .12 ─┘                                        └─ asa .1   (firewall, proxy ARP for .202)
#
# Usage, inside the lab (scripts/lab):
#   topology.sh up [--plain] [--ipv6] [--no-offload] [--case case1|case2|none] [--speed S]
#       --plain       the box bridges p0 and c0 itself; without it offhook does
#       --ipv6        the hosts have IPv6 too, 2001:db8::11 and so on; without it they are silent there
#       --no-offload  the hosts segment and checksum by themselves; without it their cards do, as most do
#       --case case1  the phone's stack for proxy ARP: no tail loss probe, gratuitous ARP not taken
#       --case case2  the phone's stack for port security: RTO doubles, permanent neighbours, first RTO about 0.2 s/S
#   topology.sh proxy-arp on|off      the ASA answers ARP requests for the publisher with its own MAC, or does not
#   topology.sh oracle TIME [PHONE]   port security in the access switch's kernel: the first unicast frame of a
#                                     phone (of PHONE alone) after TIME (6s, 600ms) of silence is dropped
#   topology.sh oracle off|count      without it again; how many it dropped
#   topology.sh down
# A command in a namespace: nsenter --net=/run/netns/NAME COMMAND. Unlike `ip netns exec` it keeps the mounts, so
# that a namespace which offhook pins stays.
set -u

hosts='phone1 phone2 pub sub asa'
spaces="$hosts access box core"
net=10.10.10

address() { case $1 in phone1) echo 11 ;; phone2) echo 12 ;; pub) echo 202 ;; sub) echo 203 ;; asa) echo 1 ;; esac; }
mac()
{
	case $1 in
	phone1) echo 00:1b:54:00:00:11 ;;
	phone2) echo 00:1b:54:00:00:12 ;;
	pub) echo 00:50:56:0a:02:02 ;;
	sub) echo 00:50:56:0a:02:03 ;;
	asa) echo f4:0f:1b:1e:26:a9 ;;
	esac
}
in_ns() { nsenter "--net=/run/netns/$1" "${@:2}"; }
fail() { echo "topology.sh: $1" >&2; exit "${2:-3}"; }
usage() { sed -n '8,21s/^# \{0,1\}//p' "$0"; }

# cable NS IF NS IF
cable() { ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"; }

switch()
{
	local ports=("${@:2}") p
	in_ns "$1" ip link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0 || return
	for p in "${ports[@]}"; do
		in_ns "$1" ip link set "$p" master br0 up || return
	done
	in_ns "$1" ip link set br0 up
}

# First gap of a retransmission, as a route's rto_min in ms: the kernel adds the round trip and rounds up to a tick.
rto_min()
{
	local tick=4
	grep -q '^vendor_id.*User Mode Linux' /proc/cpuinfo && tick=10
	echo $((200 / speed > tick ? 200 / speed - tick : 1))
}

host_settings()
{
	local h=$1
	if [ $ipv6 = yes ]; then
		in_ns "$h" sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=0 &&
			in_ns "$h" ip address add "2001:db8::$(address "$h")/64" dev eth0 nodad || return
	fi
	if [ $offload = no ]; then
		in_ns "$h" ethtool -K eth0 tx off rx off tso off gso off gro off >/dev/null || return
	fi
	in_ns "$h" sysctl -q -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
		net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
	case $case in
	none) ;;
	case1) in_ns "$h" sysctl -q -w net.ipv4.tcp_timestamps=1 net.ipv4.tcp_early_retrans=0 \
		net.ipv4.conf.all.arp_accept=0 net.ipv4.conf.eth0.arp_accept=0 ;;
	case2) in_ns "$h" sysctl -q -w net.ipv4.tcp_timestamps=0 net.ipv4.tcp_early_retrans=0 ;;
	esac
}

# The first RTO is 0.2 s divided by the speed, not that and the ticks that this kernel adds.
scale_rto()
{
	[ $case != none ] || return 0
	in_ns "$1" ip route change "$net.0/24" dev eth0 proto kernel scope link src "$net.$(address "$1")" \
		rto_min "$(rto_min)ms"
}

# No ARP during case 2: it would refresh the port, or take the drop.
case2_neighbours()
{
	local h other
	for h in phone1 phone2 pub sub; do
		for other in phone1 phone2 pub sub; do
			[ $h = $other ] || in_ns $h ip neigh replace "$net.$(address $other)" lladdr "$(mac $other)" \
				dev eth0 nud permanent || return
		done
	done
}

build()
{
	local n
	for n in $spaces; do
		ip netns add "$n" || return
		# Absent where the kernel has no IPv6.
		in_ns "$n" sysctl -q -e -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
		in_ns "$n" ip link set lo up || return
	done
	cable phone1 eth0 access phone1 && cable phone2 eth0 access phone2 && cable access uplink box p0 &&
		cable box c0 core box && cable pub eth0 core pub && cable sub eth0 core sub &&
		cable asa eth0 core asa || return
	switch access phone1 phone2 uplink && switch core box pub sub asa || return
	if [ $plain = yes ]; then
		switch box p0 c0 || return
	else
		in_ns box ip link set p0 up && in_ns box ip link set c0 up || return
	fi
	for n in $hosts; do
		in_ns "$n" ip link set eth0 address "$(mac "$n")" up &&
			in_ns "$n" ip address add "$net.$(address "$n")/24" dev eth0 && host_settings "$n" &&
			scale_rto "$n" || return
	done
	# proxy_arp answers nothing for a host of the same subnet unless its route leads elsewhere.
	in_ns asa ip link add inside type dummy && in_ns asa ip link set inside up &&
		in_ns asa ip route add "$net.$(address pub)/32" dev inside &&
		in_ns asa sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.neigh.eth0.proxy_delay=0 || return
	[ $case != case2 ] || case2_neighbours
}

up()
{
	plain=no ipv6=no offload=yes case=none speed=${LAB_SPEED:-1}
	while [ $# -gt 0 ]; do
		case $1 in
		--plain) plain=yes ;;
		--ipv6) ipv6=yes ;;
		--no-offload) offload=no ;;
		--case) case=${2-}; shift ;;
		--speed) speed=${2-}; shift ;;
		*) fail "unknown option $1" 2 ;;
		esac
		shift
	done
	case $case in case1 | case2 | none) ;; *) fail "--case $case: case1, case2 or none" 2 ;; esac
	case $speed in '' | *[!0-9]* | 0) fail "--speed $speed: a whole number from 1" 2 ;; esac
	[ -n "${LAB-}" ] || fail "this changes the network: run it as scripts/lab examples/lab/topology.sh …" 2
	down
	build || { down; fail "could not build the lab's network (see above)"; }
}

down()
{
	local n
	for n in $spaces; do
		[ ! -e "/run/netns/$n" ] || ip netns del "$n"
	done
	return 0
}

oracle()
{
	case ${1-} in
	'') fail "oracle needs a time such as 6s, off, or count" 2 ;;
	off) in_ns access nft delete table bridge port_security; return ;;
	count) in_ns access nft -j list counter bridge port_security dropped |
		jq -e '.nftables[] | select(.counter) | .counter.packets'; return ;;
	esac
	local from='"phone1", "phone2"'
	[ -z "${2-}" ] || from="\"$2\""
	# Multicast (LLDP, CDP) does not refresh the entry, as on the switch. Both phones start as learnt.
	in_ns access nft -f - <<-END
		table bridge port_security {
			counter dropped { }
			set seen { type ether_addr; flags dynamic,timeout; timeout $1; size 65535; }
			chain prerouting {
				type filter hook prerouting priority 0; policy accept;
				iifname != { $from } accept
				ether daddr & 01:00:00:00:00:00 != 00:00:00:00:00:00 accept
				ether saddr @seen update @seen { ether saddr timeout $1 } accept
				update @seen { ether saddr timeout $1 } counter name dropped drop
			}
		}
		add element bridge port_security seen { $(mac phone1), $(mac phone2) }
	END
}

proxy_arp()
{
	local value
	case ${1-} in on) value=1 ;; off) value=0 ;; *) fail "proxy-arp: on or off" 2 ;; esac
	in_ns asa sysctl -q -w net.ipv4.conf.eth0.proxy_arp=$value
}

verb=${1-}
[ $# -eq 0 ] || shift
case $verb in
up) up "$@" ;;
down) down ;;
oracle) oracle "$@" ;;
proxy-arp) proxy_arp "$@" ;;
-h | --help) usage ;;
*) usage >&2; exit 2 ;;
esac
