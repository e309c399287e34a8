/* clock.h: monotonic time, for deadlines and durations. Thread: any. */
#ifndef SERVER_CLOCK_H
#define SERVER_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline int64_t clock_ms(void)
{
    return clock_us() / 1000;
}

static inline void clock_sleep_ms(int64_t duration_ms)
{
    const struct timespec duration = {.tv_sec = duration_ms / 1000,
                                      .tv_nsec = duration_ms % 1000 * 1000000};
    (void)nanosleep(&duration, NULL);
}

#endif
