/* window_store_test.c: windows are found, expire together, and come back from the file as they
 * were. */
#include "tests/state/store_fixture.h"

#include "base/hash.h"
#include "state/window_store.h"

enum { STORE = 3 };

static struct window_store *create(struct store_fixture *f)
{
    struct window_store *store = NULL;
    const struct hash_store_options options = {.payload_bytes = sizeof(int64_t)};
    assert_ok(window_store_create(&options, &store, &f->diag), &f->diag);
    return store;
}

static void put(struct window_store *store, int64_t start_ms, uint64_t key, int64_t value)
{
    struct hash_store *bucket = window_store_put(store, start_ms);
    assert_non_null(bucket);
    struct hash_entry *entry = hash_store_put_int64(bucket, key, hash_int64(key), NULL);
    assert_non_null(entry);
    *payload_of(entry) = value;
    hash_store_touch(bucket, entry);
}

/* 0 when absent. */
static int64_t get(struct window_store *store, int64_t start_ms, uint64_t key)
{
    struct hash_store *bucket = window_store_find(store, start_ms);
    struct hash_entry *entry = bucket ? hash_store_find_int64(bucket, key, hash_int64(key)) : NULL;
    return entry ? *payload_of(entry) : 0;
}

static void collect(struct store_fixture *f, struct window_store *store)
{
    struct commit *commit = store_fixture_commit(f);
    assert_ok(window_store_collect(store, commit, STORE, encode_integer, NULL, &f->diag), &f->diag);
    store_fixture_submit(f, commit);
}

static struct window_store *load(struct store_fixture *f)
{
    struct window_store *store = create(f);
    struct reader *reader = store_fixture_reader(f);
    assert_ok(window_store_load(store, reader, STORE, true, decode_integer, NULL, &f->diag),
              &f->diag);
    reader_close(reader);
    return store;
}

static void windows_are_kept_in_order_whatever_the_order_of_arrival(void **state)
{
    (void)state;
    struct store_fixture f = {0};
    struct window_store *store = create(&f);
    static const int64_t starts[] = {50, 10, INT64_MAX, -40, 30, INT64_MIN, 10, 50};
    for (size_t i = 0; i < 8; i++) {
        put(store, starts[i], i, (int64_t)i + 1);
    }
    assert_int_equal(window_store_bucket_count(store), 6);
    assert_int_equal(window_store_count(store), 8);
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < 6; i++) {
        int64_t start_ms = 0;
        assert_non_null(window_store_bucket_at(store, i, &start_ms));
        assert_true(i == 0 || start_ms > last);
        last = start_ms;
    }
    assert_int_equal(get(store, 10, 1), 2);
    assert_int_equal(get(store, 10, 6), 7);
    assert_int_equal(get(store, 10, 0), 0);
    assert_null(window_store_find(store, 11));
    assert_int_equal(window_store_lower_bound(store, 11), 3);
    window_store_destroy(store);
}

static void stored_starts_sort_as_times(void **state)
{
    (void)state;
    static const int64_t starts[] = {INT64_MIN, -1000,         -1,       0, 1, 255,
                                     256,       1700000000000, INT64_MAX};
    char last[WINDOW_STORE_PREFIX_BYTES];
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        char prefix[WINDOW_STORE_PREFIX_BYTES];
        window_store_encode_start(starts[i], prefix);
        assert_true(window_store_decode_start(prefix) == starts[i]);
        assert_true(i == 0 || memcmp(last, prefix, sizeof(prefix)) < 0);
        memcpy(last, prefix, sizeof(prefix));
    }
}

static void expired_windows_leave_memory_and_file(void **state)
{
    (void)state;
    struct store_fixture f;
    store_fixture_open(&f);
    struct window_store *store = create(&f);
    for (int64_t start_ms = -50; start_ms < 50; start_ms += 10) {
        for (uint64_t key = 0; key < 20; key++) {
            put(store, start_ms, key, start_ms * 100 + (int64_t)key + 1);
        }
    }
    collect(&f, store);
    uint64_t dropped_count = 0;
    window_store_drop_before(store, 10, &dropped_count);
    assert_int_equal(dropped_count, 6 * 20);
    assert_int_equal(window_store_count(store), 4 * 20);
    assert_null(window_store_find(store, 0));
    window_store_drop_before(store, 10, &dropped_count);
    assert_int_equal(dropped_count, 0);
    put(store, 0, 77, 5); /* a late window opens again before the drop is written */
    collect(&f, store);

    struct window_store *loaded = load(&f);
    assert_int_equal(window_store_bucket_count(loaded), 5);
    assert_int_equal(window_store_count(loaded), 4 * 20 + 1);
    assert_int_equal(get(loaded, 0, 77), 5);
    assert_int_equal(get(loaded, 0, 1), 0);
    assert_int_equal(get(loaded, 40, 19), 4020);
    window_store_destroy(loaded);
    window_store_destroy(store);
    store_fixture_close(&f);
}

static void random_changes_agree_with_a_model(void **state)
{
    (void)state;
    enum { WINDOWS = 40, KEYS = 50 };
    struct store_fixture f;
    store_fixture_open(&f);
    struct window_store *store = create(&f);
    static int64_t model[WINDOWS][KEYS];
    uint64_t random = 9;
    int64_t first_live = 0;
    for (int i = 1; i <= 40000; i++) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        const int64_t window = first_live + (int64_t)((random >> 33) % 10);
        const uint64_t key = (random >> 43) % KEYS;
        if (window < WINDOWS) {
            put(store, window * 1000, key, i);
            model[window][key] = i;
        }
        if (i % 1000 == 0) {
            memset(model[first_live], 0, sizeof(model[0]));
            first_live = first_live + 1 < WINDOWS ? first_live + 1 : first_live;
            window_store_drop_before(store, first_live * 1000, NULL);
        }
        if (i % 3700 == 0) {
            collect(&f, store);
            struct window_store *loaded = load(&f);
            for (int64_t w = 0; w < WINDOWS; w++) {
                for (uint64_t k = 0; k < KEYS; k++) {
                    assert_true(get(loaded, w * 1000, k) == model[w][k]);
                    assert_true(get(store, w * 1000, k) == model[w][k]);
                }
            }
            window_store_destroy(loaded);
        }
    }
    window_store_destroy(store);
    store_fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_kept_in_order_whatever_the_order_of_arrival),
        cmocka_unit_test(stored_starts_sort_as_times),
        cmocka_unit_test(expired_windows_leave_memory_and_file),
        cmocka_unit_test(random_changes_agree_with_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
