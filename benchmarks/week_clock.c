/* What the C library answers when a process asks for the time of day: an hour less from SIGUSR1 on.
   cc -shared -fPIC -o clock.so week_clock.c; LD_PRELOAD=clock.so python app.py */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

static volatile sig_atomic_t back = 0;
static int (*asked)(clockid_t, struct timespec *) = 0;

static void set_back(int number) {
    (void)number;
    back = 3600;
}

__attribute__((constructor)) static void begin(void) {
    struct sigaction on = {.sa_handler = set_back, .sa_flags = SA_RESTART};
    asked = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    sigaction(SIGUSR1, &on, 0);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (!asked) begin();
    int status = asked(clock, now);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec -= back;
    return status;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) *now = exact.tv_sec;
    return exact.tv_sec;
}
