/* router_test.c: the table of routes is what the rest relies on. */
#include "server/metrics.h"
#include "server/router.h"
#include "tests/test.h"

static void table_is_sorted_and_without_repetition(void **state)
{
    (void)state;
    size_t count = 0;
    const struct route *routes = router_table(&count);
    assert_true(count < METRICS_ROUTE_COUNT_MAX);
    for (size_t i = 1; i < count; i++) {
        assert_true(strcmp(routes[i - 1].path, routes[i].path) < 0);
    }
}

/* A new route without credentials must be put here too, on purpose. */
static void only_these_routes_are_open(void **state)
{
    (void)state;
    static const char *const open[] = {"/chc/live", "/chc/ready",   "/healthcheck",   "/livez",
                                       "/readyz",   "/v1/metadata", "/v1/metadata/id"};
    size_t count = 0;
    size_t next = 0;
    const struct route *routes = router_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (routes[i].is_open) {
            assert_string_equal(routes[i].path, open[next++]);
        }
    }
    assert_int_equal(next, sizeof(open) / sizeof(open[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_sorted_and_without_repetition),
        cmocka_unit_test(only_these_routes_are_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
