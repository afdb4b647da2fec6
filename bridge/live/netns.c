// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_ROOM 128

int netns_here(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int path_of(const char *name, char *path)
{
	if (!*name || strchr(name, '/') || name[0] == '.')
		return -EINVAL;
	return snprintf(path, PATH_ROOM, NETNS_FOLDER "/%s", name) < PATH_ROOM ? 0 : -ENAMETOOLONG;
}

int netns_open(const char *name)
{
	char path[PATH_ROOM];
	int fd, r = path_of(name, path);

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

// The folder must be a shared mount, so that a pin made here is seen, and can be undone, everywhere.
static int share_folder(void)
{
	if (mkdir(NETNS_FOLDER, 0755) < 0 && errno != EEXIST)
		return -errno;
	if (mount("", NETNS_FOLDER, "none", MS_SHARED | MS_REC, NULL) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	if (mount(NETNS_FOLDER, NETNS_FOLDER, "none", MS_BIND | MS_REC, NULL) < 0)
		return -errno;
	return mount("", NETNS_FOLDER, "none", MS_SHARED | MS_REC, NULL) < 0 ? -errno : 0;
}

int netns_make(const char *name)
{
	char path[PATH_ROOM];
	int fd, here, r = path_of(name, path);

	if (r < 0 || (r = share_folder()) < 0)
		return r;
	fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		return -errno;
	close(fd);
	here = netns_here();
	if (here < 0)
		return here;
	if (unshare(CLONE_NEWNET) < 0 || mount("/proc/thread-self/ns/net", path, "none", MS_BIND, NULL) < 0) {
		r = -errno;
		unlink(path);
	}
	if (setns(here, CLONE_NEWNET) < 0 && r == 0)
		r = -errno;
	close(here);
	return r;
}

int netns_remove(const char *name)
{
	char path[PATH_ROOM];
	int r = path_of(name, path);

	if (r < 0)
		return r;
	if (umount2(path, MNT_DETACH) < 0 && errno != EINVAL)
		return -errno;
	return unlink(path) < 0 ? -errno : 0;
}

int netns_enter(int fd)
{
	return setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
}

uint64_t netns_inode(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? 0 : st.st_ino;
}

bool netns_would_vanish(void)
{
	struct stat mine, first;

	if (stat("/proc/self/ns/mnt", &mine) < 0 || stat("/proc/1/ns/mnt", &first) < 0)
		return false;
	return mine.st_ino != first.st_ino;
}
