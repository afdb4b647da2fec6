// SPDX-License-Identifier: GPL-2.0-or-later
// wire_packets: frames for tests, put together from the inside out of nothing but bytes. A packet is built
// front to back; lengths and checksums that depend on what follows are filled in by packet_end().
#ifndef OFFHOOK_TESTS_WIRE_PACKETS_H
#define OFFHOOK_TESTS_WIRE_PACKETS_H

#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX 9000

struct packet {
	uint8_t data[PACKET_MAX];
	size_t len;
	size_t ip, transport, transport_proto; // where the last of them begin; 0: none
};

void put_bytes(struct packet *p, const void *data, size_t len);
void put_hex(struct packet *p, const char *hex); // "00 1b 54"; blanks are passed over
void put_u8(struct packet *p, uint8_t v);
void put_be16(struct packet *p, uint16_t v);
void put_be32(struct packet *p, uint32_t v);
void put_le32(struct packet *p, uint32_t v);

void put_eth(struct packet *p, uint16_t type); // from 00:1b:54:00:00:11 to 00:1b:54:00:00:22
void put_vlan(struct packet *p, uint16_t id, uint16_t type);
void put_ip(struct packet *p, uint8_t proto, const char *src, const char *dst);
void put_ipv6(struct packet *p, uint8_t next, const char *src, const char *dst);
void put_tcp(struct packet *p, uint16_t sport, uint16_t dport, uint32_t seq, uint32_t ack, uint8_t flags);
void put_udp(struct packet *p, uint16_t sport, uint16_t dport);
void put_icmp(struct packet *p, uint8_t type, uint8_t code, uint32_t rest);
void put_arp(struct packet *p, uint16_t opcode, const char *sender_ip, const char *target_ip);

// A whole SCCP message with that body.
void put_sccp(struct packet *p, uint32_t id, const void *body, size_t len);
// Fills the lengths and checksums of the last IP header and transport in.
void packet_end(struct packet *p);

// Texts of whole SIP messages.
extern const char sip_register[], sip_ok[], sip_keepalive[], sip_compact[], sip_alarm[];

#endif
