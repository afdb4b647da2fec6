// SPDX-License-Identifier: GPL-2.0-or-later
// stream: SCCP and SIP messages framed out of TCP. One direction of one connection is one `struct stream`.
// Segments come as they are on the wire: several messages a segment, a message over several segments,
// retransmissions, overlaps, out of order, first seen in the middle. What is kept is bounded (STREAM_HOLD
// bytes, STREAM_RANGES pieces); what is given up is counted, and the stream finds its feet at the next thing
// that looks like a message.
#ifndef OFFHOOK_WIRE_STREAM_H
#define OFFHOOK_WIRE_STREAM_H

#include "wire/frame.h"

#define STREAM_HOLD        65536 // bytes of unfinished or out-of-order data kept
#define STREAM_RANGES      16    // out-of-order pieces kept
#define STREAM_MESSAGE_MAX 65536 // a longer message is skipped by its length and counted

enum stream_kind { STREAM_UNKNOWN, STREAM_SCCP, STREAM_SIP };

// A whole message. data is valid while the message_fn runs.
struct message {
	enum stream_kind kind;
	uint32_t seq;        // TCP sequence number of its first byte
	const uint8_t *data; // contiguous
	uint32_t len;
};

struct stream_counts {
	uint64_t messages, malformed, given_up_bytes, resyncs, oversized;
};

struct stream;

// kind: what the port says (2000/2443: SCCP, 5060/5061: SIP), or STREAM_UNKNOWN to find out from the first
// bytes.
struct stream *stream_new(enum stream_kind kind);
void stream_free(struct stream *s);

typedef void message_fn(void *ctx, const struct message *message);

// One TCP segment of this direction. seq is the header's. Calls fn for each message completed by it, in
// order, each message once (a retransmitted message is not given again). wire_len > len: the capture snapped
// it, and the missing bytes are skipped over. SYN (re)starts the stream; FIN and RST end it. Returns 0 or
// -ENOMEM.
int stream_segment(struct stream *s, uint32_t seq, const uint8_t *data, uint32_t len, uint32_t wire_len,
		   uint8_t flags, message_fn *fn, void *ctx);

// The other side has acknowledged all before ack: a hole before it was filled where we could not see it, and
// is given up at once. Without this a hole is given up when STREAM_RANGES pieces or STREAM_HOLD bytes wait
// behind it. Messages that become complete by this are given to fn. Returns 0 or -ENOMEM.
int stream_acked(struct stream *s, uint32_t ack, message_fn *fn, void *ctx);

// Bytes at the head of a segment at seq that belong to a message begun before it, as far as is known (0 if
// not): what frame.stream_skip wants. Asked after stream_segment() of the same segment it is exact; before, a
// message whose end is not known yet is taken to fill the segment.
uint32_t stream_skip(const struct stream *s, uint32_t seq, uint32_t len);

enum stream_kind stream_kind(const struct stream *s);
struct stream_counts stream_counts(const struct stream *s);
size_t stream_memory(const struct stream *s); // bytes in use, for caps

#endif
