// SPDX-License-Identifier: GPL-2.0-or-later
// array: a heap array that grows by one.
#ifndef OFFHOOK_BASE_ARRAY_H
#define OFFHOOK_BASE_ARRAY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// A new element of `size` bytes, zeroed, at the end of *items, which holds *count. Room is made in powers of
// two, so that no capacity need be kept. Returns the element, or NULL (nothing changed) where memory is
// short.
static inline void *array_add(void *items, size_t *count, size_t size)
{
	void *grown;

	memcpy(&grown, items, sizeof(grown)); // *items is a pointer of another type
	if ((*count & (*count - 1)) == 0) {
		if (*count > SIZE_MAX / 2 / size)
			return NULL;
		grown = realloc(grown, (*count ? *count * 2 : 1) * size);
		if (!grown)
			return NULL;
		memcpy(items, &grown, sizeof(grown));
	}
	return memset((char *)grown + (*count)++ * size, 0, size);
}

#endif
