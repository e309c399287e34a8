/* fixture.h: an open log in a directory of its own, and the shortest way to use it. */
#ifndef TESTS_TOPICS_FIXTURE_H
#define TESTS_TOPICS_FIXTURE_H

#include "state/committer.h"
#include "state/database.h"
#include "tests/state/temp_dir.h"
#include "tests/test.h"
#include "topics/topics.h"

struct fixture {
    struct temp_dir dir;
    struct database *database;
    struct committer *committer;
    struct topics *topics;
    struct diag diag;
};

static inline void fixture_open_again(struct fixture *f, size_t memory_bytes_max)
{
    const struct database_options database_options = {.dir = f->dir.path};
    const struct committer_options committer_options = {0};
    const struct topics_options options = {.memory_bytes_max = memory_bytes_max};
    assert_ok(database_open(&database_options, &f->database, &f->diag), &f->diag);
    assert_ok(committer_open(f->database, &committer_options, &f->committer, &f->diag), &f->diag);
    assert_ok(topics_open(&options, f->database, f->committer, &f->topics, &f->diag), &f->diag);
}

static inline struct fixture *fixture_open(size_t memory_bytes_max)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    f->dir = temp_dir_make();
    fixture_open_again(f, memory_bytes_max);
    return f;
}

static inline void fixture_close_only(struct fixture *f)
{
    committer_close(f->committer);
    topics_close(f->topics);
    database_close(f->database);
}

static inline void fixture_close(struct fixture *f)
{
    fixture_close_only(f);
    temp_dir_remove(&f->dir);
    free(f);
}

static inline struct commit *fixture_commit(struct fixture *f)
{
    struct commit *commit = NULL;
    assert_ok(commit_create(&commit, &f->diag), &f->diag);
    return commit;
}

static inline void fixture_submit(struct fixture *f, struct commit *commit)
{
    assert_ok(topics_submit(f->topics, commit, NULL, &f->diag), &f->diag);
}

static inline void fixture_flush(struct fixture *f)
{
    assert_ok(committer_flush(f->committer, &f->diag), &f->diag);
}

static inline struct topic *fixture_topic(struct fixture *f, const char *name,
                                          uint32_t partition_count)
{
    struct commit *commit = fixture_commit(f);
    struct topic *topic = NULL;
    const struct topic_config config = topic_config_default();
    assert_ok(
        topics_create(f->topics, commit, text_of(name), partition_count, &config, &topic, &f->diag),
        &f->diag);
    fixture_submit(f, commit);
    return topic;
}

/* A record whose value is the number as text. */
static inline struct record number_record(int64_t number, char text[24])
{
    snprintf(text, 24, "%lld", (long long)number);
    return (struct record){.value = text_of(text), .time_ms = number};
}

/* Appends the numbers from first on, in one commit. */
static inline void fixture_append(struct fixture *f, struct topic *topic, uint32_t partition,
                                  int64_t first, int64_t count)
{
    struct commit *commit = fixture_commit(f);
    for (int64_t i = first; i < first + count; i++) {
        char text[24];
        const struct record record = number_record(i, text);
        assert_ok(topics_append(f->topics, commit, topic, partition, &record, 1, &f->diag),
                  &f->diag);
    }
    fixture_submit(f, commit);
}

/* Reads a partition from an offset to its end and requires each value to be first + its offset.
 * Returns the offset after the last record. */
static inline int64_t fixture_check(struct fixture *f, struct topic *topic, uint32_t partition,
                                    int64_t offset, int64_t first)
{
    for (;;) {
        struct segment *segment = NULL;
        assert_ok(topics_read(f->topics, topic, partition, offset, true, &segment, &f->diag),
                  &f->diag);
        if (!segment) {
            return offset;
        }
        for (uint32_t i = 0; i < segment->record_count; i++) {
            char text[24];
            const struct record expected =
                number_record(first + segment->base_offset + (int64_t)i, text);
            assert_true(text_equal(segment->records[i].value, expected.value));
            assert_int_equal(segment->records[i].time_ms, expected.time_ms);
            assert_null(segment->records[i].key.data);
        }
        offset = segment_end_offset(segment);
        segment_unref(segment);
    }
}

#endif
