// SPDX-License-Identifier: GPL-2.0-or-later
// frame: one frame and where its layers lie. frame_decode() only finds layers and the few facts that
// everything needs (addresses, ports, TCP's numbers); a field's value is read by its row (field.h) when
// somebody asks. No state is kept between frames and nothing is copied: a frame borrows its bytes.
#ifndef OFFHOOK_WIRE_FRAME_H
#define OFFHOOK_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum side { SIDE_PHONES, SIDE_CUCM };
static inline enum side side_other(enum side s)
{
	return s == SIDE_PHONES ? SIDE_CUCM : SIDE_PHONES;
}

// In the order of protocol_table (field.h).
enum proto {
	PROTO_FRAME,
	PROTO_ETH,
	PROTO_LLC,
	PROTO_VLAN,
	PROTO_ARP,
	PROTO_IP,
	PROTO_IPV6,
	PROTO_ICMP,
	PROTO_ICMPV6,
	PROTO_TCP,
	PROTO_UDP,
	PROTO_SCCP, // Wireshark's name for it is skinny
	PROTO_SIP,
	PROTO_COUNT
};

// Never merged: a capture's snap length, or a fragment, is not a malformed frame.
enum wire_outcome { WIRE_OK, WIRE_TRUNCATED, WIRE_MALFORMED };

struct layer {
	uint8_t proto;   // enum proto
	uint8_t outcome; // enum wire_outcome: of this layer's own header
	uint8_t quoted;  // stands inside an ICMP error's quotation
	uint32_t offset; // from the frame's first byte
	uint32_t header; // bytes of header read (options included)
	uint32_t length; // header and payload, as far as captured and as the layer's own length field allows
};

struct address {
	uint8_t family;    // 0: none, 4, 6
	uint8_t bytes[16]; // network order, the rest 0
};

#define FRAME_LAYERS 32

struct frame {
	// Set by the caller before frame_decode():
	const uint8_t *data;
	uint32_t captured; // bytes at data
	uint32_t wire;     // bytes on the wire, >= captured
	int64_t time;      // ns, when it was received
	uint64_t number;   // ordinal in the run or capture, from 1
	enum side side;    // the side it came in by
	uint16_t port;     // ordinal of the port within that side, from 0
	bool has_eth; // false: data starts at the network header (queues of the ip families, raw captures)
	uint32_t stream_skip; // bytes at the head of the TCP payload that belong to a message begun earlier,
			      // or 0

	// Found by frame_decode():
	struct layer layers[FRAME_LAYERS];
	uint8_t layer_count;
	bool layers_cut;                  // more layers than FRAME_LAYERS; the rest were left out
	enum wire_outcome outcome;        // the worst of the layers that are not quoted
	const uint8_t *eth_dst, *eth_src; // 6 bytes each, NULL without Ethernet
	int32_t vlan, vlan_inner;         // VLAN ids of the outer and second tag, -1: none
	uint16_t ethertype;               // of the innermost tag's payload; 0: LLC or none
	struct address src, dst;          // IP addresses; family 0 where there are none (ARP: see arp)
	uint8_t ip_proto;                 // the transport's number; 0 without IP
	bool fragment;                    // any fragment, the first too
	uint16_t fragment_offset;         // bytes
	uint32_t ip_id;                   // IPv4 identification, IPv6 fragment identification
	uint16_t sport, dport;            // TCP and UDP, host order; 0 elsewhere
	uint32_t tcp_seq, tcp_ack;
	uint8_t tcp_flags;     // TCP_FIN …
	uint16_t tcp_window;   // as in the header, unscaled
	uint32_t payload;      // offset of TCP's or UDP's payload; 0: no such layer
	uint32_t payload_len;  // bytes captured of it
	uint32_t payload_wire; // bytes of it on the wire (by the IP length), >= payload_len
	struct arp_facts {
		bool valid;                             // an Ethernet/IPv4 ARP, complete
		uint16_t opcode;                        // 1 request, 2 reply
		const uint8_t *sender_mac, *target_mac; // 6 bytes
		struct address sender_ip, target_ip;
	} arp;
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32 };

// Decodes f->data. Never fails: what cannot be read is said by the outcome of its layer. Touches no byte
// outside data[0, captured).
void frame_decode(struct frame *f);

// The nth (from 0) layer of that protocol that is not quoted in an ICMP error, or NULL.
const struct layer *frame_layer(const struct frame *f, enum proto proto, unsigned nth);

// A flow key for "no overtaking": frames of one direction of one conversation hash alike. TCP and UDP by
// VLAN, addresses and ports; fragments by VLAN, addresses and identification (all fragments of a datagram
// alike); other IP by VLAN, addresses and protocol; anything else by VLAN, MACs and ethertype.
uint64_t frame_flow(const struct frame *f);

bool address_equal(const struct address *a, const struct address *b);
#define ADDRESS_TEXT 46
char *address_format(const struct address *a, char *buf); // "10.1.1.1"; buf of ADDRESS_TEXT bytes, returned
#define MAC_TEXT 18
char *mac_format(const uint8_t *mac, char *buf); // "f4:0f:1b:1e:26:a9"; buf of MAC_TEXT bytes, returned

#endif
