// SPDX-License-Identifier: GPL-2.0-or-later
// Values of the stand-ins' command lines: seconds, counts, addresses, device names. Every function returns 0
// or -EINVAL and leaves its result alone when it fails.
#ifndef LAB_ARGS_COMMON_H
#define LAB_ARGS_COMMON_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

// A device name as CUCM has it: "SEP" and the MAC address in 12 hexadecimal digits, at most 15 characters.
#define DEVICE_NAME_SIZE 16

// A finite number of at least `least` (seconds, a speed).
int args_real(const char *text, double least, double *ret_value);

// A whole number within least..most.
int args_count(const char *text, unsigned least, unsigned most, unsigned *ret_value);

// "10.10.10.202" or "10.10.10.202:2000"; without a port, `port` is used.
int args_address(const char *text, uint16_t port, struct sockaddr_in *ret_address);

// "SEP001B54000011" and how far to count up from it: writes the name of phone `index` and its MAC address.
int args_device(const char *text, unsigned index, char name[DEVICE_NAME_SIZE], uint8_t mac[6]);

#endif
