/* hash_store_test.c: the store agrees with a plain array under random changes, in memory and in the
 * file. */
#include "tests/state/store_fixture.h"

#include "base/hash.h"
#include "base/memory.h"

enum { KEYS = 3000, OPERATIONS = 100000, STORE = 7 };

/* What the store should hold: value by key number; 0 is absent. */
struct model {
    int64_t values[KEYS];
};

static uint64_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

/* Keys of all lengths: none, inline, at the limit, in blocks. */
static struct text key_of(unsigned number, char out[80])
{
    if (number == 0) {
        return (struct text){"", 0};
    }
    const int bytes = snprintf(out, 80, "%u%.*s", number, (int)(number % 40),
                               "........................................");
    return (struct text){out, (size_t)bytes};
}

static struct hash_store *create(struct store_fixture *f)
{
    struct hash_store *store = NULL;
    const struct hash_store_options options = {.payload_bytes = sizeof(int64_t)};
    assert_ok(hash_store_create(&options, &store, &f->diag), &f->diag);
    return store;
}

static void check_against(struct hash_store *store, const struct model *model)
{
    uint64_t count = 0;
    for (unsigned k = 0; k < KEYS; k++) {
        char bytes[80];
        const struct text key = key_of(k, bytes);
        struct hash_entry *entry = hash_store_find(store, key, hash_bytes(key.data, key.bytes));
        assert_int_equal(entry != NULL, model->values[k] != 0);
        if (entry) {
            assert_true(*payload_of(entry) == model->values[k]);
            assert_true(text_equal(hash_entry_key(entry), key));
            count++;
        }
    }
    assert_int_equal(hash_store_count(store), count);
    uint64_t met = 0;
    for (uint32_t cursor = 0; hash_store_next(store, &cursor);) {
        met++;
    }
    assert_int_equal(met, count);
}

static void change_one(struct hash_store *store, struct model *model, uint64_t *random)
{
    char bytes[80];
    const unsigned k = (unsigned)(random_next(random) % KEYS);
    const struct text key = key_of(k, bytes);
    const uint64_t hash = hash_bytes(key.data, key.bytes);
    if (random_next(random) % 3 == 0) {
        struct hash_entry *entry = hash_store_find(store, key, hash);
        assert_int_equal(entry != NULL, model->values[k] != 0);
        if (entry) {
            hash_store_remove(store, entry);
        }
        model->values[k] = 0;
        return;
    }
    bool is_new = false;
    struct hash_entry *entry = hash_store_put(store, key, hash, &is_new);
    assert_non_null(entry);
    assert_int_equal(is_new, model->values[k] == 0);
    assert_true(*payload_of(entry) == model->values[k]);
    model->values[k] = (int64_t)random_next(random) + 1;
    *payload_of(entry) = model->values[k];
    hash_store_touch(store, entry);
}

static void reload_and_check(struct store_fixture *f, const struct model *model)
{
    struct hash_store *store = create(f);
    struct reader *reader = store_fixture_reader(f);
    assert_ok(hash_store_load(store, reader, STORE, false, decode_integer, NULL, &f->diag),
              &f->diag);
    reader_close(reader);
    check_against(store, model);
    assert_int_equal(hash_store_dirty_count(store), 0);
    hash_store_destroy(store);
}

static void random_changes_agree_with_a_model_in_memory_and_file(void **state)
{
    (void)state;
    struct store_fixture f;
    store_fixture_open(&f);
    static struct model model;
    struct hash_store *store = create(&f);
    uint64_t random = 1;
    for (int i = 1; i <= OPERATIONS; i++) {
        change_one(store, &model, &random);
        if (i % 7919 == 0 || i == OPERATIONS) {
            check_against(store, &model);
            struct commit *commit = store_fixture_commit(&f);
            const struct text none = {0};
            assert_ok(hash_store_collect(store, commit, STORE, none, encode_integer, NULL, &f.diag),
                      &f.diag);
            assert_int_equal(hash_store_dirty_count(store), 0);
            store_fixture_submit(&f, commit);
            reload_and_check(&f, &model);
        }
    }
    hash_store_destroy(store);
    store_fixture_close(&f);
}

static void integer_keys_and_stable_addresses(void **state)
{
    (void)state;
    struct store_fixture f = {0};
    struct hash_store *store = create(&f);
    static struct hash_entry *entries[20000];
    static struct text keys[20000];
    static uint64_t numbers[20000];
    static uint64_t hashes[20000];
    for (uint64_t i = 0; i < 20000; i++) {
        bool is_new = false;
        entries[i] = hash_store_put_int64(store, i, hash_int64(i), &is_new);
        assert_true(is_new);
        assert_int_equal((uintptr_t)hash_entry_payload(entries[i]) % 16, 0);
        numbers[i] = i * 2; /* the upper half is absent */
        keys[i] = (struct text){(const char *)&numbers[i], sizeof(uint64_t)};
        hashes[i] = hash_int64(numbers[i]);
    }
    for (uint64_t i = 0; i < 20000; i++) {
        assert_ptr_equal(hash_store_find_int64(store, i, hash_int64(i)), entries[i]);
    }
    static struct hash_entry *found[20000];
    hash_store_find_many(store, keys, hashes, 20000, found);
    for (uint64_t i = 0; i < 20000; i++) {
        assert_ptr_equal(found[i], i < 10000 ? entries[i * 2] : NULL);
    }
    hash_store_destroy(store);
}

static void equal_hashes_are_told_apart_by_key(void **state)
{
    (void)state;
    struct store_fixture f = {0};
    struct hash_store *store = create(&f);
    for (unsigned k = 0; k < 50; k++) {
        char bytes[80];
        *payload_of(hash_store_put(store, key_of(k, bytes), 1, NULL)) = k;
    }
    for (unsigned k = 0; k < 50; k += 2) {
        char bytes[80];
        hash_store_remove(store, hash_store_find(store, key_of(k, bytes), 1));
    }
    for (unsigned k = 0; k < 50; k++) {
        char bytes[80];
        struct hash_entry *entry = hash_store_find(store, key_of(k, bytes), 1);
        assert_int_equal(entry != NULL, k % 2 == 1);
        assert_true(!entry || *payload_of(entry) == k);
    }
    hash_store_destroy(store);
}

static void entry_is_collected_once_and_only_when_touched(void **state)
{
    (void)state;
    struct store_fixture f = {0};
    struct hash_store *store = create(&f);
    const struct text none = {0};
    struct hash_entry *entry = hash_store_put_int64(store, 5, hash_int64(5), NULL);
    hash_store_touch(store, entry);
    assert_int_equal(hash_store_dirty_count(store), 1);
    struct commit *commit = store_fixture_commit(&f);
    assert_ok(hash_store_collect(store, commit, 1, none, encode_integer, NULL, &f.diag), &f.diag);
    assert_int_equal(hash_store_dirty_count(store), 0);
    assert_ptr_equal(hash_store_put_int64(store, 5, hash_int64(5), NULL), entry);
    assert_int_equal(hash_store_dirty_count(store), 0);
    hash_store_touch(store, entry);
    assert_int_equal(hash_store_dirty_count(store), 1);
    commit_destroy(commit);
    hash_store_destroy(store);
}

static void count_release(void *context, void *payload)
{
    *(int64_t *)context += *(int64_t *)payload;
}

static void payloads_are_released_exactly_once(void **state)
{
    (void)state;
    struct store_fixture f = {0};
    int64_t sum = 0;
    struct hash_store *store = NULL;
    const struct hash_store_options options = {
        .payload_bytes = sizeof(int64_t), .release = count_release, .context = &sum};
    assert_ok(hash_store_create(&options, &store, &f.diag), &f.diag);
    for (uint64_t i = 1; i <= 100; i++) {
        *payload_of(hash_store_put_int64(store, i, hash_int64(i), NULL)) = 1;
    }
    for (uint64_t i = 1; i <= 30; i++) {
        hash_store_remove(store, hash_store_find_int64(store, i, hash_int64(i)));
    }
    assert_int_equal(sum, 30);
    hash_store_clear(store);
    assert_int_equal(sum, 100);
    assert_int_equal(hash_store_count(store), 0);
    *payload_of(hash_store_put_int64(store, 1, hash_int64(1), NULL)) = 1;
    hash_store_destroy(store);
    assert_int_equal(sum, 101);
}

static void removed_entries_are_used_again(void **state)
{
    (void)state;
    struct store_fixture f = {0};
    struct hash_store *store = create(&f);
    const struct text none = {0};
    size_t bytes = 0;
    for (uint64_t round = 0; round < 200; round++) {
        for (uint64_t i = 0; i < 100; i++) {
            assert_non_null(
                hash_store_put_int64(store, round * 100 + i, hash_int64(round * 100 + i), NULL));
        }
        for (uint64_t i = 0; i < 100; i++) {
            const uint64_t key = round * 100 + i;
            hash_store_remove(store, hash_store_find_int64(store, key, hash_int64(key)));
        }
        struct commit *commit = store_fixture_commit(&f);
        assert_ok(hash_store_collect(store, commit, 1, none, encode_integer, NULL, &f.diag),
                  &f.diag);
        commit_destroy(commit);
        bytes = bytes ? bytes : hash_store_bytes(store);
    }
    assert_int_equal(hash_store_bytes(store), bytes);
    hash_store_destroy(store);
}

static void failed_allocation_leaves_the_store_as_it_was(void **state)
{
    (void)state;
    struct store_fixture f = {0};
    const struct text key = TEXT("a key that is longer than what fits into an entry");
    for (uint64_t at = 1; at <= 4; at++) {
        struct hash_store *store = create(&f);
        memory_fail_after(at);
        struct hash_entry *entry = hash_store_put(store, key, 1, NULL);
        memory_fail_after(0);
        assert_int_equal(entry != NULL, at == 4); /* slots, slab, key */
        assert_int_equal(hash_store_count(store), entry != NULL);
        assert_ptr_equal(hash_store_find(store, key, 1), entry);
        assert_non_null(hash_store_put(store, key, 1, NULL));
        assert_int_equal(hash_store_count(store), 1);
        hash_store_destroy(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_changes_agree_with_a_model_in_memory_and_file),
        cmocka_unit_test(integer_keys_and_stable_addresses),
        cmocka_unit_test(equal_hashes_are_told_apart_by_key),
        cmocka_unit_test(entry_is_collected_once_and_only_when_touched),
        cmocka_unit_test(payloads_are_released_exactly_once),
        cmocka_unit_test(removed_entries_are_used_again),
        cmocka_unit_test(failed_allocation_leaves_the_store_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
