// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "wire/sccp.h"
#include "wire/sip.h"

#define SCCP_HEADER 12
#define START_LINE  4096      // a longer line is no start line
#define SPANS       16        // places of past messages kept, for stream_skip()
#define ELSEWHERE   (1 << 20) // a segment this far from what is due belongs to another connection

// A piece that came before its time. missing: bytes behind it that the capture did not keep.
struct range {
	uint32_t seq, len, missing;
	uint8_t *data;
};

// Sequence numbers [start, end) of one message, or of what was passed over.
struct span {
	uint32_t start, end;
};

struct stream {
	enum stream_kind kind;
	bool started;
	bool found;       // a message begins at the head of what is unfinished; else one is looked for
	bool line_start;  // looking for SIP: the head of what is unfinished is a line's
	uint32_t first;   // behind the SYN
	uint32_t next;    // the sequence number due next
	uint32_t segment; // where the newest segment began: where a message is likeliest to begin
	uint32_t lost;    // where the search began
	uint64_t skip;    // bytes yet to come of something passed over by its length
	uint8_t *hold;    // unfinished: bytes [next - hold_len, next)
	uint32_t hold_len, hold_size;
	uint32_t scanned; // of hold: already searched for the end of a SIP header
	bool end_known;   // the unfinished message's end is:
	uint32_t end;
	struct range ranges[STREAM_RANGES]; // by seq
	uint32_t range_count, range_bytes;
	struct span spans[SPANS]; // a ring
	uint32_t span_next, span_count;
	struct stream_counts counts;
};

struct sink {
	message_fn *fn;
	void *ctx;
};

struct stream *stream_new(enum stream_kind kind)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s)
		s->kind = kind;
	return s;
}

static void hold_drop(struct stream *s)
{
	free(s->hold);
	s->hold = NULL;
	s->hold_len = s->hold_size = s->scanned = 0;
	s->end_known = false;
}

static void range_remove(struct stream *s, uint32_t i)
{
	free(s->ranges[i].data);
	s->range_bytes -= s->ranges[i].len;
	s->range_count--;
	memmove(&s->ranges[i], &s->ranges[i + 1], (s->range_count - i) * sizeof(s->ranges[0]));
}

static void ranges_drop(struct stream *s)
{
	while (s->range_count)
		range_remove(s, s->range_count - 1);
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	hold_drop(s);
	ranges_drop(s);
	free(s);
}

static void span_add(struct stream *s, uint32_t start, uint32_t end)
{
	if (start == end)
		return;
	s->spans[s->span_next] = (struct span){start, end};
	s->span_next = (s->span_next + 1) % SPANS;
	if (s->span_count < SPANS)
		s->span_count++;
}

// From here on a message's beginning is looked for.
static void stream_lose(struct stream *s, uint32_t at)
{
	s->found = false;
	s->line_start = true;
	s->lost = at;
	s->skip = 0;
	s->scanned = 0;
	s->end_known = false;
}

static void stream_find(struct stream *s, uint32_t at)
{
	if (at != s->lost) {
		s->counts.resyncs++;
		span_add(s, at - s->lost < ELSEWHERE ? s->lost : at - ELSEWHERE, at);
	}
	s->found = true;
	s->scanned = 0;
	s->end_known = false;
}

// ---- framing ----

// What the bytes at a message's beginning turn out to be.
enum framed {
	FRAMED_WHOLE,    // *ret_len bytes are a message
	FRAMED_PART,     // not all there yet
	FRAMED_BLANK,    // *ret_len bytes between messages (SIP's pings)
	FRAMED_OVERSIZE, // *ret_len bytes are a message too long to keep
	FRAMED_BAD,
};

static enum framed frame_sccp(struct stream *s, uint32_t seq, const uint8_t *p, size_t len, uint64_t *ret_len)
{
	struct cursor c = cursor_of(p, len);
	uint32_t length = cursor_le32(&c), version = cursor_le32(&c);

	if (len >= 4 && !sccp_header_valid(length, 0))
		return FRAMED_BAD;
	if (len >= 8 && !sccp_header_valid(length, version))
		return FRAMED_BAD;
	if (len < 8)
		return FRAMED_PART;
	*ret_len = (uint64_t)length + 8;
	if (*ret_len > STREAM_MESSAGE_MAX)
		return FRAMED_OVERSIZE;
	if (*ret_len <= len)
		return FRAMED_WHOLE;
	s->end_known = true;
	s->end = seq + length + 8;
	return FRAMED_PART;
}

static const uint8_t *find_line_end(const uint8_t *p, size_t len)
{
	return len ? memchr(p, '\n', len) : NULL;
}

// The line's length without CR LF, given where its LF stands.
static size_t line_length(const uint8_t *p, const uint8_t *lf)
{
	size_t n = (size_t)(lf - p);

	return n && p[n - 1] == '\r' ? n - 1 : n;
}

static enum framed frame_sip(struct stream *s, uint32_t seq, const uint8_t *p, size_t len, uint64_t *ret_len)
{
	const uint8_t *lf;
	size_t header;
	int64_t body;

	if (s->end_known && (int32_t)(s->end - (seq + (uint32_t)len)) > 0)
		return FRAMED_PART;
	if (p[0] == '\r' || p[0] == '\n') {
		*ret_len = 1;
		return FRAMED_BLANK;
	}
	if (!s->scanned) {
		lf = find_line_end(p, len < START_LINE ? len : START_LINE);
		if (!lf)
			return len < START_LINE ? FRAMED_PART : FRAMED_BAD;
		if (!sip_start_line(p, line_length(p, lf)))
			return FRAMED_BAD;
	}
	if (sip_measure(p, len, s->scanned, &header, &body) != WIRE_OK) {
		if (len >= STREAM_MESSAGE_MAX)
			return FRAMED_BAD;
		s->scanned = (uint32_t)len;
		return FRAMED_PART;
	}
	// RFC 3261 section 18.3 demands Content-Length over a stream; without it the header is all.
	*ret_len = header + (uint64_t)(body > 0 ? body : 0);
	if (*ret_len > SCCP_LENGTH_MAX)
		return FRAMED_BAD;
	if (*ret_len > STREAM_MESSAGE_MAX)
		return FRAMED_OVERSIZE;
	if (*ret_len <= len)
		return FRAMED_WHOLE;
	s->end_known = true;
	s->end = seq + (uint32_t)*ret_len;
	return FRAMED_PART;
}

// ---- finding one's feet ----

// A header in the middle of a segment counts only if its message ends where the segment does, or where the
// next plausible one begins: runs of zeros look like headers.
static bool sccp_chained(const uint8_t *p, size_t len, size_t at)
{
	struct cursor c = cursor_of(p + at, len - at);
	uint64_t end = at + (uint64_t)cursor_le32(&c) + 8;

	return end == len || (end < len && sccp_plausible(p + end, len - end));
}

// Looks for a message's beginning. Returns its offset, or len and in *ret_keep from where the bytes may still
// turn out to hold one.
static size_t search_sccp(const struct stream *s, uint32_t seq, const uint8_t *p, size_t len,
			  size_t *ret_keep)
{
	size_t i;

	for (i = 0; i + SCCP_HEADER <= len; i++)
		if (sccp_plausible(p + i, len - i) && (seq + i == s->segment || sccp_chained(p, len, i)))
			return i;
	*ret_keep = i;
	return len;
}

static size_t search_sip(const struct stream *s, const uint8_t *p, size_t len, size_t *ret_keep,
			 bool *ret_line_start)
{
	bool line_start = s->line_start;
	size_t i = 0;

	while (i < len) {
		const uint8_t *lf = find_line_end(p + i, len - i);

		if (!lf)
			break;
		if (line_start && sip_start_line(p + i, line_length(p + i, lf)))
			return i;
		i = (size_t)(lf - p) + 1;
		line_start = true;
	}
	if (len - i > START_LINE) {
		i = len;
		line_start = false;
	}
	*ret_keep = i;
	*ret_line_start = line_start;
	return len;
}

// Says what a stream carries from its first bytes; unknown for as long as they may be either.
static enum stream_kind guess(const uint8_t *p, size_t len, bool *ret_neither)
{
	const uint8_t *lf;
	bool text = true;

	*ret_neither = false;
	for (size_t i = 0; i < len && i < 16; i++)
		if ((p[i] < 0x20 && p[i] != '\r' && p[i] != '\n') || p[i] > 0x7e)
			text = false;
	if (!text) {
		if (sccp_plausible(p, len))
			return STREAM_SCCP;
		*ret_neither = len >= SCCP_HEADER;
		return STREAM_UNKNOWN;
	}
	while (len && (*p == '\r' || *p == '\n')) {
		p++;
		len--;
	}
	lf = find_line_end(p, len);
	if (lf && sip_start_line(p, line_length(p, lf)))
		return STREAM_SIP;
	*ret_neither = lf || len > START_LINE;
	return STREAM_UNKNOWN;
}

// ---- in order ----

// One step of searching. Returns the bytes used up; *ret_more is false where nothing is to be done without
// more.
static size_t step_search(struct stream *s, uint32_t seq, const uint8_t *p, size_t len, bool *ret_more)
{
	bool neither = false;
	size_t at, keep = len;

	*ret_more = false;
	if (s->kind == STREAM_UNKNOWN) {
		s->kind = guess(p, len, &neither);
		*ret_more = s->kind != STREAM_UNKNOWN;
		if (*ret_more || !neither)
			return 0;
		if (s->found)
			stream_lose(s, seq);
		s->counts.given_up_bytes += len;
		return len;
	}
	if (s->kind == STREAM_SCCP)
		at = search_sccp(s, seq, p, len, &keep);
	else
		at = search_sip(s, p, len, &keep, &s->line_start);
	if (at < len) {
		stream_find(s, seq + (uint32_t)at);
		*ret_more = true;
		keep = at;
	}
	s->counts.given_up_bytes += keep;
	return keep;
}

static size_t step_message(struct stream *s, uint32_t seq, const uint8_t *p, size_t len, struct sink sink,
			   bool *ret_more)
{
	struct message m = {.kind = s->kind, .seq = seq, .data = p};
	uint64_t n = 0;
	enum framed framed =
		s->kind == STREAM_SCCP ? frame_sccp(s, seq, p, len, &n) : frame_sip(s, seq, p, len, &n);

	*ret_more = true;
	switch (framed) {
	case FRAMED_PART:
		*ret_more = false;
		return 0;
	case FRAMED_BLANK:
		return (size_t)n;
	case FRAMED_WHOLE:
		s->scanned = 0;
		s->end_known = false;
		s->counts.messages++;
		span_add(s, seq, seq + (uint32_t)n);
		m.len = (uint32_t)n;
		sink.fn(sink.ctx, &m);
		return (size_t)n;
	case FRAMED_OVERSIZE:
		s->scanned = 0;
		s->end_known = false;
		s->counts.oversized++;
		s->counts.given_up_bytes += n;
		span_add(s, seq, seq + (uint32_t)n);
		s->skip = n;
		return 0;
	case FRAMED_BAD:
		break;
	}
	s->counts.malformed++;
	s->counts.given_up_bytes++;
	stream_lose(s, seq);
	// Past its first byte, or the search would find the same thing again.
	s->line_start = p[0] == '\n';
	return 1;
}

// Reads what there is at seq. Returns the bytes that need not be kept.
static size_t parse(struct stream *s, uint32_t seq, const uint8_t *p, size_t len, struct sink sink)
{
	size_t n = 0;
	bool more = true;

	while (more && n < len) {
		if (s->skip) {
			size_t some = s->skip < len - n ? (size_t)s->skip : len - n;

			s->skip -= some;
			n += some;
		} else if (s->found && s->kind != STREAM_UNKNOWN) {
			n += step_message(s, seq + (uint32_t)n, p + n, len - n, sink, &more);
		} else {
			n += step_search(s, seq + (uint32_t)n, p + n, len - n, &more);
		}
	}
	return n;
}

static int hold_append(struct stream *s, const uint8_t *data, uint32_t len)
{
	if (s->hold_len + len > s->hold_size) {
		uint32_t size = s->hold_size ? s->hold_size : 256;
		uint8_t *grown;

		while (size < s->hold_len + len)
			size *= 2;
		grown = realloc(s->hold, size);
		if (!grown)
			return -ENOMEM;
		s->hold = grown;
		s->hold_size = size;
	}
	memcpy(s->hold + s->hold_len, data, len);
	s->hold_len += len;
	return 0;
}

// What is held has become as long as a message may be, and is none.
static void give_up_hold(struct stream *s)
{
	uint32_t start = s->next - s->hold_len;

	s->counts.given_up_bytes += s->hold_len;
	hold_drop(s);
	stream_lose(s, start);
	s->line_start = false;
}

// Bytes that are due, at s->next.
static int feed(struct stream *s, const uint8_t *data, uint32_t len, struct sink sink)
{
	s->segment = s->next;
	if (!s->hold_len) { // the common case: nothing is copied
		uint32_t used;

		s->line_start = true;
		used = (uint32_t)parse(s, s->next, data, len, sink);
		s->next += used;
		data += used;
		len -= used;
	}
	while (len) {
		uint32_t room = STREAM_HOLD - s->hold_len, some = len < room ? len : room, used;

		if (hold_append(s, data, some)) {
			s->next += len;
			give_up_hold(s);
			return -ENOMEM;
		}
		s->next += some;
		data += some;
		len -= some;
		used = (uint32_t)parse(s, s->next - s->hold_len, s->hold, s->hold_len, sink);
		s->hold_len -= used;
		memmove(s->hold, s->hold + used, s->hold_len);
		if (s->hold_len == STREAM_HOLD)
			give_up_hold(s);
		else if (!s->hold_len)
			hold_drop(s);
	}
	return 0;
}

// n bytes at s->next will never come. Where they lie within a message whose end is known, the next one is not
// lost.
static void gap(struct stream *s, uint32_t n)
{
	uint32_t start = s->next - s->hold_len;
	bool known = s->hold_len && s->found && s->end_known && s->end - s->next >= n;
	uint32_t end = s->end;

	if (!n)
		return;
	if (s->skip < n)
		s->counts.given_up_bytes += s->hold_len + n - s->skip; // what is skipped was counted before
	s->next += n;
	if (s->skip >= n) {
		s->skip -= n;
		return;
	}
	hold_drop(s);
	if (known) {
		span_add(s, start, end);
		s->skip = end - s->next;
		s->counts.given_up_bytes += s->skip;
		return;
	}
	stream_lose(s, start);
}

// ---- out of order ----

// The pieces that have become due.
static int drain(struct stream *s, struct sink sink)
{
	int r = 0;

	while (s->range_count && (int32_t)(s->ranges[0].seq - s->next) <= 0) {
		struct range *piece = &s->ranges[0];
		uint32_t old = s->next - piece->seq;

		if (old < piece->len && feed(s, piece->data + old, piece->len - old, sink))
			r = -ENOMEM;
		old = s->next - piece->seq;
		if (old < piece->len + piece->missing)
			gap(s, piece->len + piece->missing - old);
		range_remove(s, 0);
	}
	return r;
}

// Keeps a piece that lies behind a hole. The first copy of a byte counts.
static int range_insert(struct stream *s, uint32_t seq, const uint8_t *data, uint32_t len, uint32_t missing)
{
	uint32_t end = seq + len, i = 0;
	uint8_t *copy;

	for (uint32_t k = 0; k < s->range_count; k++) {
		const struct range *x = &s->ranges[k];

		if ((int32_t)(seq - x->seq) >= 0 && (int32_t)(end - (x->seq + x->len)) <= 0)
			return 0;
	}
	copy = malloc(len ? len : 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, len);
	while (i < s->range_count && (int32_t)(s->ranges[i].seq - seq) <= 0)
		i++;
	memmove(&s->ranges[i + 1], &s->ranges[i], (s->range_count - i) * sizeof(s->ranges[0]));
	s->ranges[i] = (struct range){.seq = seq, .len = len, .missing = missing, .data = copy};
	s->range_count++;
	s->range_bytes += len;
	return 0;
}

static void restart(struct stream *s, uint32_t next)
{
	s->counts.given_up_bytes += s->hold_len + s->range_bytes;
	hold_drop(s);
	ranges_drop(s);
	s->span_count = s->span_next = 0;
	s->started = true;
	s->next = next;
	stream_lose(s, next);
}

static int due(struct stream *s, uint32_t seq, const uint8_t *data, uint32_t len, uint32_t missing,
	       struct sink sink)
{
	uint32_t old = s->next - seq;
	int r = 0, r2;

	if (old >= len + missing)
		return 0;
	if (old < len)
		r = feed(s, data + old, len - old, sink);
	gap(s, seq + len + missing - s->next);
	r2 = drain(s, sink);
	return r ? r : r2;
}

// Makes room by taking the hole before the first piece, or before this segment, for lost.
static int hole_give_up(struct stream *s, uint32_t seq, struct sink sink)
{
	if (s->range_count && (int32_t)(s->ranges[0].seq - seq) < 0)
		seq = s->ranges[0].seq;
	gap(s, seq - s->next);
	return drain(s, sink);
}

int stream_segment(struct stream *s, uint32_t seq, const uint8_t *data, uint32_t len, uint32_t wire_len,
		   uint8_t flags, message_fn *fn, void *ctx)
{
	struct sink sink = {fn, ctx};
	uint32_t missing = wire_len > len ? wire_len - len : 0;
	int32_t ahead;
	int r = 0;

	if (flags & TCP_RST) {
		s->counts.given_up_bytes += s->hold_len + s->range_bytes;
		hold_drop(s);
		ranges_drop(s);
		stream_lose(s, s->next);
		return 0;
	}
	if (flags & TCP_SYN) {
		seq++;
		if (!s->started || seq != s->first) {
			restart(s, seq);
			s->first = seq;
			s->found = true;
		}
	}
	if (!s->started && len + missing)
		restart(s, seq);
	ahead = (int32_t)(seq - s->next);
	if (s->started && len + missing && (ahead > ELSEWHERE || ahead < -ELSEWHERE))
		restart(s, seq);
	while (len + missing && r == 0) {
		ahead = (int32_t)(seq - s->next);
		if (ahead <= 0) {
			r = due(s, seq, data, len, missing, sink);
			break;
		}
		if (s->range_count < STREAM_RANGES && s->range_bytes + s->hold_len + len <= STREAM_HOLD) {
			r = range_insert(s, seq, data, len, missing);
			break;
		}
		r = hole_give_up(s, seq, sink);
	}
	if ((flags & TCP_FIN) && s->started && seq + len + missing == s->next) {
		s->counts.given_up_bytes += s->hold_len + s->range_bytes;
		hold_drop(s);
		ranges_drop(s);
		s->next++;
		stream_lose(s, s->next);
	}
	return r;
}

int stream_acked(struct stream *s, uint32_t ack, message_fn *fn, void *ctx)
{
	struct sink sink = {fn, ctx};
	int r = 0;

	while (s->started && r == 0 && (int32_t)(ack - s->next) > 0 && ack - s->next <= ELSEWHERE)
		r = hole_give_up(s, ack, sink);
	return r;
}

// ---- questions ----

uint32_t stream_skip(const struct stream *s, uint32_t seq, uint32_t len)
{
	uint32_t start = s->next - s->hold_len, past = 0;

	for (uint32_t i = 0; i < s->span_count; i++) {
		const struct span *x = &s->spans[i];

		if (seq != x->start && seq - x->start < x->end - x->start)
			past = x->end - seq;
	}
	if (s->hold_len && s->found && seq != start && seq - start <= s->hold_len)
		past = s->end_known ? s->end - seq : len;
	return past < len ? past : len;
}

enum stream_kind stream_kind(const struct stream *s)
{
	return s->kind;
}

struct stream_counts stream_counts(const struct stream *s)
{
	return s->counts;
}

size_t stream_memory(const struct stream *s)
{
	return sizeof(*s) + s->hold_size + s->range_bytes;
}
