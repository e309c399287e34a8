/* batch_cut_test.c
 *
 * The same input gives byte-identical output topics and ledgers whatever the size of batches,
 * wherever commits fall, and wherever a restart or a kill cut the work. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/exactness/workload.h"
#include "tests/state/temp_dir.h"
#include "tests/test.h"
#include "topics/topics.h"

enum { RECORDS = 1500, KILLS_MAX = 8, SEQUENCES_PER_LIFE = 25, LINE_BYTES = 600 };

static void require_equal(const struct buffer *expected, const struct buffer *actual,
                          const char *what)
{
    size_t line = 0;
    size_t i = 0;
    const size_t bytes = expected->bytes < actual->bytes ? expected->bytes : actual->bytes;
    for (; i < bytes && expected->data[i] == actual->data[i]; i++) {
        line = expected->data[i] == '\n' ? i + 1 : line;
    }
    if (i == expected->bytes && i == actual->bytes) {
        return;
    }
    fail_msg("%s differs: expected\n%.*s\nbut got\n%.*s", what,
             (int)(expected->bytes - line < LINE_BYTES ? expected->bytes - line : LINE_BYTES),
             expected->data + line,
             (int)(actual->bytes - line < LINE_BYTES ? actual->bytes - line : LINE_BYTES),
             actual->data + line);
}

static void run_whole(struct cut cut, struct buffer *out)
{
    struct engine *engine = workload_open(NULL, cut);
    buffer_init(out);
    workload_define(engine);
    workload_feed(engine, 0, RECORDS);
    workload_run(engine);
    workload_check_ledgers(engine);
    workload_print(engine, out);
    engine_close(engine);
}

static void cuts_do_not_show(void **state)
{
    static const size_t batches[] = {1, 7, 4096};
    static const size_t commits[] = {1, 3, 1000, 0};
    struct buffer expected;
    (void)state;
    run_whole((struct cut){0}, &expected);
    assert_true(expected.bytes > 1000000);
    for (size_t b = 0; b < sizeof(batches) / sizeof(batches[0]); b++) {
        for (size_t c = 0; c < sizeof(commits) / sizeof(commits[0]); c++) {
            const struct cut cut = {batches[b], commits[c]};
            char what[64];
            struct buffer actual;
            (void)snprintf(what, sizeof(what), "batch %zu, commit %zu", batches[b], commits[c]);
            run_whole(cut, &actual);
            require_equal(&expected, &actual, what);
            buffer_release(&actual);
        }
    }
    buffer_release(&expected);
}

/* Runs half of the input, then the rest, with or without a restart between. */
static void run_halves(bool restarts, struct cut cut, struct buffer *out)
{
    const struct temp_dir dir = temp_dir_make();
    struct engine *engine = workload_open(dir.path, cut);
    buffer_init(out);
    workload_define(engine);
    workload_feed(engine, 0, RECORDS / 2);
    workload_run(engine);
    if (restarts) {
        engine_close(engine);
        engine = workload_open(dir.path, cut);
        workload_check_ledgers(engine);
    }
    workload_feed(engine, RECORDS / 2, RECORDS / 2);
    workload_run(engine);
    workload_check_ledgers(engine);
    workload_print(engine, out);
    engine_close(engine);
    temp_dir_remove(&dir);
}

static void a_restart_does_not_show(void **state)
{
    struct buffer expected;
    struct buffer actual;
    (void)state;
    run_halves(false, (struct cut){0}, &expected);
    run_halves(true, (struct cut){7, 50}, &actual);
    require_equal(&expected, &actual, "restarted");
    buffer_release(&expected);
    buffer_release(&actual);
}

/* Kills this process when the engine's topics have moved on some way. */
static void *kill_after(void *context)
{
    struct topics *topics = context;
    uint64_t sequence = topics_sequence(topics);
    const uint64_t last = sequence + SEQUENCES_PER_LIFE;
    while (sequence < last) {
        sequence = topics_wait(topics, sequence, -1);
    }
    kill(getpid(), SIGKILL);
    return NULL;
}

/* Works in a child until it is killed (false) or done (true). */
static bool run_one_life(const char *dir, struct cut cut)
{
    int status = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        pthread_t killer;
        struct engine *engine = workload_open(dir, cut);
        workload_check_ledgers(engine);
        if (pthread_create(&killer, NULL, kill_after, engine_topics(engine)) != 0) {
            _exit(1);
        }
        workload_run(engine);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
    return !WIFSIGNALED(status);
}

static void kills_do_not_show(void **state)
{
    const struct temp_dir dir = temp_dir_make();
    const struct cut cut = {64, 20};
    struct buffer expected;
    struct buffer actual;
    struct engine *engine = workload_open(dir.path, cut);
    int kills = 0;
    (void)state;
    run_whole((struct cut){0}, &expected);
    buffer_init(&actual);
    workload_define(engine);
    workload_feed(engine, 0, RECORDS);
    engine_close(engine);
    while (kills < KILLS_MAX && !run_one_life(dir.path, cut)) {
        kills++;
    }
    assert_true(kills > 0);
    engine = workload_open(dir.path, cut);
    workload_check_ledgers(engine);
    workload_run(engine);
    workload_print(engine, &actual);
    engine_close(engine);
    require_equal(&expected, &actual, "killed");
    buffer_release(&expected);
    buffer_release(&actual);
    temp_dir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_do_not_show),
        cmocka_unit_test(a_restart_does_not_show),
        cmocka_unit_test(kills_do_not_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
