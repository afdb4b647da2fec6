// SPDX-License-Identifier: GPL-2.0-or-later
// queue: NFQUEUE: frames out of the kernel, single verdicts back, many of them in one system call.
//
// Ownership: a frame handed to the callback borrows its bytes until the callback returns. Each frame read
// needs one verdict, now or later, by its id; until then the kernel holds it. A queue that is closed has its
// frames dropped by the kernel, so give every verdict first.
#ifndef OFFHOOK_LIVE_QUEUE_H
#define OFFHOOK_LIVE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUEUE_FRAME_MAX (65535 + 22) // a super-packet, its Ethernet header and two tags

struct queue_frame {
	uint32_t id;      // the kernel's
	uint32_t mark;    // of the packet
	uint32_t ifindex; // of the port it came in by; 0: not told
	int64_t time; // when the kernel received it, CLOCK_MONOTONIC ns; when it was read, where the kernel
		      // did not say
	bool has_l2;  // data begins with the Ethernet header, tags in place
	bool gso;     // a super-packet: more than fits on the wire
	bool checksum_open;  // its TCP or UDP checksum is not completed yet
	const uint8_t *data; // NULL when the queue copies no packets
	uint32_t len;        // at data
	uint32_t wire;       // on the wire, >= len
	int64_t read;        // when it was read, CLOCK_MONOTONIC ns
};

struct queue_counts {
	uint64_t frames, verdicts;
	uint64_t overruns;       // ENOBUFS: the kernel could not tell us of some frames
	uint64_t verdicts_lost;  // ENOENT: the frame was gone, dropped by the kernel meanwhile
	uint64_t verdict_errors; // any other
	uint64_t no_timestamp;   // frames without the kernel's receive time
};

struct queue_options {
	uint16_t number;
	bool copy_packets; // false: only what is known about them (a queue of held frames)
	uint32_t length;   // frames that the kernel holds at most
};

struct queue;

// Binds the queue. Returns 0, -EBUSY (another process has it), -EPERM (no CAP_NET_ADMIN), -ENOENT… as the
// kernel says (it has no NFQUEUE).
int queue_open(const struct queue_options *options, struct queue **ret);
void queue_close(struct queue *q); // NULL: nothing

int queue_fd(const struct queue *q); // poll it for reading
uint16_t queue_number(const struct queue *q);

typedef void queue_fn(void *ctx, const struct queue_frame *frame);

// Reads what has come, at most `most` messages, and flushes the verdicts given meanwhile. Returns the number
// read or -errno (never -EAGAIN, -ENOBUFS: those are counted).
int queue_read(struct queue *q, unsigned most, queue_fn *fn, void *ctx);

// Verdicts are gathered; queue_flush() sends them (so does a full buffer). mark: the packet's from then on.
void queue_accept(struct queue *q, uint32_t id, uint32_t mark);
void queue_drop(struct queue *q, uint32_t id);
// Hands the frame to another queue, with that mark; it goes on untouched where nobody listens there.
void queue_move(struct queue *q, uint32_t id, uint16_t to, uint32_t mark);
int queue_flush(struct queue *q);

struct queue_counts queue_counts(const struct queue *q);

// What the kernel itself says of a queue in /proc/net/netfilter/nfnetlink_queue. Returns 0 or -ENOENT.
struct queue_kernel {
	uint32_t portid;       // of its reader's netlink socket: mostly the process's id
	uint64_t waiting;      // frames in it
	uint64_t dropped_full; // dropped: it was full
	uint64_t dropped_user; // dropped: the reader's socket was full
};
int queue_kernel_state(uint16_t number, struct queue_kernel *ret);

#endif
