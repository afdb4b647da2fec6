// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/queue.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
// Before libnetfilter_queue's own copy of it, which is older and hides it: NFQA_VLAN, NFQA_L2HDR.
#include <linux/netfilter/nfnetlink_queue.h>
#include <libnetfilter_queue/libnetfilter_queue.h>

#include "base/clock.h"

#define RECEIVE_BUFFER (8u << 20)
#define VERDICT_BUFFER 16384
#define VERDICT_ROOM   128 // one verdict's message, generously

struct queue {
	struct mnl_socket *nl;
	int stamp_fd; // holds the kernel's receive timestamps switched on
	uint16_t number;
	unsigned portid;
	struct queue_counts counts;
	queue_fn *fn; // during queue_read()
	void *ctx;
	int64_t wall_to_monotonic, now; // of this read
	size_t verdict_len;
	_Alignas(8) char verdicts[VERDICT_BUFFER];
	_Alignas(8) char message[QUEUE_FRAME_MAX + 4096];
	uint8_t frame[QUEUE_FRAME_MAX];
};

static int64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

// Sends one configuration message and waits for its answer.
static int configure(struct queue *q, struct nlmsghdr *nlh)
{
	char buf[8192];
	ssize_t n;

	nlh->nlmsg_flags |= NLM_F_ACK;
	nlh->nlmsg_seq = 1;
	if (mnl_socket_sendto(q->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	n = mnl_socket_recvfrom(q->nl, buf, sizeof(buf));
	if (n < 0)
		return -errno;
	// -1 with errno where the answer is an error
	return mnl_cb_run(buf, (size_t)n, 1, q->portid, NULL, NULL) < 0 ? -errno : 0;
}

static int bind_queue(struct queue *q, const struct queue_options *o)
{
	char buf[512];
	struct nlmsghdr *nlh = nfq_nlmsg_put(buf, NFQNL_MSG_CONFIG, o->number);
	uint32_t flags = NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO;
	int r;

	nfq_nlmsg_cfg_put_cmd(nlh, AF_UNSPEC, NFQNL_CFG_CMD_BIND);
	r = configure(q, nlh);
	if (r < 0) {
		struct queue_kernel k;

		// The kernel says EPERM both for a queue of another's and for a missing capability.
		return (r == -EPERM || r == -EBUSY) && queue_kernel_state(o->number, &k) == 0 ? -EBUSY : r;
	}
	nlh = nfq_nlmsg_put(buf, NFQNL_MSG_CONFIG, o->number);
	nfq_nlmsg_cfg_put_params(nlh, o->copy_packets ? NFQNL_COPY_PACKET : NFQNL_COPY_META, 0xffff);
	nfq_nlmsg_cfg_put_qmaxlen(nlh, o->length);
	mnl_attr_put_u32(nlh, NFQA_CFG_FLAGS, htonl(flags));
	mnl_attr_put_u32(nlh, NFQA_CFG_MASK, htonl(flags));
	return configure(q, nlh);
}

int queue_open(const struct queue_options *options, struct queue **ret)
{
	struct queue *q = calloc(1, sizeof(*q));
	int size = RECEIVE_BUFFER, on = 1, r;

	if (!q)
		return -ENOMEM;
	q->number = options->number;
	q->stamp_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (q->stamp_fd >= 0)
		setsockopt(q->stamp_fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	q->nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!q->nl || mnl_socket_bind(q->nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		r = -errno;
		queue_close(q);
		return r;
	}
	q->portid = mnl_socket_get_portid(q->nl);
	if (setsockopt(mnl_socket_get_fd(q->nl), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(mnl_socket_get_fd(q->nl), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	r = bind_queue(q, options);
	if (r < 0) {
		queue_close(q);
		return r;
	}
	*ret = q;
	return 0;
}

void queue_close(struct queue *q)
{
	if (!q)
		return;
	if (q->nl)
		mnl_socket_close(q->nl);
	if (q->stamp_fd >= 0)
		close(q->stamp_fd);
	free(q);
}

int queue_fd(const struct queue *q)
{
	return mnl_socket_get_fd(q->nl);
}

uint16_t queue_number(const struct queue *q)
{
	return q->number;
}

// The Ethernet header, with the tag that the kernel had taken out put back in its place. Returns its length,
// 0 where there is none.
static size_t put_ethernet(uint8_t *out, const struct nlattr *l2, const struct nlattr *vlan)
{
	const uint8_t *h = l2 ? mnl_attr_get_payload(l2) : NULL;
	size_t len = l2 ? mnl_attr_get_payload_len(l2) : 0, at = 0;
	const struct nlattr *a;
	uint16_t proto = 0, tci = 0;
	bool tagged = false;

	if (len < 14 || len > 22)
		return 0;
	if (vlan) {
		mnl_attr_for_each_nested(a, vlan)
		{
			if (mnl_attr_get_payload_len(a) < sizeof(uint16_t))
				continue;
			if (mnl_attr_get_type(a) == NFQA_VLAN_PROTO)
				proto = mnl_attr_get_u16(a);
			if (mnl_attr_get_type(a) == NFQA_VLAN_TCI) {
				tci = mnl_attr_get_u16(a);
				tagged = true;
			}
		}
	}
	memcpy(out, h, 12);
	at = 12;
	if (tagged) {
		memcpy(out + at, &proto, 2);
		memcpy(out + at + 2, &tci, 2);
		at += 4;
	}
	memcpy(out + at, h + 12, len - 12);
	return at + len - 12;
}

static int64_t stamp_of(struct queue *q, const struct nlattr *a)
{
	struct nfqnl_msg_packet_timestamp ts;
	int64_t t;

	if (!a || mnl_attr_get_payload_len(a) < sizeof(ts)) {
		q->counts.no_timestamp++;
		return q->now;
	}
	memcpy(&ts, mnl_attr_get_payload(a), sizeof(ts));
	t = (int64_t)be64toh(ts.sec) * NS_PER_S + (int64_t)be64toh(ts.usec) * NS_PER_US +
	    q->wall_to_monotonic;
	// The wall clock may have been set between receipt and now: such a time is not believed.
	if (t > q->now || t < q->now - 10 * NS_PER_S) {
		q->counts.no_timestamp++;
		return q->now;
	}
	return t;
}

static uint32_t attr_be32(const struct nlattr *a)
{
	return a && mnl_attr_get_payload_len(a) >= sizeof(uint32_t) ? ntohl(mnl_attr_get_u32(a)) : 0;
}

static int collect_attribute(const struct nlattr *a, void *data)
{
	const struct nlattr **table = data;

	if (mnl_attr_get_type(a) <= NFQA_MAX)
		table[mnl_attr_get_type(a)] = a;
	return MNL_CB_OK;
}

static void on_packet(struct queue *q, const struct nlmsghdr *nlh)
{
	const struct nlattr *a[NFQA_MAX + 1] = {NULL};
	struct queue_frame f = {0};
	struct nfqnl_msg_packet_hdr hdr;
	uint32_t info, cap;
	size_t l2, len;

	mnl_attr_parse(nlh, sizeof(struct nfgenmsg), collect_attribute, a);
	if (!a[NFQA_PACKET_HDR] || mnl_attr_get_payload_len(a[NFQA_PACKET_HDR]) < sizeof(hdr))
		return;
	memcpy(&hdr, mnl_attr_get_payload(a[NFQA_PACKET_HDR]), sizeof(hdr));
	f.id = ntohl(hdr.packet_id);
	f.mark = attr_be32(a[NFQA_MARK]);
	f.ifindex = attr_be32(a[NFQA_IFINDEX_PHYSINDEV]);
	if (!f.ifindex)
		f.ifindex = attr_be32(a[NFQA_IFINDEX_INDEV]);
	info = attr_be32(a[NFQA_SKB_INFO]);
	f.gso = info & NFQA_SKB_GSO;
	f.checksum_open = info & NFQA_SKB_CSUMNOTREADY;
	f.read = q->now;
	f.time = stamp_of(q, a[NFQA_TIMESTAMP]);
	if (a[NFQA_PAYLOAD]) {
		l2 = put_ethernet(q->frame, a[NFQA_L2HDR], a[NFQA_VLAN]);
		len = mnl_attr_get_payload_len(a[NFQA_PAYLOAD]);
		if (len > sizeof(q->frame) - l2)
			len = sizeof(q->frame) - l2;
		memcpy(q->frame + l2, mnl_attr_get_payload(a[NFQA_PAYLOAD]), len);
		cap = attr_be32(a[NFQA_CAP_LEN]);
		f.has_l2 = l2 != 0;
		f.data = q->frame;
		f.len = (uint32_t)(l2 + len);
		f.wire = cap > len ? (uint32_t)l2 + cap : f.len;
	}
	q->counts.frames++;
	q->fn(q->ctx, &f);
}

static void on_error(struct queue *q, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*e)) || e->error == 0)
		return;
	if (e->error == -ENOENT)
		q->counts.verdicts_lost++;
	else
		q->counts.verdict_errors++;
}

int queue_read(struct queue *q, unsigned most, queue_fn *fn, void *ctx)
{
	unsigned count = 0;

	q->fn = fn;
	q->ctx = ctx;
	while (count < most) {
		ssize_t n = recv(queue_fd(q), q->message, sizeof(q->message), MSG_DONTWAIT);
		const struct nlmsghdr *nlh = (const struct nlmsghdr *)q->message;
		int left = (int)n;

		if (n < 0 && (errno == ENOBUFS || errno == EINTR)) {
			q->counts.overruns += errno == ENOBUFS;
			continue;
		}
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n < 0)
			return -errno;
		q->now = clock_ns(CLOCK_MONOTONIC);
		q->wall_to_monotonic = q->now - clock_ns(CLOCK_REALTIME);
		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_type == NLMSG_ERROR)
				on_error(q, nlh);
			else if (nlh->nlmsg_type == ((NFNL_SUBSYS_QUEUE << 8) | NFQNL_MSG_PACKET))
				on_packet(q, nlh);
		}
		count++;
	}
	queue_flush(q);
	return (int)count;
}

int queue_flush(struct queue *q)
{
	size_t len = q->verdict_len;

	q->verdict_len = 0;
	if (!len)
		return 0;
	return send(queue_fd(q), q->verdicts, len, 0) < 0 ? -errno : 0;
}

static void put_verdict(struct queue *q, uint32_t id, uint32_t verdict, bool set_mark, uint32_t mark)
{
	struct nlmsghdr *nlh;

	if (q->verdict_len + VERDICT_ROOM > sizeof(q->verdicts))
		queue_flush(q);
	nlh = nfq_nlmsg_put(q->verdicts + q->verdict_len, NFQNL_MSG_VERDICT, q->number);
	nfq_nlmsg_verdict_put(nlh, (int)id, (int)verdict);
	if (set_mark)
		nfq_nlmsg_verdict_put_mark(nlh, mark);
	q->verdict_len += MNL_ALIGN(nlh->nlmsg_len);
	q->counts.verdicts++;
}

void queue_accept(struct queue *q, uint32_t id, uint32_t mark)
{
	put_verdict(q, id, NF_ACCEPT, true, mark);
}

void queue_drop(struct queue *q, uint32_t id)
{
	put_verdict(q, id, NF_DROP, false, 0);
}

void queue_move(struct queue *q, uint32_t id, uint16_t to, uint32_t mark)
{
	put_verdict(q, id, NF_QUEUE_NR(to) | NF_VERDICT_FLAG_QUEUE_BYPASS, true, mark);
}

struct queue_counts queue_counts(const struct queue *q)
{
	return q->counts;
}

int queue_kernel_state(uint16_t number, struct queue_kernel *ret)
{
	FILE *f = fopen("/proc/net/netfilter/nfnetlink_queue", "re");
	unsigned n, mode, range;
	unsigned long waiting, full, user;
	uint32_t portid;
	int r = -ENOENT;

	if (!f)
		return -ENOENT;
	while (fscanf(f, "%u %" SCNu32 " %lu %u %u %lu %lu %*u %*u", &n, &portid, &waiting, &mode, &range,
		      &full, &user) == 7) {
		if (n != number)
			continue;
		*ret = (struct queue_kernel){
			.portid = portid, .waiting = waiting, .dropped_full = full, .dropped_user = user};
		r = 0;
	}
	fclose(f);
	return r;
}
