/* store_fixture.h: a temporary data file and payloads of one integer, for the tests of stores. */
#ifndef TESTS_STATE_STORE_FIXTURE_H
#define TESTS_STATE_STORE_FIXTURE_H

#include "state/committer.h"
#include "state/hash_store.h"
#include "state/reader.h"
#include "tests/test.h"

struct store_fixture {
    struct database *database;
    struct committer *committer;
    struct diag diag;
};

static inline void store_fixture_open(struct store_fixture *f)
{
    const struct database_options options = {.dir = NULL};
    const struct committer_options committer_options = {0};
    assert_ok(database_open(&options, &f->database, &f->diag), &f->diag);
    assert_ok(committer_open(f->database, &committer_options, &f->committer, &f->diag), &f->diag);
}

static inline void store_fixture_close(struct store_fixture *f)
{
    committer_close(f->committer);
    database_close(f->database);
}

static inline struct commit *store_fixture_commit(struct store_fixture *f)
{
    struct commit *commit = NULL;
    assert_ok(commit_create(&commit, &f->diag), &f->diag);
    return commit;
}

static inline void store_fixture_submit(struct store_fixture *f, struct commit *commit)
{
    assert_ok(committer_submit(f->committer, commit, NULL, &f->diag), &f->diag);
    assert_ok(committer_flush(f->committer, &f->diag), &f->diag);
}

static inline struct reader *store_fixture_reader(struct store_fixture *f)
{
    struct reader *reader = NULL;
    assert_ok(reader_open(f->database, READER_NO_TIMEOUT, &reader, &f->diag), &f->diag);
    return reader;
}

/* The payload of all these tests. */
static inline int64_t *payload_of(struct hash_entry *entry)
{
    return hash_entry_payload(entry);
}

static inline enum status encode_integer(void *context, const struct hash_entry *entry,
                                         struct buffer *out, struct diag *diag)
{
    (void)context;
    (void)diag;
    buffer_append(out, hash_entry_payload_const(entry), sizeof(int64_t));
    return STATUS_OK;
}

static inline enum status decode_integer(void *context, struct hash_entry *entry,
                                         struct text stored, struct diag *diag)
{
    (void)context;
    if (stored.bytes != sizeof(int64_t)) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "not an integer");
    }
    memcpy(hash_entry_payload(entry), stored.data, stored.bytes);
    return STATUS_OK;
}

#endif
