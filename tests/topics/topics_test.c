/* topics_test.c: what goes into a topic comes out, in order, at its offset, when it may. */
#include "tests/topics/fixture.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "topics/segment_parts.h"

static const size_t no_memory = 1; /* a budget that keeps nothing: all reads go to the file */

static void keys_values_headers_and_nulls_come_back_from_memory_and_file(void **state)
{
    (void)state;
    const struct record_header headers[] = {
        {TEXT("trace"), TEXT("abc")}, {TEXT("none"), {NULL, 0}}, {TEXT(""), TEXT("")}};
    const struct record records[] = {
        {.key = TEXT("k"), .value = TEXT("v"), .time_ms = 5},
        {.key = TEXT(""), .value = {NULL, 0}, .time_ms = -7},
        {.key = {NULL, 0}, .value = TEXT(""), .time_ms = INT64_MAX},
        {.value = TEXT("with headers"),
         .time_ms = INT64_MIN,
         .headers = headers,
         .header_count = 3},
    };
    for (int from_file = 0; from_file <= 1; from_file++) {
        struct fixture *f = fixture_open(from_file ? no_memory : 0);
        struct topic *topic = fixture_topic(f, "t", 1);
        struct commit *commit = fixture_commit(f);
        assert_ok(topics_append(f->topics, commit, topic, 0, records, 4, &f->diag), &f->diag);
        fixture_submit(f, commit);
        fixture_flush(f);
        struct segment *segment = NULL;
        assert_ok(topics_read(f->topics, topic, 0, 2, true, &segment, &f->diag), &f->diag);
        assert_int_equal(segment->record_count, 4);
        assert_int_equal(segment->base_offset, 0);
        assert_true(segment->time_min_ms == INT64_MIN && segment->time_max_ms == INT64_MAX);
        assert_true(text_equal(segment->values, TEXT("vwith headers")));
        assert_int_equal(segment->values.data[segment->values.bytes + SEGMENT_PADDING_BYTES - 1],
                         0);
        for (size_t i = 0; i < 4; i++) {
            const struct record *got = &segment->records[i];
            assert_true(text_equal(got->key, records[i].key));
            assert_true(text_equal(got->value, records[i].value));
            assert_int_equal(got->key.data == NULL, records[i].key.data == NULL);
            assert_int_equal(got->value.data == NULL, records[i].value.data == NULL);
            assert_true(got->time_ms == records[i].time_ms);
            assert_int_equal(got->header_count, records[i].header_count);
        }
        for (size_t i = 0; i < 3; i++) {
            const struct record_header *got = &segment->records[3].headers[i];
            assert_true(text_equal(got->key, headers[i].key));
            assert_true(text_equal(got->value, headers[i].value));
            assert_int_equal(got->value.data == NULL, headers[i].value.data == NULL);
        }
        segment_unref(segment);
        topic_unref(topic);
        fixture_close(f);
    }
}

static void topics_and_records_survive_a_restart(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic *topic = NULL;
    struct commit *commit = fixture_commit(f);
    const struct topic_config config = {1000, 2000, TEXT("compact,delete")};
    assert_ok(topics_create(f->topics, commit, TEXT("orders"), 3, &config, &topic, &f->diag),
              &f->diag);
    char text[24];
    const struct record record = number_record(0, text);
    assert_ok(topics_append(f->topics, commit, topic, 2, &record, 1, &f->diag), &f->diag);
    fixture_submit(f, commit);
    fixture_append(f, topic, 2, 1, 999);
    topic_unref(topic);
    fixture_close_only(f);
    fixture_open_again(f, 0);

    topic = topics_find(f->topics, TEXT("orders"));
    assert_non_null(topic);
    assert_int_equal(topic_partition_count(topic), 3);
    assert_int_equal(topic_get_config(topic)->retention_ms, 1000);
    assert_int_equal(topic_get_config(topic)->retention_bytes, 2000);
    assert_true(text_equal(topic_get_config(topic)->cleanup_policy, TEXT("compact,delete")));
    assert_int_equal(fixture_check(f, topic, 2, 0, 0), 1000);
    assert_int_equal(topics_range(f->topics, topic, 2).end_offset, 1000);
    assert_int_equal(topics_range(f->topics, topic, 0).end_offset, 0);
    fixture_append(f, topic, 2, 1000, 10);
    fixture_flush(f);
    assert_int_equal(fixture_check(f, topic, 2, 0, 0), 1010);
    topic_unref(topic);
    fixture_close(f);
}

static void large_appends_are_cut_into_segments(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic *topic = fixture_topic(f, "t", 1);
    fixture_append(f, topic, 0, 0, 3 * SEGMENT_RECORD_COUNT_MAX);
    struct commit *commit = fixture_commit(f);
    static char big[SEGMENT_BYTES_MAX * 2];
    const struct record records[] = {{.value = {big, SEGMENT_BYTES_MAX / 2}},
                                     {.value = {big, SEGMENT_BYTES_MAX / 2}},
                                     {.value = {big, sizeof(big)}},
                                     {.value = {big, 1}}};
    assert_ok(topics_append(f->topics, commit, topic, 0, records, 4, &f->diag), &f->diag);
    fixture_submit(f, commit);
    fixture_flush(f);
    static const uint32_t expected[] = {
        SEGMENT_RECORD_COUNT_MAX, SEGMENT_RECORD_COUNT_MAX, SEGMENT_RECORD_COUNT_MAX, 1, 1, 1, 1};
    int64_t offset = 0;
    uint64_t arrival = 0;
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        struct segment *segment = NULL;
        assert_ok(topics_read(f->topics, topic, 0, offset, true, &segment, &f->diag), &f->diag);
        assert_int_equal(segment->record_count, expected[i]);
        assert_true(segment->arrival > arrival);
        arrival = segment->arrival;
        offset = segment_end_offset(segment);
        segment_unref(segment);
    }
    assert_int_equal(offset, topics_range(f->topics, topic, 0).end_offset);
    topic_unref(topic);
    fixture_close(f);
}

static void small_batches_are_read_from_the_file_as_one_segment(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(no_memory);
    struct topic *topic = fixture_topic(f, "t", 1);
    for (int64_t i = 0; i < 300; i++) {
        fixture_append(f, topic, 0, i, 1);
    }
    fixture_append(f, topic, 0, 300, 5000); /* not small: stays alone */
    fixture_append(f, topic, 0, 5300, 10);
    fixture_flush(f);
    static const struct {
        int64_t base_offset;
        uint32_t record_count;
    } expected[] = {{0, 300}, {300, 5000}, {5300, 10}};
    int64_t offset = 0;
    for (size_t i = 0; i < 3; i++) {
        struct segment *segment = NULL;
        assert_ok(topics_read(f->topics, topic, 0, offset, true, &segment, &f->diag), &f->diag);
        assert_int_equal(segment->base_offset, expected[i].base_offset);
        assert_int_equal(segment->record_count, expected[i].record_count);
        assert_int_equal(segment->time_min_ms, expected[i].base_offset);
        offset = segment_end_offset(segment);
        segment_unref(segment);
    }
    assert_int_equal(fixture_check(f, topic, 0, 0, 0), 5310);
    topic_unref(topic);
    fixture_close(f);
}

static void record_at_the_size_limit_passes_and_one_past_it_does_not(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(no_memory);
    struct topic *topic = fixture_topic(f, "t", 1);
    char *big = calloc(1, RECORD_BYTES_MAX + 1);
    struct record record = {.value = {big, RECORD_BYTES_MAX}};
    struct commit *commit = fixture_commit(f);
    assert_ok(topics_append(f->topics, commit, topic, 0, &record, 1, &f->diag), &f->diag);
    record.value.bytes++;
    assert_int_equal(topics_append(f->topics, commit, topic, 0, &record, 1, &f->diag),
                     STATUS_INVALID);
    fixture_submit(f, commit);
    fixture_flush(f);
    struct segment *segment = NULL;
    assert_ok(topics_read(f->topics, topic, 0, 0, true, &segment, &f->diag), &f->diag);
    assert_int_equal(segment->records[0].value.bytes, RECORD_BYTES_MAX);
    segment_unref(segment);
    free(big);
    topic_unref(topic);
    fixture_close(f);
}

static void hold_the_committer(void *context, enum status status)
{
    (void)status;
    sem_wait(context);
}

static void committed_only_hides_what_is_not_durable(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic *topic = fixture_topic(f, "t", 1);
    fixture_append(f, topic, 0, 0, 5);
    fixture_flush(f);

    sem_t gate;
    sem_init(&gate, 0, 0);
    struct commit *commit = fixture_commit(f);
    assert_ok(commit_on_finish(commit, hold_the_committer, &gate, &f->diag), &f->diag);
    fixture_submit(f, commit);
    fixture_append(f, topic, 0, 5, 5);
    const struct topic_range range = topics_range(f->topics, topic, 0);
    assert_int_equal(range.durable_offset, 5);
    assert_int_equal(range.end_offset, 10);
    struct segment *segment = NULL;
    assert_ok(topics_read(f->topics, topic, 0, 5, true, &segment, &f->diag), &f->diag);
    assert_null(segment);
    assert_ok(topics_read(f->topics, topic, 0, 5, false, &segment, &f->diag), &f->diag);
    assert_non_null(segment);
    assert_int_equal(segment->base_offset, 5);
    segment_unref(segment);

    sem_post(&gate);
    fixture_flush(f);
    assert_int_equal(topics_range(f->topics, topic, 0).durable_offset, 10);
    assert_int_equal(fixture_check(f, topic, 0, 0, 0), 10);
    sem_destroy(&gate);
    topic_unref(topic);
    fixture_close(f);
}

struct appender {
    struct fixture *fixture;
    struct topic *topic;
    int64_t number;
};

enum { APPENDERS = 4, APPENDS = 200, APPEND_RECORDS = 7 };

static void *append_many(void *context)
{
    const struct appender *self = context;
    struct diag diag;
    for (int64_t i = 0; i < APPENDS; i++) {
        struct commit *commit = NULL;
        enum status status = commit_create(&commit, &diag);
        for (int64_t r = 0; r < APPEND_RECORDS && status == STATUS_OK; r++) {
            char text[40];
            snprintf(text, sizeof(text), "%lld:%lld", (long long)self->number,
                     (long long)(i * APPEND_RECORDS + r));
            const struct record record = {.value = text_of(text)};
            status = topics_append(self->fixture->topics, commit, self->topic, (uint32_t)(i % 2),
                                   &record, 1, &diag);
        }
        if (status != STATUS_OK ||
            topics_submit(self->fixture->topics, commit, NULL, &diag) != STATUS_OK) {
            return (void *)1;
        }
    }
    return NULL;
}

/* Each thread's records must come in its own order, whole units at a time. */
static int64_t check_interleaving(struct fixture *f, struct topic *topic, uint32_t partition)
{
    int64_t next[APPENDERS] = {0};
    int64_t offset = 0;
    for (;;) {
        struct segment *segment = NULL;
        assert_ok(topics_read(f->topics, topic, partition, offset, true, &segment, &f->diag),
                  &f->diag);
        if (!segment) {
            return offset;
        }
        assert_int_equal(segment->base_offset, offset);
        for (uint32_t i = 0; i < segment->record_count; i++) {
            long long thread = 0;
            long long number = 0;
            char text[40];
            snprintf(text, sizeof(text), "%.*s", TEXT_ARGS(segment->records[i].value));
            assert_int_equal(sscanf(text, "%lld:%lld", &thread, &number), 2);
            assert_true(number >= next[thread]);
            next[thread] = number + 1;
        }
        offset = segment_end_offset(segment);
        segment_unref(segment);
    }
}

static void offsets_are_dense_under_concurrent_appends(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(20000);
    struct topic *topic = fixture_topic(f, "t", 2);
    pthread_t threads[APPENDERS];
    struct appender appenders[APPENDERS];
    for (int i = 0; i < APPENDERS; i++) {
        appenders[i] = (struct appender){f, topic, i};
        pthread_create(&threads[i], NULL, append_many, &appenders[i]);
    }
    uint64_t sequence = topics_sequence(f->topics); /* a reader follows meanwhile */
    for (int64_t seen = 0; seen < APPENDERS * APPENDS * APPEND_RECORDS / 2;) {
        struct segment *segment = NULL;
        assert_ok(topics_read(f->topics, topic, 0, seen, false, &segment, &f->diag), &f->diag);
        if (segment) {
            assert_int_equal(segment->base_offset, seen);
            seen = segment_end_offset(segment);
            segment_unref(segment);
        } else {
            sequence = topics_wait(f->topics, sequence, 10000);
        }
    }
    for (int i = 0; i < APPENDERS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    fixture_flush(f);
    for (uint32_t p = 0; p < 2; p++) {
        assert_int_equal(check_interleaving(f, topic, p), APPENDERS * APPENDS * APPEND_RECORDS / 2);
    }
    fixture_close_only(f);
    topic_unref(topic);
    fixture_open_again(f, 0);
    topic = topics_find(f->topics, TEXT("t"));
    assert_int_equal(check_interleaving(f, topic, 1), APPENDERS * APPENDS * APPEND_RECORDS / 2);
    topic_unref(topic);
    fixture_close(f);
}

static void offset_past_the_end_is_invalid(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic *topic = fixture_topic(f, "t", 1);
    fixture_append(f, topic, 0, 0, 3);
    struct segment *segment = NULL;
    assert_int_equal(topics_read(f->topics, topic, 0, 4, false, &segment, &f->diag),
                     STATUS_INVALID);
    assert_int_equal(topics_read(f->topics, topic, 0, -1, false, &segment, &f->diag),
                     STATUS_INVALID);
    assert_ok(topics_read(f->topics, topic, 0, 3, false, &segment, &f->diag), &f->diag);
    assert_null(segment);
    topic_unref(topic);
    fixture_close(f);
}

/* --- the list -------------------------------------------------------------------------------- */

static void names_and_partition_counts_are_checked(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct commit *commit = fixture_commit(f);
    struct topic_config config = topic_config_default();
    char longest[TOPIC_NAME_BYTES_MAX + 1];
    memset(longest, 'a', sizeof(longest));
    const struct text bad[] = {TEXT(""),    TEXT("."),   TEXT(".."),
                               TEXT("a b"), TEXT("a/b"), {longest, sizeof(longest)}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(topics_create(f->topics, commit, bad[i], 1, &config, NULL, &f->diag),
                         STATUS_INVALID);
    }
    const struct text good = {longest, TOPIC_NAME_BYTES_MAX};
    assert_int_equal(topics_create(f->topics, commit, good, 0, &config, NULL, &f->diag),
                     STATUS_INVALID);
    assert_int_equal(
        topics_create(f->topics, commit, good, PARTITION_COUNT_MAX + 1, &config, NULL, &f->diag),
        STATUS_INVALID);
    assert_ok(topics_create(f->topics, commit, good, PARTITION_COUNT_MAX, &config, NULL, &f->diag),
              &f->diag);
    assert_int_equal(topics_create(f->topics, commit, good, 1, &config, NULL, &f->diag),
                     STATUS_CONFLICT);
    config.cleanup_policy = TEXT("keep");
    assert_int_equal(topics_create(f->topics, commit, TEXT("t"), 1, &config, NULL, &f->diag),
                     STATUS_INVALID);
    fixture_submit(f, commit);
    fixture_close(f);
}

static void topics_are_listed_by_name(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    topic_unref(fixture_topic(f, "b", 1));
    topic_unref(fixture_topic(f, "c", 1));
    topic_unref(fixture_topic(f, "a", 1));
    struct topic **list = NULL;
    size_t count = 0;
    assert_ok(topics_list(f->topics, &list, &count, &f->diag), &f->diag);
    assert_int_equal(count, 3);
    assert_string_equal(topic_name(list[0]).data, "a");
    assert_string_equal(topic_name(list[2]).data, "c");
    topics_free_list(list);
    assert_null(topics_find(f->topics, TEXT("A")));
    fixture_close(f);
}

static void creation_given_up_leaves_no_topic(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic_config config = topic_config_default();
    struct topic *topic = NULL;
    struct commit *commit = fixture_commit(f);
    assert_ok(topics_create(f->topics, commit, TEXT("t"), 1, &config, &topic, &f->diag), &f->diag);
    struct topic *found = topics_find(f->topics, TEXT("t"));
    assert_ptr_equal(found, topic);
    topic_unref(found);

    struct commit *other = fixture_commit(f); /* must not get ahead of the creation */
    char text[24];
    const struct record record = number_record(1, text);
    assert_ok(topics_append(f->topics, other, topic, 0, &record, 1, &f->diag), &f->diag);
    assert_int_equal(topics_submit(f->topics, other, NULL, &f->diag), STATUS_CONFLICT);

    commit_destroy(commit);
    assert_null(topics_find(f->topics, TEXT("t")));
    assert_true(topic_is_deleted(topic));
    topic_unref(topic);
    topic_unref(fixture_topic(f, "t", 1));
    fixture_close(f);
}

static void deleted_topic_is_gone_and_its_name_starts_over(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic *topic = fixture_topic(f, "t", 2);
    const uint64_t id = topic_id(topic);
    fixture_append(f, topic, 1, 0, 100);
    fixture_flush(f);
    struct commit *commit = fixture_commit(f);
    assert_ok(topics_delete(f->topics, commit, topic, &f->diag), &f->diag);
    assert_null(topics_find(f->topics, TEXT("t")));
    commit_destroy(commit);
    struct topic *found = topics_find(f->topics, TEXT("t")); /* brought back */
    assert_ptr_equal(found, topic);
    topic_unref(found);

    commit = fixture_commit(f);
    assert_ok(topics_delete(f->topics, commit, topic, &f->diag), &f->diag);
    struct topic_config config = topic_config_default();
    struct topic *fresh = NULL; /* in the same commit */
    assert_ok(topics_create(f->topics, commit, TEXT("t"), 1, &config, &fresh, &f->diag), &f->diag);
    fixture_submit(f, commit);
    fixture_flush(f);
    struct segment *segment = NULL;
    assert_int_equal(topics_read(f->topics, topic, 1, 0, true, &segment, &f->diag), STATUS_MISSING);
    assert_true(topic_id(fresh) > id);
    topic_unref(topic);
    topic_unref(fresh);
    fixture_close_only(f);
    fixture_open_again(f, 0);
    topic = topics_find(f->topics, TEXT("t"));
    assert_non_null(topic);
    assert_int_equal(topic_partition_count(topic), 1);
    assert_int_equal(topics_range(f->topics, topic, 0).end_offset, 0);
    topic_unref(topic);
    fixture_close(f);
}

static int64_t query_file(struct fixture *f, const char *sql)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/leat.db", f->dir.path);
    sqlite3 *connection = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL), SQLITE_OK);
    const int64_t result =
        sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_finalize(statement);
    sqlite3_close(connection);
    return result;
}

static void large_deleted_topic_goes_in_slices(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic *topic = fixture_topic(f, "t", 1);
    for (int i = 0; i < RETENTION_BATCH_COUNT_MAX * 2 + 10; i++) {
        fixture_append(f, topic, 0, i, 1);
    }
    struct commit *commit = fixture_commit(f);
    assert_ok(topics_delete(f->topics, commit, topic, &f->diag), &f->diag);
    fixture_submit(f, commit);
    topic_unref(topic);
    fixture_close_only(f);
    assert_int_equal(query_file(f, "SELECT count(*) FROM log"), RETENTION_BATCH_COUNT_MAX + 10);
    fixture_open_again(f, 0);
    bool more = true;
    int slices = 0;
    for (; more; slices++) {
        commit = fixture_commit(f);
        assert_ok(topics_apply_retention(f->topics, commit, 0, &more, &f->diag), &f->diag);
        fixture_submit(f, commit);
        fixture_flush(f);
    }
    assert_int_equal(slices, 3);
    fixture_close_only(f);
    assert_int_equal(query_file(f, "SELECT count(*) FROM log"), 0);
    assert_int_equal(query_file(f, "SELECT count(*) FROM topic"), 0);
    fixture_open_again(f, 0);
    fixture_close(f);
}

/* --- retention ------------------------------------------------------------------------------- */

static struct topic *topic_with_retention(struct fixture *f, const char *name, int64_t ms,
                                          int64_t bytes, struct text policy)
{
    struct topic *topic = NULL;
    struct commit *commit = fixture_commit(f);
    const struct topic_config config = {ms, bytes, policy};
    assert_ok(topics_create(f->topics, commit, text_of(name), 1, &config, &topic, &f->diag),
              &f->diag);
    fixture_submit(f, commit);
    for (int64_t i = 0; i < 10; i++) {
        fixture_append(f, topic, 0, i * 10, 10); /* times are the numbers */
    }
    fixture_flush(f);
    return topic;
}

static void retain(struct fixture *f, int64_t now_ms)
{
    bool more = true;
    struct commit *commit = fixture_commit(f);
    assert_ok(topics_apply_retention(f->topics, commit, now_ms, &more, &f->diag), &f->diag);
    assert_false(more);
    fixture_submit(f, commit);
    fixture_flush(f);
}

static void old_batches_are_deleted_and_offsets_go_on(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic *topic = topic_with_retention(f, "t", 1000, -1, TEXT("delete"));
    struct topic *kept = topic_with_retention(f, "compacted", 1000, -1, TEXT("compact"));
    retain(f, 1029);
    assert_int_equal(topics_range(f->topics, topic, 0).start_offset, 20); /* 29 is as old as may */
    retain(f, 1030);
    assert_int_equal(topics_range(f->topics, topic, 0).start_offset, 30);
    assert_int_equal(topics_range(f->topics, kept, 0).start_offset, 0);
    struct segment *segment = NULL;
    assert_ok(topics_read(f->topics, topic, 0, 5, true, &segment, &f->diag), &f->diag);
    assert_int_equal(segment->base_offset, 30);
    segment_unref(segment);
    retain(f, 5000); /* everything */
    assert_int_equal(topics_range(f->topics, topic, 0).start_offset, 100);
    topic_unref(topic);
    topic_unref(kept);
    fixture_close_only(f);
    fixture_open_again(f, 0);
    topic = topics_find(f->topics, TEXT("t"));
    const struct topic_range range = topics_range(f->topics, topic, 0);
    assert_int_equal(range.start_offset, 100);
    assert_int_equal(range.end_offset, 100);
    fixture_append(f, topic, 0, 100, 5);
    fixture_flush(f);
    assert_int_equal(fixture_check(f, topic, 0, 0, 0), 105);
    topic_unref(topic);
    fixture_close(f);
}

static void partition_is_kept_below_its_size(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(no_memory);
    struct topic *topic = topic_with_retention(f, "t", -1, 250, TEXT("delete"));
    const int64_t before = query_file(f, "SELECT sum(bytes) FROM log");
    assert_true(before > 400);
    retain(f, 0);
    const int64_t after = query_file(f, "SELECT sum(bytes) FROM log");
    assert_true(after >= 250 && after < 250 + before / 5);
    assert_true(topics_range(f->topics, topic, 0).start_offset > 0);
    topic_unref(topic);
    fixture_close(f);
}

/* --- damage ---------------------------------------------------------------------------------- */

static void damaged_batches_are_corrupt_and_named(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "UPDATE log SET blob = CAST(substr(blob, 1, 60) || x'55' || substr(blob, 62) AS BLOB)",
        "UPDATE log SET blob = substr(blob, 1, length(blob) - 1)",
        "UPDATE log SET blob = x''",
        "UPDATE log SET crc = crc + 1",
        "UPDATE log SET base_offset = base_offset + 1000",
    };
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        struct fixture *f = fixture_open(0);
        struct topic *topic = fixture_topic(f, "orders", 1);
        fixture_append(f, topic, 0, 0, 1000);
        topic_unref(topic);
        fixture_close_only(f);
        (void)query_file(f, damages[i]);
        fixture_open_again(f, 0);
        topic = topics_find(f->topics, TEXT("orders"));
        struct segment *segment = NULL;
        assert_int_equal(topics_read(f->topics, topic, 0, 0, true, &segment, &f->diag),
                         STATUS_CORRUPT);
        assert_non_null(strstr(f->diag.message, "topic \"orders\", partition 0, offset "));
        topic_unref(topic);
        fixture_close(f);
    }
}

/* Bytes that pass the checksum but were never written by us: a reader must survive them. */
static void hostile_batches_never_crash_the_decoder(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic *topic = fixture_topic(f, "t", 1);
    struct segment_box *box = segment_create(topic, 0);
    const struct record_header header = {TEXT("h"), TEXT("v")};
    for (int64_t i = 0; i < 50; i++) {
        char text[24];
        struct record record = number_record(i, text);
        record.headers = &header;
        record.header_count = i % 5 == 0;
        assert_ok(segment_append(box, &record, 1, &f->diag), &f->diag);
    }
    segment_seal(box);
    struct encoded_batch encoded = {0};
    assert_ok(segment_encode(&box->segment, 1, &encoded, &f->diag), &f->diag);

    uint64_t random = 12345;
    for (int round = 0; round < 20000; round++) {
        struct buffer damaged;
        buffer_init(&damaged);
        buffer_append_text(&damaged, buffer_text(&encoded.blob));
        random = random * 6364136223846793005U + 1442695040888963407U;
        damaged.data[(random >> 33) % damaged.bytes] = (char)(random >> 25);
        if (round % 3 == 0) {
            damaged.bytes = (random >> 40) % damaged.bytes;
        }
        struct stored_batch batch = {.record_count = 50, .blob = buffer_text(&damaged)};
        struct segment_box *decoded = NULL;
        batch.crc = segment_checksum(1, 0, 0, batch.blob);
        const enum status status = segment_decode(topic, 1, 0, &batch, &decoded, &f->diag);
        assert_true(status == STATUS_OK || status == STATUS_CORRUPT);
        if (status == STATUS_OK) {
            segment_unref(&decoded->segment);
        }
        buffer_release(&damaged);
    }
    buffer_release(&encoded.blob);
    segment_unref(&box->segment);
    topic_unref(topic);
    fixture_close(f);
}

static void failed_allocations_end_one_unit_only(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    struct topic *topic = fixture_topic(f, "t", 1);
    fixture_flush(f);
    int failed_count = 0;
    for (uint64_t at = 1; at < 40; at++) {
        struct commit *commit = NULL;
        char text[24];
        const struct record record = number_record(1, text);
        memory_fail_after(at);
        enum status status = commit_create(&commit, &f->diag);
        if (status == STATUS_OK) {
            status = topics_append(f->topics, commit, topic, 0, &record, 1, &f->diag);
        }
        memory_fail_after(0);
        if (status != STATUS_OK) {
            assert_int_equal(status, STATUS_NO_MEMORY);
            failed_count++;
        }
        commit_destroy(commit);
    }
    assert_true(failed_count >= 5);
    fixture_append(f, topic, 0, 0, 3);
    fixture_flush(f);
    assert_int_equal(fixture_check(f, topic, 0, 0, 0), 3);
    topic_unref(topic);
    fixture_close(f);
}

static void waiting_ends_with_time_and_with_a_wake(void **state)
{
    (void)state;
    struct fixture *f = fixture_open(0);
    const uint64_t sequence = topics_sequence(f->topics);
    assert_true(topics_wait(f->topics, sequence, 20) == sequence);
    topics_wake(f->topics);
    assert_true(topics_wait(f->topics, sequence, -1) != sequence);
    fixture_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_values_headers_and_nulls_come_back_from_memory_and_file),
        cmocka_unit_test(topics_and_records_survive_a_restart),
        cmocka_unit_test(large_appends_are_cut_into_segments),
        cmocka_unit_test(small_batches_are_read_from_the_file_as_one_segment),
        cmocka_unit_test(record_at_the_size_limit_passes_and_one_past_it_does_not),
        cmocka_unit_test(committed_only_hides_what_is_not_durable),
        cmocka_unit_test(offsets_are_dense_under_concurrent_appends),
        cmocka_unit_test(offset_past_the_end_is_invalid),
        cmocka_unit_test(names_and_partition_counts_are_checked),
        cmocka_unit_test(topics_are_listed_by_name),
        cmocka_unit_test(creation_given_up_leaves_no_topic),
        cmocka_unit_test(deleted_topic_is_gone_and_its_name_starts_over),
        cmocka_unit_test(large_deleted_topic_goes_in_slices),
        cmocka_unit_test(old_batches_are_deleted_and_offsets_go_on),
        cmocka_unit_test(partition_is_kept_below_its_size),
        cmocka_unit_test(damaged_batches_are_corrupt_and_named),
        cmocka_unit_test(hostile_batches_never_crash_the_decoder),
        cmocka_unit_test(failed_allocations_end_one_unit_only),
        cmocka_unit_test(waiting_ends_with_time_and_with_a_wake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
