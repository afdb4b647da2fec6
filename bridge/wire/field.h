// SPDX-License-Identifier: GPL-2.0-or-later
// field: what a frame can be asked for. One row a field, with Wireshark's name, type and value names; the
// same rows decode, match, print, set and write the manual. A protocol is one file with one `struct protocol`
// and one row of protocol_table.
#ifndef OFFHOOK_WIRE_FIELD_H
#define OFFHOOK_WIRE_FIELD_H

#include "wire/frame.h"

// Wireshark's types (FT_…), as far as our fields have them.
enum field_type {
	FIELD_NONE,     // present or not, no value (FT_NONE)
	FIELD_PROTOCOL, // the protocol itself: its bytes
	FIELD_BOOL,
	FIELD_UINT, // 8 … 64 bits
	FIELD_INT,
	FIELD_CHAR,
	FIELD_ETHER, // 6 bytes
	FIELD_IPV4,  // 4 bytes
	FIELD_IPV6,  // 16 bytes
	FIELD_BYTES,
	FIELD_STRING,
	FIELD_DURATION, // FT_RELATIVE_TIME, ns in `number`
	FIELD_TIME,     // FT_ABSOLUTE_TIME, ns since 1970 in `number`
};

// One value of a field. Which member counts is told by the field's type: number for BOOL, UINT, INT, CHAR,
// DURATION and TIME; bytes for the rest. bytes borrow from the frame or, for what is computed, from `own`.
struct value {
	int64_t number; // UINT of 64 bits: cast to uint64_t
	const uint8_t *bytes;
	uint32_t len;
	uint8_t own[16];
};

struct value_name {
	uint64_t value;
	const char *name; // NULL ends a list
};

struct field;

// Called once a value, in the order of Wireshark's tree. Returns false to stop early.
typedef bool value_visit(void *ctx, const struct value *value);

struct field {
	const char *name;  // "arp.opcode"; Wireshark's own
	const char *title; // "Opcode"
	enum field_type type;
	uint8_t display; // 10 or 16: the base numbers are shown in
	// Where it lies in its layer, for the plain ones (get NULL): `size` bytes (1 … 8 for numbers) at
	// `at`, there only if the layer's header reaches that far; then & mask (0: all), >> the mask's lowest
	// set bit. Big-endian unless little is set.
	uint16_t at, size;
	uint64_t mask;
	bool little;
	const struct value_name *names;
	// For the rest: visits every value in this layer; returns false when visit did.
	bool (*get)(const struct field *field, const struct frame *f, const struct layer *layer,
		    value_visit *visit, void *ctx);
	uint32_t param; // for get's own use (an option's number, a header's index)
};

struct protocol {
	enum proto id;
	const char *name;  // "arp", as a filter writes it
	const char *title; // "Address Resolution Protocol"
	const struct field *fields;
	size_t field_count;
};

// PROTO_COUNT rows, indexed by enum proto.
extern const struct protocol *const protocol_table[PROTO_COUNT];

// The field or protocol of that name (len bytes). A bare protocol gives *ret_field NULL. Returns 0 or
// -ENOENT.
int field_find(const char *name, size_t len, const struct protocol **ret_protocol,
	       const struct field **ret_field);

// Visits each value that the frame has for the field, layer by layer, quoted ones too (Wireshark counts
// them). Returns false when visit did.
bool field_values(const struct protocol *protocol, const struct field *field, const struct frame *f,
		  value_visit *visit, void *ctx);

// The first value. false: the frame has none.
bool field_first(const struct protocol *protocol, const struct field *field, const struct frame *f,
		 struct value *ret_value);

// All names of fields and protocols, sorted, for suggestions and listings; static for the life of the
// process.
size_t field_names(const char *const **ret_names);

#endif
