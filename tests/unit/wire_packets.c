// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire_packets.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

void put_bytes(struct packet *p, const void *data, size_t len)
{
	if (p->len + len > PACKET_MAX)
		abort();
	if (len)
		memcpy(p->data + p->len, data, len);
	p->len += len;
}

void put_hex(struct packet *p, const char *hex)
{
	while (*hex) {
		char pair[3] = {hex[0], hex[1], 0};

		if (*hex == ' ') {
			hex++;
			continue;
		}
		put_u8(p, (uint8_t)strtoul(pair, NULL, 16));
		hex += 2;
	}
}

void put_u8(struct packet *p, uint8_t v)
{
	put_bytes(p, &v, 1);
}

void put_be16(struct packet *p, uint16_t v)
{
	put_u8(p, (uint8_t)(v >> 8));
	put_u8(p, (uint8_t)v);
}

void put_be32(struct packet *p, uint32_t v)
{
	put_be16(p, (uint16_t)(v >> 16));
	put_be16(p, (uint16_t)v);
}

void put_le32(struct packet *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		put_u8(p, (uint8_t)(v >> (8 * i)));
}

void put_eth(struct packet *p, uint16_t type)
{
	put_hex(p, "00 1b 54 00 00 22 00 1b 54 00 00 11");
	put_be16(p, type);
}

void put_vlan(struct packet *p, uint16_t id, uint16_t type)
{
	put_be16(p, id | 5 << 13);
	put_be16(p, type);
}

static void put_address(struct packet *p, int family, const char *text)
{
	uint8_t bytes[16];

	if (inet_pton(family, text, bytes) != 1)
		abort();
	put_bytes(p, bytes, family == AF_INET ? 4 : 16);
}

void put_ip(struct packet *p, uint8_t proto, const char *src, const char *dst)
{
	p->ip = p->len;
	put_hex(p, "45 68 0000 1234 4000 40");
	put_u8(p, proto);
	put_be16(p, 0);
	put_address(p, AF_INET, src);
	put_address(p, AF_INET, dst);
	p->transport = p->len;
	p->transport_proto = proto;
}

void put_ipv6(struct packet *p, uint8_t next, const char *src, const char *dst)
{
	p->ip = p->len;
	put_hex(p, "6a b1 2345 0000");
	put_u8(p, next);
	put_u8(p, 255);
	put_address(p, AF_INET6, src);
	put_address(p, AF_INET6, dst);
	p->transport = p->len;
	p->transport_proto = next;
}

void put_tcp(struct packet *p, uint16_t sport, uint16_t dport, uint32_t seq, uint32_t ack, uint8_t flags)
{
	put_be16(p, sport);
	put_be16(p, dport);
	put_be32(p, seq);
	put_be32(p, ack);
	put_u8(p, 0x80);
	put_u8(p, flags);
	put_be16(p, 8192);
	put_be32(p, 0);
	put_hex(p, "01 01 08 0a 00000001 00000002"); // two NOPs, a timestamp
}

void put_udp(struct packet *p, uint16_t sport, uint16_t dport)
{
	put_be16(p, sport);
	put_be16(p, dport);
	put_be32(p, 0);
}

void put_icmp(struct packet *p, uint8_t type, uint8_t code, uint32_t rest)
{
	put_u8(p, type);
	put_u8(p, code);
	put_be16(p, 0);
	put_be32(p, rest);
}

void put_arp(struct packet *p, uint16_t opcode, const char *sender_ip, const char *target_ip)
{
	put_hex(p, "0001 0800 06 04");
	put_be16(p, opcode);
	put_hex(p, "00 1b 54 00 00 11");
	put_address(p, AF_INET, sender_ip);
	put_hex(p, "00 00 00 00 00 00");
	put_address(p, AF_INET, target_ip);
}

void put_sccp(struct packet *p, uint32_t id, const void *body, size_t len)
{
	put_le32(p, (uint32_t)len + 4);
	put_le32(p, 0);
	put_le32(p, id);
	put_bytes(p, body, len);
}

static uint32_t sum_bytes(uint32_t sum, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? data[i] : (uint32_t)data[i] << 8;
	return sum;
}

static void set_be16(struct packet *p, size_t at, uint32_t v)
{
	p->data[at] = (uint8_t)(v >> 8);
	p->data[at + 1] = (uint8_t)v;
}

static void set_checksum(struct packet *p, size_t at, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	set_be16(p, at, ~sum & 0xffff);
}

void packet_end(struct packet *p)
{
	size_t len = p->len - p->transport;
	size_t at = p->transport + (p->transport_proto == 6 ? 16 : p->transport_proto == 17 ? 6 : 2);
	uint32_t sum = 0;

	if (!p->ip)
		return;
	if (p->transport_proto == 17)
		set_be16(p, p->transport + 4, (uint32_t)len);
	if (p->data[p->ip] >> 4 == 4) {
		set_be16(p, p->ip + 2, (uint32_t)(p->len - p->ip));
		set_checksum(p, p->ip + 10, sum_bytes(0, p->data + p->ip, p->transport - p->ip));
		if (p->transport_proto != 1)
			sum = sum_bytes(0, p->data + p->ip + 12, 8) + (uint32_t)(p->transport_proto + len);
	} else {
		set_be16(p, p->ip + 4, (uint32_t)(p->len - p->ip - 40));
		sum = sum_bytes(0, p->data + p->ip + 8, 32) + (uint32_t)(p->transport_proto + len);
	}
	if (p->transport_proto == 6 || p->transport_proto == 17 || p->transport_proto == 1 ||
	    p->transport_proto == 58)
		set_checksum(p, at, sum_bytes(sum, p->data + p->transport, len));
}

const char sip_register[] =
	"REGISTER sip:10.10.10.202 SIP/2.0\r\n"
	"Via: SIP/2.0/TCP 10.10.10.11:49152;branch=z9hG4bK5d2e1f00\r\n"
	"From: <sip:2001@10.10.10.202>;tag=001b54000011000256a8ab0b-3e1f9c2a\r\n"
	"To: <sip:2001@10.10.10.202>\r\n"
	"Call-ID: 001b5400-00110002-7a0d1f3c-2b6e9d10@10.10.10.11\r\n"
	"Max-Forwards: 70\r\n"
	"CSeq: 101 REGISTER\r\n"
	"User-Agent: Cisco-CP8841/12.5.1\r\n"
	"Contact: "
	"<sip:7fa7c1d2@10.10.10.11:49152;transport=tcp>;+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-"
	"001b54000011>\";+u.sip!devicename.ccm.cisco.com=\"SEP001B54000011\";+u.sip!model.ccm.cisco.com="
	"\"683\"\r\n"
	"Supported: replaces,join,sdp-anat,norefersub\r\n"
	"Content-Length: 0\r\n"
	"Expires: 3600\r\n"
	"\r\n";

const char sip_ok[] = "SIP/2.0 200 OK\r\n"
		      "Via: SIP/2.0/TCP 10.10.10.11:49152;branch=z9hG4bK5d2e1f00\r\n"
		      "From: <sip:2001@10.10.10.202>;tag=001b54000011000256a8ab0b-3e1f9c2a\r\n"
		      "To: <sip:2001@10.10.10.202>;tag=1234567\r\n"
		      "Call-ID: 001b5400-00110002-7a0d1f3c-2b6e9d10@10.10.10.11\r\n"
		      "CSeq: 101 REGISTER\r\n"
		      "Expires: 120\r\n"
		      "Contact: <sip:7fa7c1d2@10.10.10.11:49152;transport=tcp>;expires=120\r\n"
		      "Content-Type: text/plain\r\n"
		      "Content-Length: 11\r\n"
		      "\r\n"
		      "hello\r\n\r\nxx";

const char sip_keepalive[] = "REGISTER sip:10.10.10.203 SIP/2.0\r\n"
			     "v: SIP/2.0/TCP 10.10.10.11:49153;branch=z9hG4bKbackup\r\n"
			     "f: <sip:2001@10.10.10.203>;tag=a\r\n"
			     "t: <sip:2001@10.10.10.203>\r\n"
			     "i: backup@10.10.10.11\r\n"
			     "CSEQ: 7 REGISTER\r\n"
			     "m: <sip:2001@10.10.10.11:49153>;expires=0;cisco-keep-alive\r\n"
			     "l: 0\r\n"
			     "expires: 0\r\n"
			     "\r\n";

// Folded lines, odd blanks, a header of no known name.
const char sip_compact[] = "OPTIONS sip:2001@10.10.10.11 SIP/2.0\r\n"
			   "v:SIP/2.0/UDP 10.10.10.202 ; branch=z9hG4bKfold\r\n"
			   "f : \"A. B.\" <sip:a@example.com>;tag=1\r\n"
			   "t: <sip:b@example.com>\r\n"
			   "i: folded@example.com\r\n"
			   "CSeq: 4294967295\r\n"
			   "  OPTIONS\r\n"
			   "X-Unknown: one,\r\n"
			   "\ttwo\r\n"
			   "Content-Length : 0\r\n"
			   "\r\n";

const char sip_alarm[] =
	"REGISTER sip:10.10.10.202 SIP/2.0\r\n"
	"Via: SIP/2.0/TCP 10.10.10.11:49152;branch=z9hG4bKalarm\r\n"
	"From: <sip:2001@10.10.10.202>;tag=b\r\n"
	"To: <sip:2001@10.10.10.202>\r\n"
	"Call-ID: alarm@10.10.10.11\r\n"
	"CSeq: 102 REGISTER\r\n"
	"Contact: <sip:2001@10.10.10.11:49152>\r\n"
	"Reason: SIP;cause=200;text=\"cisco-alarm:14 Name=SEP001B54000011 Load=sip88xx.12-5-1 "
	"Last=cm-closed-tcp\"\r\n"
	"Content-Length: 5\r\n"
	"Expires: 3600\r\n"
	"\r\n"
	"12345";
