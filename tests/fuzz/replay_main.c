// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a fuzzer's entry point over files, so that the corpora are replayed without a fuzzing engine. Arguments: files
// and folders. Fails where there was none.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned replay_file(const char *path, size_t size)
{
	// An allocation of just the size, so that a read past the end is seen.
	uint8_t *data = malloc(size ? size : 1);
	FILE *f = fopen(path, "rb");

	if (!f || !data || fread(data, 1, size, f) != size) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	fclose(f);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 1;
}

static unsigned replay(const char *path)
{
	struct stat st;
	struct dirent *e;
	unsigned n = 0;
	DIR *d;

	if (stat(path, &st) < 0) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	if (!S_ISDIR(st.st_mode))
		return replay_file(path, (size_t)st.st_size);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		char child[4096];

		if (e->d_name[0] == '.')
			continue;
		snprintf(child, sizeof(child), "%s/%s", path, e->d_name);
		n += replay(child);
	}
	if (d)
		closedir(d);
	return n;
}

int main(int argc, char **argv)
{
	unsigned n = 0;

	for (int i = 1; i < argc; i++)
		n += replay(argv[i]);
	printf("%s: %u inputs\n", argv[0], n);
	return n ? 0 : 1;
}
