/* test_worker.c
 *
 * The child runs the case and writes why it failed into a pipe; its exit code tells passed from
 * failed. Any other end of the child is the engine's doing, and an alarm ends what takes too
 * long. A fork costs about a millisecond; running many cases in one child would be cheaper, but
 * then a crash would leave open which of them it was.
 */
#include "shell/test_worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_PASSED = 0, EXIT_FAILED = 3 };

static void write_all(int fd, const char *data, size_t bytes)
{
    while (bytes > 0) {
        const ssize_t written = write(fd, data, bytes);
        if (written < 0 && errno != EINTR) {
            return; /* the parent is gone: nobody is left to tell */
        }
        if (written > 0) {
            data += written;
            bytes -= (size_t)written;
        }
    }
}

/* Leaves by exit and not _exit, so that a checker of leaks sees the end of every case. */
static _Noreturn void run_child(const struct test_case *test, const struct test_options *options,
                                int fd)
{
    struct diag diag;
    (void)alarm(TEST_SECONDS_MAX);
    if (test_run_case(test, options, &diag) == STATUS_OK) {
        exit(EXIT_PASSED);
    }
    write_all(fd, diag.message, strlen(diag.message));
    exit(EXIT_FAILED);
}

static void read_all(int fd, struct buffer *out)
{
    char chunk[4096];
    ssize_t bytes = 0;
    while ((bytes = read(fd, chunk, sizeof(chunk))) != 0) {
        if (bytes > 0) {
            buffer_append(out, chunk, (size_t)bytes);
        } else if (errno != EINTR) {
            return;
        }
    }
}

static int wait_for(pid_t child)
{
    int state = 0;
    while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
    }
    return state;
}

static bool judge_end(int state, struct buffer *why_not)
{
    if (WIFEXITED(state) && WEXITSTATUS(state) == EXIT_PASSED) {
        return true;
    }
    if (WIFSIGNALED(state) && WTERMSIG(state) == SIGALRM) {
        buffer_printf(why_not, "it did not end within %d seconds", TEST_SECONDS_MAX);
    } else if (WIFSIGNALED(state)) {
        buffer_printf(why_not, "the engine crashed: %s", strsignal(WTERMSIG(state)));
    } else if (WEXITSTATUS(state) != EXIT_FAILED) {
        buffer_printf(why_not, "the engine ended the process with exit code %d",
                      WEXITSTATUS(state));
    }
    return false;
}

enum status test_worker_run(const struct test_case *test, const struct test_options *options,
                            bool *out_passed, struct buffer *why_not, struct diag *diag)
{
    int ends[2];
    (void)fflush(NULL); /* or the child would write it again */
    if (pipe(ends) != 0) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "no pipe: %s", strerror(errno));
    }
    const pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        run_child(test, options, ends[1]);
    }
    const int fork_error = errno;
    (void)close(ends[1]);
    if (child > 0) {
        read_all(ends[0], why_not);
        *out_passed = judge_end(wait_for(child), why_not);
    }
    (void)close(ends[0]);
    return child > 0
               ? STATUS_OK
               : diag_fail(diag, STATUS_IO, SQL_POS_NONE, "no process: %s", strerror(fork_error));
}
