/*
 * Preloaded into a process, makes its disk and its clock fail: writes and forces of files below one folder end with ENOSPC or
 * EIO, or take long, and the wall clock is ahead or behind. The monotonic clock is left alone. What fails is told by a small file that
 * both this and the test have mapped.
 *
 * cc -shared -fPIC -O2 -o libfaults.so faults.c
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { NONE, NO_SPACE, WRITES_FAIL, FORCES_FAIL, FORCES_SLOW };

struct control {
    _Atomic int64_t mode;
    _Atomic int64_t room;         /* NO_SPACE: bytes that can still be written */
    _Atomic int64_t delay_millis; /* FORCES_SLOW */
    _Atomic int64_t clock_millis; /* added to the wall clock */
    _Atomic int64_t fault_count;  /* calls that failed or were delayed */
};

static struct control *control;
static const char *folder;
static size_t folder_length;

__attribute__((constructor)) static void map_control(void) {
    const char *path = getenv("FAULTS_CONTROL");
    const char *below = getenv("FAULTS_FOLDER");
    if (path == NULL || below == NULL) {
        return;
    }
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) {
        return;
    }
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (mapped != MAP_FAILED) {
        folder = below;
        folder_length = strlen(below);
        control = mapped;
    }
}

static int64_t mode_of(int fd) {
    int64_t mode = control == NULL ? NONE : atomic_load(&control->mode);
    if (mode == NONE) {
        return NONE;
    }
    char link[64];
    char path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length < (ssize_t)folder_length || strncmp(path, folder, folder_length) != 0) {
        return NONE;
    }
    return mode;
}

static ssize_t fail(int error) {
    atomic_fetch_add(&control->fault_count, 1);
    errno = error;
    return -1;
}

/* How many of these bytes can be written; -1 and errno if none. A disk that fills up takes a part of the last write. */
static ssize_t admit(int fd, size_t count) {
    switch (mode_of(fd)) {
    case WRITES_FAIL:
        return fail(EIO);
    case NO_SPACE: {
        int64_t room = atomic_load(&control->room);
        while (room > 0) {
            int64_t taken = (int64_t)count < room ? (int64_t)count : room;
            if (atomic_compare_exchange_weak(&control->room, &room, room - taken)) {
                return (ssize_t)taken;
            }
        }
        return count == 0 ? 0 : fail(ENOSPC);
    }
    default:
        return (ssize_t)count;
    }
}

ssize_t write(int fd, const void *bytes, size_t count) {
    ssize_t admitted = admit(fd, count);
    return admitted < 0 ? -1 : syscall(SYS_write, fd, bytes, (size_t)admitted);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    ssize_t admitted = admit(fd, count);
    return admitted < 0 ? -1 : syscall(SYS_pwrite64, fd, bytes, (size_t)admitted, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return pwrite64(fd, bytes, count, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int part_count) {
    size_t count = 0;
    for (int i = 0; i < part_count; i++) {
        count += parts[i].iov_len;
    }
    ssize_t admitted = admit(fd, count);
    if (admitted < 0) {
        return -1;
    }
    if ((size_t)admitted == count) {
        return syscall(SYS_writev, fd, parts, part_count);
    }
    /* A part: the first one, cut; a caller goes on with the rest. */
    size_t first = parts[0].iov_len < (size_t)admitted ? parts[0].iov_len : (size_t)admitted;
    return syscall(SYS_write, fd, parts[0].iov_base, first);
}

static int force(int fd, long call) {
    switch (mode_of(fd)) {
    case FORCES_FAIL:
        return (int)fail(EIO);
    case FORCES_SLOW: {
        atomic_fetch_add(&control->fault_count, 1);
        int64_t millis = atomic_load(&control->delay_millis);
        struct timespec left = {millis / 1000, millis % 1000 * 1000000};
        while (nanosleep(&left, &left) != 0 && errno == EINTR) {
        }
        return (int)syscall(call, fd);
    }
    default:
        return (int)syscall(call, fd);
    }
}

int fsync(int fd) {
    return force(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return force(fd, SYS_fdatasync);
}

static int64_t clock_millis(void) {
    return control == NULL ? 0 : atomic_load(&control->clock_millis);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t millis = clock_millis();
        now->tv_sec += millis / 1000;
        now->tv_nsec += millis % 1000 * 1000000;
        if (now->tv_nsec >= 1000000000) {
            now->tv_nsec -= 1000000000;
            now->tv_sec++;
        } else if (now->tv_nsec < 0) {
            now->tv_nsec += 1000000000;
            now->tv_sec--;
        }
    }
    return result;
}

int gettimeofday(struct timeval *now, void *zone) {
    (void)zone;
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) {
        return -1;
    }
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now != NULL) {
        *now = precise.tv_sec;
    }
    return precise.tv_sec;
}
