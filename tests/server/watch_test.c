/* watch_test.c: what of the watch can be seen without a connection of HTTP: deadlines, and that it
 * stops at once. */
#include "server/watch.h"

#include <sys/socket.h>
#include <unistd.h>

#include "server/clock.h"
#include "server/metrics.h"
#include "tests/test.h"

enum { ROUND_COUNT = 5 };

/* The thread sleeps for most of a tick each time; the fastest of a few rounds does not depend on
 * what else the machine does. */
static void closing_does_not_wait_for_a_tick(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    int64_t fastest_ms = INT64_MAX;
    for (int i = 0; i < ROUND_COUNT; i++) {
        struct watch *watch = NULL;
        struct diag diag;
        assert_int_equal(watch_open(&metrics, &watch, &diag), STATUS_OK);
        clock_sleep_ms(5);
        const int64_t start_ms = clock_ms();
        watch_close(watch);
        const int64_t duration_ms = clock_ms() - start_ms;
        fastest_ms = duration_ms < fastest_ms ? duration_ms : fastest_ms;
    }
    assert_true(fastest_ms < 50);
}

static void connection_past_its_deadline_is_shut_down(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    struct watch *watch = NULL;
    struct diag diag;
    int pair[2];
    char byte = 0;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(watch_open(&metrics, &watch, &diag), STATUS_OK);
    struct watched *watched = watch_add(watch, pair[0]);
    assert_non_null(watched);
    watch_set_deadline(watch, watched, 100000);
    watch_lower_deadline(watch, watched, 1);
    assert_int_equal(read(pair[1], &byte, 1), 0); /* waits until then */
    watch_remove(watch, watched);
    watch_close(watch);
    assert_int_equal(metrics_get(&metrics, METRIC_DEADLINES), 1);
    (void)close(pair[0]);
    (void)close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_does_not_wait_for_a_tick),
        cmocka_unit_test(connection_past_its_deadline_is_shut_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
