// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's TCP as the stand-ins use it: real sockets, non-blocking, TCP_NODELAY, one write a message, no
// TCP_USER_TIMEOUT and no SO_KEEPALIVE, so that every retransmission and every time-out seen is the kernel's
// own.
#ifndef LAB_NET_COMMON_H
#define LAB_NET_COMMON_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

// What TCP_INFO says of one connection. Seconds, counts.
struct tcp_view {
	double rto;           // the retransmission time-out as it stands, back-off included
	double srtt;          // smoothed round trip
	unsigned backoff;     // exponent of the back-off
	unsigned retransmits; // time-outs of the segment now outstanding
	unsigned total;       // segments retransmitted since the connection was made
};

// Raises the limit on open files to what `wanted` descriptors need. -errno where that is refused.
int net_allow_files(unsigned wanted);

// A listening socket. `address` may be INADDR_ANY. -errno.
int net_listen(const struct sockaddr_in *address, int *ret_fd);

// Starts to connect; the socket becomes writable when that is decided. `device` (or NULL): SO_BINDTODEVICE.
int net_connect(const struct sockaddr_in *local, const struct sockaddr_in *server, const char *device,
		int *ret_fd);

int net_accept(int listener, struct sockaddr_in *ret_peer, int *ret_fd);

// The pending error of a socket as -errno, or 0.
int net_error(int fd);

// Sends one message in one write. -EAGAIN: the socket's buffer is full and nothing, or not all, went out.
int net_send(int fd, const void *message, size_t size);

// Closes with FIN, with RST, or so that the peer hears nothing at all (as when the power is pulled; needs
// CAP_NET_ADMIN, else it is a close with FIN).
void net_close(int fd);
void net_reset(int fd);
void net_vanish(int fd);

int net_tcp_view(int fd, struct tcp_view *ret_view);

// "10.10.10.202"
const char *net_text(const struct sockaddr_in *address, char text[INET_ADDRSTRLEN]);

// 0 where this network namespace has the address, -EADDRNOTAVAIL where not.
int net_have_address(struct in_addr address);

// The index of the interface that bears `address`. -ENODEV.
int net_interface_of(struct in_addr address, int *ret_index);

// Deletes the neighbour (ARP) entry of `address`, as `ip neigh del` does; that there was none is no error.
int net_neighbour_flush(int netlink, int interface, struct in_addr address);

// An rtnetlink socket for net_neighbour_flush.
int net_netlink(int *ret_fd);

#endif
