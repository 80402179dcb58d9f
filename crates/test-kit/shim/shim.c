/*
 * A shim for a process that is started with LD_PRELOAD=shim.so: its fsyncs are slow, and its wall clock steps while it
  * runs.
 *
 * SHIM_FILE names a file of two 64-bit integers, which the test overwrites:
 *   [0] what is added to the wall clock, in microseconds
 *   [1] how much longer fsync and fdatasync take, in microseconds
 *
 * It uses only system calls, no dlsym, because a memory allocator may ask for the time before the loader has finished.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t none[2];
static const volatile int64_t *control = none;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SHIM_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *page = mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED)
        control = page;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int failed = (int)syscall(SYS_clock_gettime, clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t micros = now->tv_sec * INT64_C(1000000) + now->tv_nsec / 1000 + control[0];
        now->tv_sec = micros / 1000000;
        now->tv_nsec = micros % 1000000 * 1000 + now->tv_nsec % 1000;
    }
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    struct timespec precise;
    int failed = clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return failed;
}

time_t time(time_t *now)
{
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now)
        *now = precise.tv_sec;
    return precise.tv_sec;
}

static void delay(void)
{
    struct timespec left = {control[1] / 1000000, control[1] % 1000000 * 1000};
    while (nanosleep(&left, &left) && errno == EINTR)
        ;
}

int fsync(int file)
{
    delay();
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    delay();
    return (int)syscall(SYS_fdatasync, file);
}
