/* committer_test.c: units are durable whole, in order, and after a failure nothing is. */
#include "tests/test.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/bounds.h"
#include "state/committer.h"
#include "state/database_parts.h"
#include "state/reader.h"
#include "tests/state/temp_dir.h"

static struct diag diag;

struct fixture {
    struct temp_dir dir;
    struct database *database;
    struct committer *committer;
};

static void open_again(struct fixture *f)
{
    const struct database_options options = {.dir = f->dir.path};
    const struct committer_options committer_options = {0};
    assert_ok(database_open(&options, &f->database, &diag), &diag);
    assert_ok(committer_open(f->database, &committer_options, &f->committer, &diag), &diag);
}

static struct fixture fixture_open(void)
{
    struct fixture f = {.dir = temp_dir_make()};
    open_again(&f);
    return f;
}

static void close_only(struct fixture *f)
{
    committer_close(f->committer);
    database_close(f->database);
}

static void fixture_close(struct fixture *f)
{
    close_only(f);
    temp_dir_remove(&f->dir);
}

static struct commit *make_commit(void)
{
    struct commit *commit = NULL;
    assert_ok(commit_create(&commit, &diag), &diag);
    return commit;
}

static struct commit *commit_with_position(const char *query, int64_t offset)
{
    struct commit *commit = make_commit();
    assert_ok(commit_put_position(commit, text_of(query), 0, TEXT("t"), 0, offset, &diag), &diag);
    return commit;
}

static void submit(struct fixture *f, struct commit *commit)
{
    assert_ok(committer_submit(f->committer, commit, NULL, &diag), &diag);
}

static void flush(struct fixture *f)
{
    assert_ok(committer_flush(f->committer, &diag), &diag);
}

static struct reader *open_reader(struct fixture *f)
{
    struct reader *reader = NULL;
    assert_ok(reader_open(f->database, 5000, &reader, &diag), &diag);
    return reader;
}

static enum status note_position(void *context, uint32_t source, struct text topic,
                                 uint32_t partition, int64_t offset, struct diag *unused)
{
    (void)source;
    (void)topic;
    (void)partition;
    (void)unused;
    *(int64_t *)context = offset;
    return STATUS_OK;
}

static int64_t position_of(struct fixture *f, const char *query)
{
    int64_t offset = -1;
    struct reader *reader = open_reader(f);
    assert_ok(reader_scan_positions(reader, text_of(query), note_position, &offset, &diag), &diag);
    reader_close(reader);
    return offset;
}

static bool state_has(struct fixture *f, uint64_t store, struct text key, const char *expected)
{
    struct buffer value;
    bool found = false;
    struct reader *reader = open_reader(f);
    buffer_init(&value);
    assert_ok(reader_find_state(reader, store, key, &value, &found, &diag), &diag);
    if (found && expected) {
        assert_true(text_equal(buffer_text(&value), text_of(expected)));
    }
    buffer_release(&value);
    reader_close(reader);
    return found;
}

static enum status append_name(void *context, struct text name, int64_t seq, struct text body,
                               struct diag *unused)
{
    (void)unused;
    char *out = context;
    const size_t used = strlen(out);
    snprintf(out + used, 200 - used, "%.*s=%.*s@%lld ", TEXT_ARGS(name), TEXT_ARGS(body),
             (long long)seq);
    return STATUS_OK;
}

static enum status append_counter(void *context, struct text name, int64_t value,
                                  struct diag *unused)
{
    (void)unused;
    char *out = context;
    const size_t used = strlen(out);
    snprintf(out + used, 200 - used, "%.*s=%lld ", TEXT_ARGS(name), (long long)value);
    return STATUS_OK;
}

static void all_kinds_of_rows_survive_a_restart(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    struct commit *commit = make_commit();
    assert_ok(commit_put_catalog(commit, TEXT("source"), TEXT("b"), 1, TEXT("{1}"), &diag), &diag);
    assert_ok(commit_put_catalog(commit, TEXT("source"), TEXT("a"), 2, TEXT("{2}"), &diag), &diag);
    assert_ok(commit_put_setting(commit, TEXT("k"), TEXT("v"), &diag), &diag);
    assert_ok(commit_put_counter(commit, TEXT("q"), TEXT("late"), 7, &diag), &diag);
    assert_ok(commit_put_counter(commit, TEXT("q"), TEXT("late"), 8, &diag), &diag);
    assert_ok(commit_put_position(commit, TEXT("q"), 0, TEXT("t"), 3, 42, &diag), &diag);
    assert_ok(commit_put_state(commit, 9, TEXT("key"), TEXT("one"), &diag), &diag);
    assert_ok(commit_put_state(commit, 9, TEXT(""), TEXT(""), &diag), &diag);
    submit(&f, commit);
    close_only(&f);
    open_again(&f);

    char listing[200] = "";
    struct reader *reader = open_reader(&f);
    struct buffer value;
    bool found = false;
    buffer_init(&value);
    assert_ok(reader_scan_catalog(reader, TEXT("source"), append_name, listing, &diag), &diag);
    assert_string_equal(listing, "b={1}@1 a={2}@2 ");
    listing[0] = '\0';
    assert_ok(reader_scan_counters(reader, TEXT("q"), append_counter, listing, &diag), &diag);
    assert_string_equal(listing, "late=8 ");
    assert_ok(reader_find_setting(reader, TEXT("k"), &value, &found, &diag), &diag);
    assert_true(found && text_equal(buffer_text(&value), TEXT("v")));
    reader_close(reader);
    buffer_release(&value);
    assert_int_equal(position_of(&f, "q"), 42);
    assert_true(state_has(&f, 9, TEXT("key"), "one"));
    assert_true(state_has(&f, 9, TEXT(""), ""));
    assert_false(state_has(&f, 8, TEXT("key"), NULL));
    fixture_close(&f);
}

static enum status append_position(void *context, uint32_t source, struct text topic,
                                   uint32_t partition, int64_t offset, struct diag *unused)
{
    char *listing = context;
    (void)unused;
    (void)sprintf(listing + strlen(listing), "%u:%.*s/%u=%d ", source, TEXT_ARGS(topic), partition,
                  (int)offset);
    return STATUS_OK;
}

static void two_inputs_on_one_topic_keep_their_own_places(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    struct commit *commit = make_commit();
    char listing[200] = "";
    assert_ok(commit_put_position(commit, TEXT("q"), 0, TEXT("t"), 0, 5, &diag), &diag);
    assert_ok(commit_put_position(commit, TEXT("q"), 1, TEXT("t"), 0, 7, &diag), &diag);
    submit(&f, commit);
    flush(&f);
    struct reader *reader = open_reader(&f);
    assert_ok(reader_scan_positions(reader, TEXT("q"), append_position, listing, &diag), &diag);
    assert_string_equal(listing, "0:t/0=5 1:t/0=7 ");
    reader_close(reader);
    fixture_close(&f);
}

static void rows_can_be_taken_away_again(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    struct commit *commit = make_commit();
    assert_ok(commit_put_catalog(commit, TEXT("source"), TEXT("a"), 1, TEXT("{}"), &diag), &diag);
    assert_ok(commit_put_setting(commit, TEXT("k"), TEXT("v"), &diag), &diag);
    assert_ok(commit_put_counter(commit, TEXT("q"), TEXT("late"), 7, &diag), &diag);
    assert_ok(commit_put_position(commit, TEXT("q"), 0, TEXT("t"), 3, 42, &diag), &diag);
    submit(&f, commit);
    commit = make_commit();
    assert_ok(commit_delete_catalog(commit, TEXT("source"), TEXT("a"), &diag), &diag);
    assert_ok(commit_delete_setting(commit, TEXT("k"), &diag), &diag);
    assert_ok(commit_put_position(commit, TEXT("q"), 0, TEXT("t"), 4, 5, &diag), &diag);
    assert_ok(commit_drop_query(commit, TEXT("q"), &diag), &diag);
    submit(&f, commit);
    flush(&f);

    char listing[200] = "";
    struct reader *reader = open_reader(&f);
    struct buffer value;
    bool found = true;
    buffer_init(&value);
    assert_ok(reader_scan_catalog(reader, TEXT("source"), append_name, listing, &diag), &diag);
    assert_ok(reader_scan_counters(reader, TEXT("q"), append_counter, listing, &diag), &diag);
    assert_string_equal(listing, "");
    assert_ok(reader_find_setting(reader, TEXT("k"), &value, &found, &diag), &diag);
    assert_false(found);
    reader_close(reader);
    buffer_release(&value);
    assert_int_equal(position_of(&f, "q"), 5); /* drops come first, whatever the order of calls */
    fixture_close(&f);
}

static void later_write_of_a_state_row_wins(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    struct commit *commit = make_commit();
    for (int i = 0; i < 1000; i++) {
        char key[40];
        char value[20];
        snprintf(key, sizeof(key), "a-rather-long-key-%d", i % 100);
        snprintf(value, sizeof(value), "%d", i);
        assert_ok(commit_put_state(commit, 1, text_of(key), text_of(value), &diag), &diag);
    }
    assert_ok(commit_delete_state(commit, 1, TEXT("a-rather-long-key-5"), &diag), &diag);
    assert_ok(commit_delete_state(commit, 1, TEXT("a-rather-long-key-6"), &diag), &diag);
    assert_ok(commit_put_state(commit, 1, TEXT("a-rather-long-key-6"), TEXT("x"), &diag), &diag);
    submit(&f, commit);
    flush(&f);
    assert_true(state_has(&f, 1, TEXT("a-rather-long-key-7"), "907"));
    assert_false(state_has(&f, 1, TEXT("a-rather-long-key-5"), NULL));
    assert_true(state_has(&f, 1, TEXT("a-rather-long-key-6"), "x"));
    fixture_close(&f);
}

struct scan {
    char keys[200];
    int count;
    int stop_at;
};

static enum status note_key(void *context, struct text key, struct text value, bool *keep_going,
                            struct diag *unused)
{
    (void)value;
    (void)unused;
    struct scan *scan = context;
    const size_t used = strlen(scan->keys);
    snprintf(scan->keys + used, sizeof(scan->keys) - used, "%.*s ", TEXT_ARGS(key));
    *keep_going = ++scan->count != scan->stop_at;
    return STATUS_OK;
}

static struct scan scan_state(struct fixture *f, struct text from, struct text to, uint64_t limit,
                              int stop_at, bool *more)
{
    struct scan scan = {.stop_at = stop_at};
    struct reader *reader = open_reader(f);
    assert_ok(reader_scan_state(reader, 1, from, to, limit, note_key, &scan, more, &diag), &diag);
    reader_close(reader);
    return scan;
}

static void state_is_scanned_in_order_and_in_slices(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    struct commit *commit = make_commit();
    static const char *const keys[] = {"d", "b", "aa", "c", "a"};
    for (size_t i = 0; i < 5; i++) {
        assert_ok(commit_put_state(commit, 1, text_of(keys[i]), TEXT("v"), &diag), &diag);
        assert_ok(commit_put_state(commit, 2, text_of(keys[i]), TEXT("v"), &diag), &diag);
    }
    submit(&f, commit);
    flush(&f);
    const struct text none = {0};
    bool more = true;
    assert_string_equal(scan_state(&f, none, none, 100, 0, &more).keys, "a aa b c d ");
    assert_false(more);
    assert_string_equal(scan_state(&f, TEXT("aa"), TEXT("c"), 100, 0, &more).keys, "aa b ");
    assert_false(more);
    assert_string_equal(scan_state(&f, none, none, 2, 0, &more).keys, "a aa ");
    assert_true(more);
    assert_string_equal(scan_state(&f, none, none, 5, 0, &more).keys, "a aa b c d ");
    assert_false(more);
    assert_string_equal(scan_state(&f, none, none, 100, 3, &more).keys, "a aa b ");
    assert_true(more);
    fixture_close(&f);
}

static void ranges_and_stores_are_dropped_before_rows_are_put(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    struct commit *commit = make_commit();
    for (char key = 'a'; key <= 'f'; key++) {
        for (uint64_t store = 1; store <= 2; store++) {
            assert_ok(commit_put_state(commit, store, (struct text){&key, 1}, TEXT("v"), &diag),
                      &diag);
        }
    }
    submit(&f, commit);
    commit = make_commit();
    assert_ok(commit_put_state(commit, 1, TEXT("b"), TEXT("again"), &diag), &diag);
    assert_ok(commit_delete_state_below(commit, 1, TEXT("d"), &diag), &diag);
    assert_ok(commit_drop_store(commit, 2, &diag), &diag);
    submit(&f, commit);
    flush(&f);
    const struct text none = {0};
    assert_string_equal(scan_state(&f, none, none, 100, 0, NULL).keys, "b d e f ");
    assert_false(state_has(&f, 2, TEXT("e"), NULL));
    fixture_close(&f);
}

struct outcome {
    atomic_int count;
    _Atomic enum status status;
    atomic_int *clock;
    int at; /* when it was told, by clock */
};

static void note_outcome(void *context, enum status status)
{
    struct outcome *outcome = context;
    outcome->status = status;
    outcome->at = outcome->clock ? ++*outcome->clock : 0;
    outcome->count++;
}

static void outcome_is_told_once_and_in_order(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    static struct outcome outcomes[200];
    atomic_int clock = 0;
    for (int i = 0; i < 200; i++) {
        outcomes[i].clock = &clock;
        struct commit *commit = commit_with_position("q", i);
        assert_ok(commit_on_finish(commit, note_outcome, &outcomes[i], &diag), &diag);
        submit(&f, commit);
    }
    flush(&f);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(outcomes[i].count, 1);
        assert_int_equal(outcomes[i].status, STATUS_OK);
        assert_int_equal(outcomes[i].at, i + 1);
    }
    assert_int_equal(position_of(&f, "q"), 199);
    struct outcome cancelled = {0};
    struct commit *commit = make_commit();
    assert_ok(commit_on_finish(commit, note_outcome, &cancelled, &diag), &diag);
    commit_destroy(commit);
    assert_int_equal(cancelled.count, 1);
    assert_int_equal(cancelled.status, STATUS_CANCELLED);
    fixture_close(&f);
}

static void hold_the_committer(void *context, enum status status)
{
    (void)status;
    sem_wait(context);
}

static void ticket_is_done_when_its_own_unit_is(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    sem_t gate;
    sem_init(&gate, 0, 0);
    uint64_t tickets[2];
    for (int64_t i = 0; i < 2; i++) {
        struct commit *commit = commit_with_position("q", i);
        assert_ok(commit_on_finish(commit, hold_the_committer, &gate, &diag), &diag);
        assert_ok(committer_submit(f.committer, commit, &tickets[i], &diag), &diag);
        while (i == 0 && position_of(&f, "q") < 0) { /* until it is written alone and held */
            usleep(1000);
        }
    }
    assert_int_equal(committer_wait(f.committer, tickets[0], 20, &diag), STATUS_LIMIT);
    sem_post(&gate);
    assert_ok(committer_wait(f.committer, tickets[0], -1, &diag), &diag);
    assert_int_equal(committer_wait(f.committer, tickets[1], 20, &diag), STATUS_LIMIT);
    sem_post(&gate);
    assert_ok(committer_wait(f.committer, tickets[1], -1, &diag), &diag);
    sem_destroy(&gate);
    fixture_close(&f);
}

static void *submit_many(void *context)
{
    struct fixture *f = context;
    struct diag own;
    for (int i = 0; i < 250; i++) {
        struct commit *commit = NULL;
        assert_int_equal(commit_create(&commit, &own), STATUS_OK);
        assert_int_equal(commit_put_state(commit, 1, TEXT("k"), TEXT("v"), &own), STATUS_OK);
        assert_int_equal(committer_submit(f->committer, commit, NULL, &own), STATUS_OK);
    }
    return NULL;
}

static void waiting_units_share_a_transaction(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, submit_many, &f);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    flush(&f);
    struct committer_stats stats;
    committer_read_stats(f.committer, &stats);
    assert_int_equal(stats.commit_count, 1000);
    assert_true(stats.group_count < 700);
    assert_int_equal(stats.queue_count, 0);
    assert_int_equal(stats.queue_bytes, 0);
    fixture_close(&f);
}

static void log_is_checkpointed_and_stays_small(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    char value[4000];
    memset(value, 'x', sizeof(value));
    for (int round = 0; round < 12; round++) {
        struct commit *commit = make_commit();
        for (uint64_t i = 0; i < 1000; i++) {
            const uint64_t key = i * 7919 + (uint64_t)round;
            assert_ok(commit_put_state(commit, 1, (struct text){(const char *)&key, sizeof(key)},
                                       (struct text){value, sizeof(value)}, &diag),
                      &diag);
        }
        submit(&f, commit);
        flush(&f);
    }
    submit(&f, commit_with_position("q", 1));
    flush(&f);
    struct committer_stats stats;
    committer_read_stats(f.committer, &stats);
    assert_true(stats.checkpoint_count > 0);
    assert_true(stats.wal_bytes < WAL_RESTART_BYTES / 2);
    fixture_close(&f);
}

/* --- failures -------------------------------------------------------------------------------- */

static enum status encode_fails(const struct commit_batch *batch, struct encoded_batch *out,
                                struct diag *out_diag)
{
    (void)batch;
    (void)out;
    return diag_fail(out_diag, STATUS_CORRUPT, SQL_POS_NONE, "injected");
}

static void finish_batch(const struct commit_batch *batch, enum status status)
{
    note_outcome(batch->owner, status);
}

static const struct commit_batch_vtable failing_batch = {encode_fails, finish_batch};

static void failed_unit_is_rolled_back_whole_and_stops_the_committer(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    submit(&f, commit_with_position("before", 1));
    flush(&f);

    struct outcome batch_outcome = {0};
    struct outcome unit_outcome = {0};
    struct commit *commit = commit_with_position("with", 1);
    assert_ok(commit_put_state(commit, 1, TEXT("k"), TEXT("v"), &diag), &diag);
    const struct commit_batch batch = {
        .vtable = &failing_batch, .owner = &batch_outcome, .record_count = 1};
    assert_ok(commit_add_batch(commit, &batch, &diag), &diag);
    assert_ok(commit_on_finish(commit, note_outcome, &unit_outcome, &diag), &diag);
    submit(&f, commit);
    assert_int_equal(committer_flush(f.committer, &diag), STATUS_CORRUPT);
    assert_non_null(strstr(diag.message, "the committer has stopped: injected"));
    assert_int_equal(committer_status(f.committer, &diag), STATUS_CORRUPT);

    struct outcome late_outcome = {0};
    commit = commit_with_position("after", 1);
    assert_ok(commit_on_finish(commit, note_outcome, &late_outcome, &diag), &diag);
    assert_int_equal(committer_submit(f.committer, commit, NULL, &diag), STATUS_CORRUPT);
    assert_int_equal(late_outcome.count, 1);
    close_only(&f);
    assert_int_equal(batch_outcome.count, 1);
    assert_int_equal(unit_outcome.count, 1);
    assert_int_equal(unit_outcome.status, STATUS_CORRUPT);

    open_again(&f);
    assert_int_equal(position_of(&f, "before"), 1);
    assert_int_equal(position_of(&f, "with"), -1);
    assert_int_equal(position_of(&f, "after"), -1);
    assert_false(state_has(&f, 1, TEXT("k"), NULL));
    fixture_close(&f);
}

/* A file size limit stops SQLite in the middle of writing the log, as a full disk does. */
static void write_error_leaves_whole_units_only(void **state)
{
    (void)state;
    struct temp_dir dir = temp_dir_make();
    const pid_t child = fork();
    if (child == 0) {
        struct fixture f = {.dir = dir};
        open_again(&f);
        signal(SIGXFSZ, SIG_IGN);
        const struct rlimit limit = {2 << 20, 2 << 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        enum status status = STATUS_OK;
        static char value[50000];
        for (int64_t i = 1; i < 200 && status == STATUS_OK; i++) {
            struct commit *commit = commit_with_position("q", i);
            const uint64_t key = (uint64_t)i;
            assert_ok(commit_put_state(commit, 1, (struct text){(const char *)&key, sizeof(key)},
                                       (struct text){value, sizeof(value)}, &diag),
                      &diag);
            status = committer_submit(f.committer, commit, NULL, &diag);
        }
        status = committer_flush(f.committer, &diag);
        committer_close(f.committer);
        _exit(status == STATUS_IO ? 0 : 1);
    }
    int outcome = 0;
    waitpid(child, &outcome, 0);
    assert_int_equal(outcome, 0);
    struct fixture f = {.dir = dir};
    open_again(&f);
    assert_ok(database_check(f.database, 10000, &diag), &diag);
    const int64_t last = position_of(&f, "q");
    for (int64_t i = 1; i < 200; i++) {
        assert_int_equal(state_has(&f, 1, (struct text){(const char *)&i, sizeof(i)}, NULL),
                         i <= last);
    }
    fixture_close(&f);
}

/* SQLite is told that the file may not grow: it answers as on a full disk. */
static void full_disk_ends_in_a_clear_error_and_no_partial_unit(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    submit(&f, commit_with_position("q", 1));
    flush(&f);
    committer_close(f.committer);
    assert_int_equal(
        sqlite3_exec(f.database->writer, "PRAGMA max_page_count = 40", NULL, NULL, NULL),
        SQLITE_OK);
    const struct committer_options options = {0};
    assert_ok(committer_open(f.database, &options, &f.committer, &diag), &diag);

    static char value[400000];
    struct commit *commit = commit_with_position("q", 2);
    assert_ok(commit_put_state(commit, 1, TEXT("k"), (struct text){value, sizeof(value)}, &diag),
              &diag);
    submit(&f, commit);
    assert_int_equal(committer_flush(f.committer, &diag), STATUS_IO);
    assert_non_null(strstr(diag.message, "full"));
    assert_int_equal(position_of(&f, "q"), 1); /* reads go on */
    close_only(&f);
    open_again(&f);
    assert_int_equal(position_of(&f, "q"), 1);
    submit(&f, commit_with_position("q", 3));
    flush(&f);
    fixture_close(&f);
}

static bool has_file(const struct fixture *f, const char *name)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/%s", f->dir.path, name);
    return access(path, F_OK) == 0;
}

static void ballast_is_laid_and_low_space_refuses_intake(void **state)
{
    (void)state;
    struct fixture f = {.dir = temp_dir_make()};
    const struct database_options database_options = {.dir = f.dir.path};
    struct committer_options options = {.ballast_bytes = 100000};
    assert_ok(database_open(&database_options, &f.database, &diag), &diag);
    assert_ok(committer_open(f.database, &options, &f.committer, &diag), &diag);
    assert_true(has_file(&f, "leat.ballast"));
    assert_ok(committer_check_space(f.committer, &diag), &diag);
    committer_close(f.committer);
    assert_false(has_file(&f, "leat.ballast"));

    options.ballast_bytes = (size_t)1 << 60; /* more than any disk has */
    assert_ok(committer_open(f.database, &options, &f.committer, &diag), &diag);
    assert_false(has_file(&f, "leat.ballast"));
    assert_int_equal(committer_check_space(f.committer, &diag), STATUS_LIMIT);
    submit(&f, commit_with_position("q", 1)); /* what is accepted is written all the same */
    flush(&f);
    assert_int_equal(committer_check_space(f.committer, &diag), STATUS_LIMIT);
    fixture_close(&f);
}

static void damaged_state_row_is_corrupt(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    struct commit *commit = make_commit();
    assert_ok(commit_put_state(commit, 1, TEXT("k"), TEXT("value"), &diag), &diag);
    submit(&f, commit);
    close_only(&f);
    char path[600];
    snprintf(path, sizeof(path), "%s/leat.db", f.dir.path);
    sqlite3 *connection = NULL;
    assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
    assert_int_equal(sqlite3_exec(connection,
                                  "UPDATE state SET value = "
                                  "CAST('V' || substr(value, 2) AS BLOB)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(connection);
    open_again(&f);
    struct buffer value;
    bool found = false;
    struct reader *reader = open_reader(&f);
    buffer_init(&value);
    assert_int_equal(reader_find_state(reader, 1, TEXT("k"), &value, &found, &diag),
                     STATUS_CORRUPT);
    buffer_release(&value);
    reader_close(reader);
    fixture_close(&f);
}

static void second_process_without_the_lock_file_is_fenced_off(void **state)
{
    (void)state;
    struct fixture f = fixture_open();
    submit(&f, commit_with_position("q", 1));
    flush(&f);
    char path[600];
    snprintf(path, sizeof(path), "%s/leat.db", f.dir.path);
    sqlite3 *connection = NULL;
    assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
    assert_int_equal(sqlite3_exec(connection,
                                  "UPDATE setting SET value = 'x' WHERE key = 'instance'", NULL,
                                  NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(connection);
    submit(&f, commit_with_position("q", 2));
    assert_int_equal(committer_flush(f.committer, &diag), STATUS_CONFLICT);
    assert_int_equal(position_of(&f, "q"), 1);
    fixture_close(&f);
}

static void oversized_state_row_is_refused(void **state)
{
    (void)state;
    struct commit *commit = make_commit();
    const struct text key = {"", STATE_KEY_BYTES_MAX + 1UL};
    assert_int_equal(commit_put_state(commit, 1, key, TEXT(""), &diag), STATUS_LIMIT);
    commit_destroy(commit);
}

static void full_queue_blocks_and_one_large_unit_still_passes(void **state)
{
    (void)state;
    struct fixture f = {.dir = temp_dir_make()};
    const struct database_options options = {.dir = f.dir.path};
    const struct committer_options small = {.queue_bytes_max = 1000, .queue_count_max = 2};
    assert_ok(database_open(&options, &f.database, &diag), &diag);
    assert_ok(committer_open(f.database, &small, &f.committer, &diag), &diag);
    for (int i = 0; i < 50; i++) {
        submit(&f, commit_with_position("q", i)); /* each is larger than the whole queue */
        struct committer_stats stats;
        committer_read_stats(f.committer, &stats);
        assert_true(stats.queue_count <= 1);
    }
    flush(&f);
    assert_int_equal(position_of(&f, "q"), 49);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kinds_of_rows_survive_a_restart),
        cmocka_unit_test(two_inputs_on_one_topic_keep_their_own_places),
        cmocka_unit_test(rows_can_be_taken_away_again),
        cmocka_unit_test(later_write_of_a_state_row_wins),
        cmocka_unit_test(state_is_scanned_in_order_and_in_slices),
        cmocka_unit_test(ranges_and_stores_are_dropped_before_rows_are_put),
        cmocka_unit_test(outcome_is_told_once_and_in_order),
        cmocka_unit_test(ticket_is_done_when_its_own_unit_is),
        cmocka_unit_test(waiting_units_share_a_transaction),
        cmocka_unit_test(log_is_checkpointed_and_stays_small),
        cmocka_unit_test(failed_unit_is_rolled_back_whole_and_stops_the_committer),
        cmocka_unit_test(write_error_leaves_whole_units_only),
        cmocka_unit_test(full_disk_ends_in_a_clear_error_and_no_partial_unit),
        cmocka_unit_test(ballast_is_laid_and_low_space_refuses_intake),
        cmocka_unit_test(damaged_state_row_is_corrupt),
        cmocka_unit_test(second_process_without_the_lock_file_is_fenced_off),
        cmocka_unit_test(oversized_state_row_is_refused),
        cmocka_unit_test(full_queue_blocks_and_one_large_unit_still_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
