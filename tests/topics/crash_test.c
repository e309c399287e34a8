/* crash_test.c: a process is killed at any moment; what it was told to be durable is there, nothing
 * is there twice or by half, and records agree with the position committed with them. */
#include "tests/topics/fixture.h"

#include <signal.h>
#include <sys/wait.h>

#include "state/reader.h"

enum { ROUNDS = 20, KILL_AFTER_MS_MAX = 100 };

/* Appends numbers from the partition's end on, for ever, each unit with the position that follows
 * it, and writes every position that is durable to the pipe. */
static void append_until_killed(struct fixture *f, int pipe_fd)
{
    fixture_open_again(f, 0);
    struct topic *topic = topics_find(f->topics, TEXT("t"));
    topic = topic ? topic : fixture_topic(f, "t", 1);
    int64_t next = topics_range(f->topics, topic, 0).end_offset;
    for (unsigned round = 0;; round++) {
        struct commit *commit = fixture_commit(f);
        const int64_t count = 1 + round % 5;
        for (int64_t i = 0; i < count; i++) {
            char text[24];
            const struct record record = number_record(next++, text);
            assert_ok(topics_append(f->topics, commit, topic, 0, &record, 1, &f->diag), &f->diag);
        }
        uint64_t ticket = 0;
        assert_ok(commit_put_position(commit, TEXT("q"), 0, TEXT("t"), 0, next, &f->diag),
                  &f->diag);
        assert_ok(topics_submit(f->topics, commit, &ticket, &f->diag), &f->diag);
        if (round % 3 == 0) { /* otherwise units wait and share a transaction */
            assert_ok(committer_wait(f->committer, ticket, -1, &f->diag), &f->diag);
            if (write(pipe_fd, &next, sizeof(next)) != (ssize_t)sizeof(next)) {
                _exit(1);
            }
        }
    }
}

static enum status note_position(void *context, uint32_t source, struct text topic,
                                 uint32_t partition, int64_t offset, struct diag *diag)
{
    (void)source;
    (void)topic;
    (void)partition;
    (void)diag;
    *(int64_t *)context = offset;
    return STATUS_OK;
}

static int64_t check_file(struct fixture *f, int64_t acknowledged)
{
    fixture_open_again(f, 0);
    struct topic *topic = topics_find(f->topics, TEXT("t"));
    if (!topic) {
        assert_int_equal(acknowledged, 0);
        fixture_close_only(f);
        return 0;
    }
    const int64_t end = fixture_check(f, topic, 0, 0, 0);
    int64_t position = 0;
    struct reader *reader = NULL;
    assert_ok(reader_open(f->database, 10000, &reader, &f->diag), &f->diag);
    assert_ok(reader_scan_positions(reader, TEXT("q"), note_position, &position, &f->diag),
              &f->diag);
    reader_close(reader);
    assert_int_equal(position, end);
    assert_true(end >= acknowledged);
    assert_ok(database_check(f->database, 10000, &f->diag), &f->diag);
    topic_unref(topic);
    fixture_close_only(f);
    return end;
}

static int64_t last_acknowledged(int fd)
{
    int64_t last = 0;
    for (int64_t next; read(fd, &next, sizeof(next)) == (ssize_t)sizeof(next);) {
        last = next;
    }
    return last;
}

static void nothing_acknowledged_is_lost_by_a_kill(void **state)
{
    (void)state;
    struct fixture *f = calloc(1, sizeof(*f));
    f->dir = temp_dir_make();
    unsigned random = 42;
    int64_t end = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        const pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            append_until_killed(f, ends[1]);
        }
        close(ends[1]);
        random = random * 1103515245U + 12345U;
        usleep((1 + (random >> 16) % KILL_AFTER_MS_MAX) * 1000);
        assert_int_equal(kill(child, SIGKILL), 0);
        waitpid(child, NULL, 0);
        const int64_t acknowledged = last_acknowledged(ends[0]);
        close(ends[0]);
        end = check_file(f, acknowledged);
    }
    assert_true(end > 0);
    temp_dir_remove(&f->dir);
    free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost_by_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
